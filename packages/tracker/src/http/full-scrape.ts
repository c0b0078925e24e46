/**
 * The answer to a scrape of all torrents (BEP 48), sent in pieces while the client reads.
 *
 * Its length is not known before its end: a 1.1 client gets chunks (RFC 9112, 7.1), a 1.0 client everything until the
 * connection closes.
 * @module
 */
import { utf8 } from "@bittern/protocol/base";
import type { Access } from "../access/access.ts";
import type { Announcer } from "../announcer.ts";
import { paired } from "../swarms/keyed-hash.ts";
import { type Answers, SCRAPED_LENGTH_MAX } from "./answers.ts";
import type { Gzip } from "./gzip.ts";
import { SortedTorrents } from "./sorted-torrents.ts";

/** Bytes of a piece, about. */
const PIECE_LENGTH = 32 * 1024;
/** Hex digits of a chunk's length; zeros in front are allowed. */
const CHUNK_DIGITS = 6;
const CHUNK_END = utf8("\r\n");
const LAST_CHUNK = utf8("0\r\n\r\n");

export class FullScrape {
  readonly #torrents: SortedTorrents;
  readonly #answers: Answers;
  readonly #announcer: Announcer;
  readonly #access: Access;
  readonly #credential: string;
  readonly #isChunked: boolean;
  readonly #packing: Gzip | undefined;
  readonly #hash = paired(20);
  #hasBegun = false;

  /** `packing`: what compresses the pieces, where the client takes them so. */
  constructor(answers: Answers, announcer: Announcer, access: Access, credential: string, isChunked: boolean, packing: Gzip | undefined) {
    this.#torrents = new SortedTorrents(announcer.swarms.torrents);
    this.#answers = answers;
    this.#announcer = announcer;
    this.#access = access;
    this.#credential = credential;
    this.#isChunked = isChunked;
    this.#packing = packing;
  }

  /** Writes the next piece; false after the last one. */
  step(): boolean {
    const { buffer } = this.#answers;
    buffer.reserve(PIECE_LENGTH + 2 * SCRAPED_LENGTH_MAX + 256);
    const start = buffer.length;
    if (this.#isChunked) buffer.space(CHUNK_DIGITS + CHUNK_END.length);
    const bodyAt = buffer.length;
    if (!this.#hasBegun) this.#answers.filesBegin();
    this.#hasBegun = true;
    const hasMore = this.#torrentsUntil(start + PIECE_LENGTH);
    if (!hasMore) this.#answers.filesEnd();
    if (this.#packing !== undefined) this.#pack(this.#packing, bodyAt, hasMore);
    if (!this.#isChunked) return hasMore;
    this.#sealChunk(start);
    if (!hasMore) buffer.bytes(LAST_CHUNK);
    return hasMore;
  }

  #torrentsUntil(end: number): boolean {
    const { bytes } = this.#hash;
    while (this.#answers.buffer.length < end) {
      const torrent = this.#torrents.next(bytes);
      if (torrent < 0) return false;
      if (this.#access.judgeTorrent(this.#hash, this.#credential) !== undefined) continue;
      this.#announcer.look(torrent);
      this.#answers.scraped(bytes, this.#announcer);
    }
    return true;
  }

  /** What cannot be compressed becomes some bytes longer; the room for a piece has that to spare. */
  #pack(packing: Gzip, bodyAt: number, hasMore: boolean): void {
    const { buffer } = this.#answers;
    const packed = packing.piece(buffer.memory.subarray(bodyAt, buffer.length));
    buffer.cut(bodyAt);
    buffer.reserve(packed.length + 256);
    buffer.bytes(packed);
    if (!hasMore) buffer.bytes(packing.end());
  }

  #sealChunk(start: number): void {
    const { buffer } = this.#answers;
    const head = CHUNK_DIGITS + CHUNK_END.length;
    const digits = (buffer.length - start - head).toString(16).padStart(CHUNK_DIGITS, "0");
    buffer.memory.set(utf8(`${digits}\r\n`), start);
    buffer.bytes(CHUNK_END);
  }
}

/**
 * The answer to a scrape of all torrents (BEP 48), made a part at a time, as somebody comes to need it.
 *
 * To make and compress it costs a second of every half a million torrents, so those who ask within a short time read the same one.
 * @module
 */
import { assert, type Millis } from "@bittern/protocol/base";
import type { Access } from "../access/access.ts";
import type { Announcer } from "../announcer.ts";
import { paired } from "../swarms/keyed-hash.ts";
import { type Answers, SCRAPED_LENGTH_MAX } from "./answers.ts";
import { type Deflate, Gzip } from "./gzip.ts";
import { SortedTorrents } from "./sorted-torrents.ts";

/** Bytes of a part before it is compressed, about: a millisecond's work. */
export const PART_LENGTH: number = 32 * 1024;

/** Where the parts come from. */
export interface ScrapeSource {
  readonly answers: Answers;
  readonly announcer: Announcer;
  readonly access: Access;
}

/**
 * `small`: one part, always made anew. `shared`: its parts are kept, so that others may read from the first one on.
 * `own`: of one asker, as large as it likes.
 */
export type FullScrapeKind = "small" | "shared" | "own";

export interface FullScrapeOptions {
  /** Of whoever asks: it decides what is told, where torrents have secrets. */
  readonly credential: string;
  /** Compresses the parts, where that is wanted. */
  readonly deflate: Deflate | undefined;
  readonly kind: FullScrapeKind;
}

export class FullScrape {
  readonly begunAt: Millis;
  readonly kind: FullScrapeKind;
  /** Who still reads it. */
  readers = 0;
  readonly #source: ScrapeSource;
  readonly #credential: string;
  readonly #packing: Gzip | undefined;
  readonly #torrents: SortedTorrents;
  readonly #parts: Uint8Array[] = [];
  #partCount = 0;
  #isWhole = false;
  readonly #hash = paired(20);

  constructor(source: ScrapeSource, { credential, deflate, kind }: FullScrapeOptions, now: Millis) {
    this.begunAt = now;
    this.kind = kind;
    this.#source = source;
    this.#credential = credential;
    this.#packing = deflate === undefined ? undefined : new Gzip(deflate);
    this.#torrents = new SortedTorrents(source.announcer.swarms.torrents);
  }

  /** Whether a part has been made, so that it costs nothing but its bytes. */
  hasPart(at: number): boolean {
    return at < this.#parts.length;
  }

  /** Whether there is no such part. */
  isEnd(at: number): boolean {
    return this.#isWhole && at === this.#partCount;
  }

  /** A part, made when it has not been. */
  part(at: number): Uint8Array {
    const made = this.#parts[at];
    if (made !== undefined) return made;
    assert(at === this.#partCount && !this.#isWhole, "parts are made in order");
    const part = this.#make();
    this.#partCount++;
    if (this.kind === "shared") this.#parts.push(part);
    return part;
  }

  /** Written behind what the turn's buffer holds, and taken out of it again. */
  #make(): Uint8Array {
    const { answers } = this.#source;
    const { buffer } = answers;
    buffer.reserve(PART_LENGTH + 2 * SCRAPED_LENGTH_MAX);
    const start = buffer.length;
    if (this.#partCount === 0) answers.filesBegin();
    this.#isWhole = !this.#torrentsUntil(start + PART_LENGTH);
    if (this.#isWhole) answers.filesEnd();
    const plain = buffer.memory.subarray(start, buffer.length);
    const part = this.#packing === undefined ? plain.slice() : this.#pack(this.#packing, plain);
    buffer.cut(start);
    return part;
  }

  #torrentsUntil(end: number): boolean {
    const { answers, announcer, access } = this.#source;
    const { bytes } = this.#hash;
    while (answers.buffer.length < end) {
      const torrent = this.#torrents.next(bytes);
      if (torrent < 0) return false;
      if (access.judgeTorrent(this.#hash, this.#credential) !== undefined) continue;
      announcer.look(torrent);
      answers.scraped(bytes, announcer);
    }
    return true;
  }

  #pack(packing: Gzip, plain: Uint8Array): Uint8Array {
    const packed = packing.piece(plain);
    const end = this.#isWhole ? packing.end() : undefined;
    // What a compressor gives may be the beginning of something larger.
    const part = new Uint8Array(packed.length + (end?.length ?? 0));
    part.set(packed);
    if (end !== undefined) part.set(end, packed.length);
    return part;
  }
}

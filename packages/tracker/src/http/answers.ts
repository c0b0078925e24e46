/**
 * The answers of the HTTP tracker, bencoded by hand into one buffer (BEPs 3, 7, 21, 23, 24, 31 and 48).
 *
 * Keys stand in the order of their bytes, as bencoding wants. A test compares with the encoder of the protocol room. Hot.
 * @module
 */
import { formatAddress } from "@bittern/protocol/address";
import { fromUtf8, NO_BYTES, utf8 } from "@bittern/protocol/base";
import { encode } from "@bittern/protocol/bencode";
import type { Announce } from "../announce.ts";
import type { Announcer } from "../announcer.ts";
import { FAILURE_CODES, type FailureCode, failureOf } from "../failure.ts";
import type { TrackerSettings } from "../settings.ts";
import type { PeerTable } from "../swarms/peer-table.ts";
import type { AnswerBuffer } from "./answer-buffer.ts";
import { type Deflate, gzip } from "./gzip.ts";
import { BAD, BAD_UNCACHED, END_OF_HEAD, type Ending, type Heads, headOf, PLAIN, PLAIN_UNCACHED, SLOT_LENGTH } from "./heads.ts";

const COMPLETE = utf8("d8:completei");
const DOWNLOADED = utf8("e10:downloadedi");
const EXTERNAL_IPV4 = utf8("e11:external ip4:");
const EXTERNAL_IPV6 = utf8("e11:external ip16:");
const INCOMPLETE = utf8("10:incompletei");
const INTERVAL = utf8("e8:intervali");
const ONLY_INTERVAL = utf8("d8:intervali");
const MIN_INTERVAL = utf8("e12:min intervali");
const PEERS = utf8("e5:peers");
const PEERS6 = utf8("6:peers6");
const END = "e".charCodeAt(0);

const CLASSIC_REFUSALS: Readonly<Record<Refused, Heads>> = { announce: PLAIN_UNCACHED, query: BAD_UNCACHED, scrape: BAD };

/** Bytes of an answer besides its peers, head included, at most. */
const ANSWER_LENGTH_REST = 1024;
/** Bytes of a peer in dictionary form, at most. */
const PEER_LENGTH_MAX = 100;
/** Bytes of a torrent in a scrape's answer, at most. */
export const SCRAPED_LENGTH_MAX: number = 430;

const FAILURE_BODIES: ReadonlyMap<FailureCode, Uint8Array> = new Map(
  FAILURE_CODES.map((code) => {
    const { reason, retryIn } = failureOf(code);
    return [code, encode({ "failure reason": reason, "retry in": retryIn })];
  }),
);

/** Bytes of a body from which on compressing pays: what fits into a packet costs the same in any length. */
export const PACKED_FROM_LENGTH: number = 1400;
const PACKED_END_OF_HEAD = utf8("Content-Encoding: gzip\r\n\r\n");

/** Bytes of a name in a scrape. */
const NAME_LENGTH_MAX = 255;

/** What is refused: an announce, one that could not be read, or a scrape. The classic tells them apart. */
export type Refused = "announce" | "query" | "scrape";

export interface AnswersOptions {
  readonly answers: TrackerSettings["answers"];
  /** Compresses long answers for who takes them so. */
  readonly deflate?: Deflate;
  readonly nameOf?: (infoHash: Uint8Array) => string | undefined;
  readonly minIntervalSeconds: number;
  /** Sent to clients that do not have it yet; empty: never. */
  readonly trackerId: string;
  /** For the eyes of users; empty: none. */
  readonly warning: string;
}

export class Answers {
  readonly buffer: AnswerBuffer;
  readonly #minInterval: number;
  readonly #trackerId: Uint8Array;
  readonly #warning: Uint8Array;
  readonly #scrapeEnd: Uint8Array;
  readonly #deflate: Deflate | undefined;
  readonly #nameOf: AnswersOptions["nameOf"];
  readonly #isClassic: boolean;
  readonly #announceHeads: Heads;
  #slotEnd = 0;
  #bodyAt = 0;

  constructor(buffer: AnswerBuffer, options: AnswersOptions) {
    this.buffer = buffer;
    this.#minInterval = options.minIntervalSeconds;
    const { trackerId, warning } = options;
    this.#deflate = options.deflate;
    this.#nameOf = options.nameOf;
    this.#isClassic = options.answers === "classic";
    this.#announceHeads = this.#isClassic ? PLAIN_UNCACHED : PLAIN;
    this.#trackerId = trackerId === "" ? NO_BYTES : utf8(`10:tracker id${trackerId.length}:${trackerId}`);
    this.#warning = warning === "" ? NO_BYTES : utf8(`15:warning message${utf8(warning).length}:${warning}`);
    this.#scrapeEnd = utf8(this.#isClassic ? "ee" : `e5:flagsd20:min_request_intervali${options.minIntervalSeconds}eee`);
  }

  /** Writes the answer to the announce that the announcer took last. */
  announce(announcer: Announcer, request: Announce, ending: Ending, isHead: boolean, takesGzip: () => boolean): void {
    const { buffer } = this;
    this.#open(ending, ANSWER_LENGTH_REST + PEER_LENGTH_MAX * (announcer.countIpv4 + announcer.countIpv6), this.#announceHeads);
    if (this.#isClassic) buffer.bytes(ONLY_INTERVAL);
    else this.#counts(announcer, request);
    buffer.number(announcer.interval);
    if (!this.#isClassic) {
      buffer.bytes(MIN_INTERVAL);
      buffer.number(this.#minInterval);
    }
    buffer.bytes(PEERS);
    if (request.isCompact) this.#compactPeers(announcer);
    else this.#dictionaryPeers(announcer, request);
    if (!request.isReturning && !this.#isClassic) buffer.bytes(this.#trackerId);
    buffer.bytes(this.#warning);
    buffer.byte(END);
    // Addresses and ports are as good as random: only dictionaries become shorter.
    if (!request.isCompact) this.#pack(takesGzip);
    this.#close(isHead);
  }

  /** What an announce tells of its swarm and its asker; the interval follows. */
  #counts(announcer: Announcer, request: Announce): void {
    const { buffer } = this;
    buffer.bytes(COMPLETE);
    buffer.number(announcer.seeds);
    buffer.bytes(DOWNLOADED);
    buffer.number(announcer.completed);
    buffer.bytes(request.askerLength === 4 ? EXTERNAL_IPV4 : EXTERNAL_IPV6);
    buffer.start(request.asker, request.askerLength);
    buffer.bytes(INCOMPLETE);
    buffer.number(announcer.incomplete);
    buffer.bytes(INTERVAL);
  }

  failure(code: FailureCode, refused: Refused, ending: Ending, isHead: boolean): void {
    if (this.#isClassic) return this.refusal(failureOf(code).reason, refused, ending, isHead);
    this.#open(ending, ANSWER_LENGTH_REST);
    this.buffer.bytes(FAILURE_BODIES.get(code) as Uint8Array);
    this.#close(isHead);
  }

  /** A failure in words of somebody else. The classic answers what it cannot read with a line of text, and a refused scrape with 400. */
  refusal(reason: string, refused: Refused, ending: Ending, isHead: boolean): void {
    const isGarbage = this.#isClassic && refused === "query";
    const body = isGarbage ? utf8(`you sent me garbage - ${reason}`) : encode({ "failure reason": reason });
    this.#open(ending, ANSWER_LENGTH_REST + body.length, this.#isClassic ? CLASSIC_REFUSALS[refused] : PLAIN);
    this.buffer.bytes(body);
    this.#close(isHead);
  }

  /** Begins the answer to a scrape of at most `torrents` torrents; `scraped` for each, in order of their hashes, and `endScrape` follow. */
  beginScrape(torrents: number, ending: Ending): void {
    this.#open(ending, ANSWER_LENGTH_REST + SCRAPED_LENGTH_MAX * torrents);
    this.filesBegin();
  }

  filesBegin(): void {
    this.buffer.bytes(FILES);
  }

  filesEnd(): void {
    this.buffer.bytes(this.#scrapeEnd);
  }

  /** The head of an answer whose length nobody knows yet: in chunks, or until the connection closes. */
  endlessHead(isChunked: boolean, ending: Ending, isPacked: boolean): void {
    const encoding = isPacked ? "Content-Encoding: gzip\r\n" : "";
    const connection = isChunked && ending !== "closes" ? "" : "Connection: close\r\n";
    const head = utf8(
      `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n${encoding}${connection}${isChunked ? "Transfer-Encoding: chunked\r\n" : ""}\r\n`,
    );
    this.buffer.reserve(head.length);
    this.buffer.bytes(head);
  }

  scraped(infoHash: Uint8Array, announcer: Announcer): void {
    const { buffer } = this;
    buffer.bytes(SCRAPED_HASH);
    buffer.bytes(infoHash);
    buffer.bytes(COMPLETE);
    buffer.number(announcer.seeds);
    buffer.bytes(DOWNLOADED);
    buffer.number(announcer.completed);
    if (!this.#isClassic) {
      buffer.bytes(DOWNLOADERS);
      buffer.number(announcer.incomplete - announcer.swarms.partialSeeds);
    }
    buffer.byte(END);
    buffer.bytes(INCOMPLETE);
    buffer.number(announcer.incomplete);
    buffer.byte(END);
    const name = this.#nameOf?.(infoHash);
    if (name !== undefined) this.#name(name);
    buffer.byte(END);
  }

  #name(name: string): void {
    const bytes = utf8(name);
    // Half a letter would be none.
    const told = bytes.length <= NAME_LENGTH_MAX ? bytes : utf8(fromUtf8(bytes.subarray(0, NAME_LENGTH_MAX)).replace(/\uFFFD$/, ""));
    this.buffer.bytes(utf8(`4:name${told.length}:`));
    this.buffer.bytes(told);
  }

  endScrape(isHead: boolean, takesGzip: () => boolean): void {
    this.filesEnd();
    this.#pack(takesGzip);
    this.#close(isHead);
  }

  #open(ending: Ending, byteLength: number, heads: Heads = PLAIN): void {
    this.buffer.reserve(byteLength);
    this.buffer.bytes(headOf(heads, ending));
    this.#bodyAt = this.buffer.length;
    this.#slotEnd = this.#bodyAt - END_OF_HEAD.length;
  }

  /** Compresses the body, where that is wanted and makes it shorter. */
  #pack(takesGzip: () => boolean): void {
    const { buffer } = this;
    const byteLength = buffer.length - this.#bodyAt;
    if (this.#deflate === undefined || byteLength < PACKED_FROM_LENGTH || !takesGzip()) return;
    const packed = gzip(buffer.memory.subarray(this.#bodyAt, buffer.length), this.#deflate);
    if (packed.length + PACKED_END_OF_HEAD.length >= byteLength) return;
    // The empty line that ended the head makes room for one more line.
    buffer.cut(this.#bodyAt - 2);
    buffer.bytes(PACKED_END_OF_HEAD);
    this.#bodyAt = buffer.length;
    buffer.bytes(packed);
  }

  #close(isHead: boolean): void {
    const body = this.buffer.length - this.#bodyAt;
    this.buffer.patchLength(this.#slotEnd, SLOT_LENGTH, this.#bodyAt);
    if (isHead) this.buffer.cut(this.buffer.length - body);
  }

  #compactPeers({ swarms, countIpv4, chosenIpv4, countIpv6, chosenIpv6 }: Announcer): void {
    this.#compactList(swarms.ipv4, chosenIpv4, countIpv4);
    if (countIpv6 === 0) return;
    this.buffer.bytes(PEERS6);
    this.#compactList(swarms.ipv6, chosenIpv6, countIpv6);
  }

  #compactList(table: PeerTable, chosen: Uint32Array, count: number): void {
    const { buffer } = this;
    const byteLength = count * table.endpointLength;
    buffer.number(byteLength);
    buffer.byte(COLON);
    const at = buffer.space(byteLength);
    const memory = buffer.memory;
    for (let peer = 0; peer < count; peer++) {
      table.copyEndpoint(chosen[peer] as number, memory, at + peer * table.endpointLength);
    }
  }

  #dictionaryPeers({ swarms, countIpv4, chosenIpv4, countIpv6, chosenIpv6 }: Announcer, request: Announce): void {
    this.buffer.text("l");
    this.#dictionaryList(swarms.ipv4, chosenIpv4, countIpv4, request.hidesPeerIds);
    this.#dictionaryList(swarms.ipv6, chosenIpv6, countIpv6, request.hidesPeerIds);
    this.buffer.byte(END);
  }

  readonly #endpoint = new Uint8Array(18);
  readonly #peerId = new Uint8Array(20);

  #dictionaryList(table: PeerTable, chosen: Uint32Array, count: number, hidesIds: boolean): void {
    const { buffer } = this;
    const portAt = table.endpointLength - 2;
    for (let peer = 0; peer < count; peer++) {
      table.copyEndpoint(chosen[peer] as number, this.#endpoint, 0);
      const address = formatAddress(this.#endpoint.subarray(0, portAt));
      buffer.text(`d2:ip${address.length}:${address}`);
      if (table.keepsIds && !hidesIds) {
        table.copyId(chosen[peer] as number, this.#peerId, 0);
        buffer.bytes(PEER_ID);
        buffer.bytes(this.#peerId);
      }
      const port = ((this.#endpoint[portAt] as number) << 8) | (this.#endpoint[portAt + 1] as number);
      buffer.text(`4:porti${port}ee`);
    }
  }
}

const COLON = ":".charCodeAt(0);
const FILES = utf8("d5:filesd");
const SCRAPED_HASH = utf8("20:");
const DOWNLOADERS = utf8("e11:downloadersi");
const PEER_ID = utf8("7:peer id20:");

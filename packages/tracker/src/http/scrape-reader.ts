/**
 * One client that reads a full scrape (BEP 48), a step at a time while it reads.
 *
 * The length is not known before the end: a 1.1 client gets chunks (RFC 9112, 7.1), a 1.0 client everything until the
 * connection closes.
 * @module
 */
import { type Millis, utf8 } from "@bittern/protocol/base";
import type { AnswerBuffer } from "./answer-buffer.ts";
import type { FullScrape } from "./full-scrape.ts";

/** Bytes of parts made earlier that go out in one step, about. */
const STEP_LENGTH = 64 * 1024;
const CHUNK_END = utf8("\r\n");
const LAST_CHUNK = utf8("0\r\n\r\n");

export class ScrapeReader {
  readonly scrape: FullScrape;
  /** When the client must have read all of it. */
  readonly endsAt: Millis;
  readonly #isChunked: boolean;
  #at = 0;

  constructor(scrape: FullScrape, isChunked: boolean, endsAt: Millis) {
    this.scrape = scrape;
    this.#isChunked = isChunked;
    this.endsAt = endsAt;
  }

  /** Writes what comes next, of which at most one part is made for it; false after the last one. */
  step(buffer: AnswerBuffer): boolean {
    const start = buffer.length;
    do this.#write(buffer, this.scrape.part(this.#at++));
    while (buffer.length - start < STEP_LENGTH && this.scrape.hasPart(this.#at));
    if (!this.scrape.isEnd(this.#at)) return true;
    if (this.#isChunked) buffer.bytes(LAST_CHUNK);
    return false;
  }

  #write(buffer: AnswerBuffer, part: Uint8Array): void {
    buffer.reserve(part.length + 64);
    if (this.#isChunked) buffer.text(`${part.length.toString(16)}\r\n`);
    buffer.bytes(part);
    if (this.#isChunked) buffer.bytes(CHUNK_END);
  }
}

/**
 * Reads the query of a scrape (BEP 48): any number of `info_hash`, up to the limit, each once and in the order of its bytes.
 * @module
 */
import { utf8 } from "@bittern/protocol/base";
import type { FailureCode } from "../failure.ts";
import { AMPERSAND, BAD_ESCAPE, EQUALS, isWord, unescape } from "./ascii.ts";

const INFO_HASH = utf8("info_hash");
const HASH_LENGTH = 20;

export class ScrapeQuery {
  /** How many hashes were given, each counted once. */
  count = 0;
  readonly #hashes: Uint8Array;
  /** Places of the hashes in `#hashes`, by the order of their bytes. */
  readonly #order: Uint16Array;
  readonly #hash = new Uint8Array(HASH_LENGTH);
  readonly #hashesMax: number;

  constructor(hashesMax: number) {
    this.#hashesMax = hashesMax;
    this.#hashes = new Uint8Array(hashesMax * HASH_LENGTH);
    this.#order = new Uint16Array(hashesMax);
  }

  /** The hash at a place of the order; a view until the next `read`. */
  hash(at: number): Uint8Array {
    const from = (this.#order[at] as number) * HASH_LENGTH;
    return this.#hashes.subarray(from, from + HASH_LENGTH);
  }

  /** Reads [from, to). `count` 0 without a failure: a full scrape is asked for. */
  read(bytes: Uint8Array, from: number, to: number): FailureCode | undefined {
    this.count = 0;
    for (let at = from; at < to; ) {
      let equals = -1;
      let end = at;
      for (; end < to && bytes[end] !== AMPERSAND; end++) if (equals < 0 && bytes[end] === EQUALS) equals = end;
      if (equals >= 0 && isWord(bytes, at, equals, INFO_HASH)) {
        const length = unescape(bytes, equals + 1, end, this.#hash);
        if (length !== HASH_LENGTH) return length === BAD_ESCAPE ? "ESCAPE" : "INFO_HASH_LENGTH";
        if (!this.#insert()) return "SCRAPE_HASHES";
      }
      at = end + 1;
    }
    return undefined;
  }

  /** Sorts the hash in; there are few, so by insertion. False when there is no room for one more. */
  #insert(): boolean {
    let place = this.count;
    for (; place > 0; place--) {
      const order = this.#compare(place - 1);
      if (order === 0) return true;
      if (order < 0) break;
    }
    if (this.count === this.#hashesMax) return false;
    this.#order.copyWithin(place + 1, place, this.count);
    this.#order[place] = this.count;
    this.#hashes.set(this.#hash, this.count * HASH_LENGTH);
    this.count++;
    return true;
  }

  /** The hash at a place against the one to insert: negative, zero or positive. */
  #compare(place: number): number {
    const from = (this.#order[place] as number) * HASH_LENGTH;
    for (let byte = 0; byte < HASH_LENGTH; byte++) {
      const difference = (this.#hashes[from + byte] as number) - (this.#hash[byte] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  }
}

/**
 * The scrape of all torrents (BEP 48), a piece at a time: its answer may have a hundred megabytes, and its keys must come
 * in the order of their bytes.
 *
 * Torrents are sorted while they are sent: a range too large to sort at once is dealt out by its next byte, and only the
 * first part is looked at further (radix sort from the front, put off). So each step costs its own share.
 * @module
 */
import { assert } from "@bittern/protocol/base";
import { INFO_HASH_LENGTH, type TorrentTable } from "../swarms/torrent-table.ts";

/** Torrents that are sorted by comparing. */
const SMALL_RANGE = 48;

interface Range {
  readonly from: number;
  readonly to: number;
  /** Bytes of the hash that are equal in the whole range. */
  readonly depth: number;
}

export class SortedTorrents {
  readonly #torrents: TorrentTable;
  readonly #numbers: Uint32Array;
  readonly #spare: Uint32Array;
  /** What is not sorted yet, the first range last. */
  readonly #ranges: Range[];
  #at = 0;
  #sortedTo = 0;
  readonly #last = new Uint8Array(INFO_HASH_LENGTH);
  #hasLast = false;

  constructor(torrents: TorrentTable) {
    this.#torrents = torrents;
    this.#numbers = new Uint32Array(torrents.count);
    this.#spare = new Uint32Array(torrents.count);
    let count = 0;
    for (let torrent = 0; torrent < torrents.end; torrent++) if (torrents.isUsed(torrent)) this.#numbers[count++] = torrent;
    assert(count === torrents.count, "every torrent is listed once");
    this.#ranges = count > 0 ? [{ from: 0, to: count, depth: 0 }] : [];
  }

  /** The next torrent in order, its hash in `infoHash`; -1 at the end. Torrents that went or came meanwhile may be missing. */
  next(infoHash: Uint8Array): number {
    for (;;) {
      while (this.#at === this.#sortedTo) if (!this.#sortMore()) return -1;
      const torrent = this.#numbers[this.#at++] as number;
      if (!this.#torrents.isUsed(torrent)) continue;
      this.#torrents.copyHash(torrent, infoHash, 0);
      // The number may have been given to another torrent since: only what still comes in order is said.
      if (this.#hasLast && compare(infoHash, this.#last) <= 0) continue;
      this.#last.set(infoHash);
      this.#hasLast = true;
      return torrent;
    }
  }

  #sortMore(): boolean {
    const range = this.#ranges.pop();
    if (range === undefined) return false;
    if (range.to - range.from <= SMALL_RANGE || range.depth === INFO_HASH_LENGTH) {
      this.#sortSmall(range);
      this.#sortedTo = range.to;
    } else this.#deal(range);
    return true;
  }

  #sortSmall({ from, to }: Range): void {
    const entries = Array.from(this.#numbers.subarray(from, to), (torrent) => {
      const hash = new Uint8Array(INFO_HASH_LENGTH);
      if (this.#torrents.isUsed(torrent)) this.#torrents.copyHash(torrent, hash, 0);
      return { torrent, hash };
    });
    entries.sort((left, right) => compare(left.hash, right.hash));
    for (const [at, { torrent }] of entries.entries()) this.#numbers[from + at] = torrent;
  }

  /** Deals a range out by the byte at its depth, in a stable order. */
  #deal({ from, to, depth }: Range): void {
    const ends = new Uint32Array(257);
    for (let at = from; at < to; at++) add(ends, this.#torrents.hashByte(this.#numbers[at] as number, depth) + 1, 1);
    for (let byte = 0; byte < 256; byte++) add(ends, byte + 1, ends[byte] as number);
    const places = ends.slice();
    for (let at = from; at < to; at++) {
      const torrent = this.#numbers[at] as number;
      const byte = this.#torrents.hashByte(torrent, depth);
      this.#spare[from + (places[byte] as number)] = torrent;
      add(places, byte, 1);
    }
    this.#numbers.set(this.#spare.subarray(from, to), from);
    for (let byte = 255; byte >= 0; byte--) {
      const start = from + (ends[byte] as number);
      const end = from + (ends[byte + 1] as number);
      if (end > start) this.#ranges.push({ from: start, to: end, depth: depth + 1 });
    }
  }
}

function add(counts: Uint32Array, at: number, amount: number): void {
  counts[at] = (counts[at] as number) + amount;
}

function compare(left: Uint8Array, right: Uint8Array): number {
  for (let byte = 0; byte < INFO_HASH_LENGTH; byte++) {
    const difference = (left[byte] as number) - (right[byte] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * The torrents by info hash: numbers in open addressing, records on pages of typed arrays.
 *
 * The index is cut into 256 segments that grow each for itself, so that no announce ever waits for the rehash of a
 * million torrents.
 * @module
 */
import { assert, type Random } from "@bittern/protocol/base";
import { KeyedHash, type Paired, paired } from "./keyed-hash.ts";

/** Bytes of an info hash; a v2 hash is announced cut to this length (BEP 52). */
export const INFO_HASH_LENGTH: number = 20;
const INFO_HASH_HALVES = INFO_HASH_LENGTH / 2;

/** No such torrent. */
export const NO_TORRENT: number = -1;
/** An entry of the index is eight bits of the hash and 24 bits of number + 1. */
export const TORRENTS_MAX: number = 2 ** 24 - 2;
const NUMBER_MASK = 2 ** 24 - 1;

const PAGE_SHIFT = 12;
const PAGE_LENGTH = 2 ** PAGE_SHIFT;
const PAGE_MASK = PAGE_LENGTH - 1;

const SEGMENT_COUNT = 256;
const SEGMENT_SLOTS = 8;
/** A segment grows past 70 % of its slots. */
const LOAD_MAX = 0.7;

/**
 * A record has what every request needs in one cache line: the hash, the completions, the counts.
 *
 *     <info hash: 20> <completed: u32> <seeds: u32> <incomplete: u32>
 */
const RECORD_LENGTH = 32;
const RECORD_WORDS = RECORD_LENGTH / 4;
const HASH_WORDS = INFO_HASH_LENGTH / 4;
const COMPLETED = 5;
const SEEDS = 6;
const INCOMPLETE = 7;

interface Page {
  readonly bytes: Uint8Array;
  /** Of a free record, the completions are the number + 1 of the next free one. */
  readonly words: Uint32Array;
  /** Whole seconds at which the last peer left, plus 1; 0 while the torrent has peers or its record is free. */
  readonly emptiedAt: Uint32Array;
  readonly isUsed: Uint8Array;
}

function page(): Page {
  const bytes = new Uint8Array(PAGE_LENGTH * RECORD_LENGTH);
  return {
    bytes,
    words: new Uint32Array(bytes.buffer),
    emptiedAt: new Uint32Array(PAGE_LENGTH),
    isUsed: new Uint8Array(PAGE_LENGTH),
  };
}

export class TorrentTable {
  readonly #hash: KeyedHash;
  readonly #pages: Page[] = [];
  readonly #segments: Uint32Array[] = Array.from({ length: SEGMENT_COUNT }, () => new Uint32Array(SEGMENT_SLOTS));
  readonly #used: Uint32Array = new Uint32Array(SEGMENT_COUNT);
  #count = 0;
  #end = 0;
  /** Number + 1 of the first free record; 0: none. */
  #free = 0;

  constructor(random: Random) {
    this.#hash = new KeyedHash(random, INFO_HASH_HALVES);
  }

  get count(): number {
    return this.#count;
  }
  /** Every number in use is below this. */
  get end(): number {
    return this.#end;
  }
  get byteLength(): number {
    let total = this.#pages.length * PAGE_LENGTH * (RECORD_LENGTH + 5);
    for (const segment of this.#segments) total += segment.byteLength;
    return total;
  }

  isUsed(torrent: number): boolean {
    return this.#pages[torrent >>> PAGE_SHIFT]?.isUsed[torrent & PAGE_MASK] === 1;
  }
  completed(torrent: number): number {
    return this.#word(torrent, COMPLETED);
  }
  setCompleted(torrent: number, count: number): void {
    this.#setWord(torrent, COMPLETED, Math.min(count, 0xffffffff));
  }
  /** Peers of both families, as whoever changes them says. */
  seeds(torrent: number): number {
    return this.#word(torrent, SEEDS);
  }
  incomplete(torrent: number): number {
    return this.#word(torrent, INCOMPLETE);
  }
  setCounts(torrent: number, seeds: number, incomplete: number): void {
    this.#setWord(torrent, SEEDS, seeds);
    this.#setWord(torrent, INCOMPLETE, incomplete);
  }
  /** Whole seconds; `undefined` while the torrent has peers. */
  emptiedAt(torrent: number): number | undefined {
    const seconds = (this.#pages[torrent >>> PAGE_SHIFT] as Page).emptiedAt[torrent & PAGE_MASK] as number;
    return seconds === 0 ? undefined : seconds - 1;
  }
  setEmptiedAt(torrent: number, seconds: number | undefined): void {
    (this.#pages[torrent >>> PAGE_SHIFT] as Page).emptiedAt[torrent & PAGE_MASK] = seconds === undefined ? 0 : seconds + 1;
  }

  /** Writes the info hash of a torrent. */
  copyHash(torrent: number, target: Uint8Array, at: number): void {
    const { bytes } = this.#pages[torrent >>> PAGE_SHIFT] as Page;
    const from = (torrent & PAGE_MASK) * RECORD_LENGTH;
    for (let byte = 0; byte < INFO_HASH_LENGTH; byte++) target[at + byte] = bytes[from + byte] as number;
  }

  /** One byte of the info hash of a torrent. */
  hashByte(torrent: number, at: number): number {
    return (this.#pages[torrent >>> PAGE_SHIFT] as Page).bytes[(torrent & PAGE_MASK) * RECORD_LENGTH + at] as number;
  }

  /** The number of a torrent, or `NO_TORRENT`; its info hash begins at `word` of what is given. Hot. */
  find(infoHash: Paired, word = 0): number {
    return this.#probe(this.#hash.ofWords(infoHash.words, word), infoHash.words, word);
  }

  /**
   * The numbers of `count` torrents whose info hashes stand one after the other from `word` on, into `found`. In passes, each of
   * which waits for one part of the table: so the waits of many torrents go by together. Hot.
   */
  findEach(infoHashes: Paired, word: number, count: number, found: Int32Array): void {
    for (let at = 0; at < count; at++) found[at] = this.#hash.ofWords(infoHashes.words, word + at * HASH_WORDS);
    const entries = this.#entries.length < count ? new Uint32Array(count) : this.#entries;
    this.#entries = entries;
    for (let at = 0; at < count; at++) {
      const hash = found[at] as number;
      const segment = this.#segments[hash >>> 24] as Uint32Array;
      entries[at] = segment[hash & (segment.length - 1)] as number;
    }
    for (let at = 0; at < count; at++) {
      const entry = entries[at] as number;
      const hash = found[at] as number;
      const torrent = (entry & NUMBER_MASK) - 1;
      const first = word + at * HASH_WORDS;
      if (entry === 0) found[at] = NO_TORRENT;
      else if (entry >>> 24 === ((hash >>> 16) & 0xff) && this.#holds(torrent, infoHashes.words, first)) found[at] = torrent;
      else found[at] = this.#probe(hash, infoHashes.words, first);
    }
  }
  #entries = new Uint32Array(0);

  /** Looks for a torrent from the slot of its hash on. */
  #probe(hash: number, keys: Uint32Array, word: number): number {
    const segment = this.#segments[hash >>> 24] as Uint32Array;
    const mask = segment.length - 1;
    const tag = (hash >>> 16) & 0xff;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = segment[slot] as number;
      if (entry === 0) return NO_TORRENT;
      if (entry >>> 24 === tag && this.#holds((entry & NUMBER_MASK) - 1, keys, word)) return (entry & NUMBER_MASK) - 1;
    }
  }

  /** Writes seeds, completions and incomplete peers of a torrent as big-endian words, as a scrape tells them (BEP 15). Hot. */
  copyCounts(torrent: number, target: Uint8Array, at: number): void {
    const { words } = this.#pages[torrent >>> PAGE_SHIFT] as Page;
    const first = (torrent & PAGE_MASK) * RECORD_WORDS;
    putWord(target, at, words[first + SEEDS] as number);
    putWord(target, at + 4, words[first + COMPLETED] as number);
    putWord(target, at + 8, words[first + INCOMPLETE] as number);
  }

  /** Adds a torrent that `find` did not find, empty as of `seconds`. */
  add(infoHash: Paired, seconds: number): number {
    assert(this.#count < TORRENTS_MAX, "torrent numbers fit into an entry of the index");
    const torrent = this.#takeRecord();
    const { words, emptiedAt, isUsed } = this.#pages[torrent >>> PAGE_SHIFT] as Page;
    const at = torrent & PAGE_MASK;
    for (let word = 0; word < COMPLETED; word++) words[at * RECORD_WORDS + word] = infoHash.words[word] as number;
    this.setCompleted(torrent, 0);
    this.setCounts(torrent, 0, 0);
    emptiedAt[at] = seconds + 1;
    isUsed[at] = 1;
    this.#count++;
    const hash = this.#hashOf(torrent);
    const segment = hash >>> 24;
    const used = (this.#used[segment] as number) + 1;
    if (used > (this.#segments[segment] as Uint32Array).length * LOAD_MAX) this.#resize(segment, 2);
    this.#used[segment] = used;
    this.#insert(this.#segments[segment] as Uint32Array, hash, torrent);
    return torrent;
  }

  /** Forgets a torrent; its number may be given to another. */
  remove(torrent: number): void {
    assert(this.isUsed(torrent), "the torrent is there");
    const hash = this.#hashOf(torrent);
    const segment = hash >>> 24;
    this.#erase(this.#segments[segment] as Uint32Array, hash, torrent);
    const used = (this.#used[segment] as number) - 1;
    this.#used[segment] = used;
    const { emptiedAt, isUsed } = this.#pages[torrent >>> PAGE_SHIFT] as Page;
    isUsed[torrent & PAGE_MASK] = 0;
    emptiedAt[torrent & PAGE_MASK] = 0;
    this.#setWord(torrent, COMPLETED, this.#free);
    this.#free = torrent + 1;
    this.#count--;
    const slots = (this.#segments[segment] as Uint32Array).length;
    if (slots > SEGMENT_SLOTS && used < slots / 8) this.#resize(segment, 0.5);
  }

  #takeRecord(): number {
    if (this.#free === 0) {
      if (this.#end >>> PAGE_SHIFT === this.#pages.length) this.#pages.push(page());
      return this.#end++;
    }
    const torrent = this.#free - 1;
    this.#free = this.completed(torrent);
    return torrent;
  }

  #word(torrent: number, word: number): number {
    return (this.#pages[torrent >>> PAGE_SHIFT] as Page).words[(torrent & PAGE_MASK) * RECORD_WORDS + word] as number;
  }

  #setWord(torrent: number, word: number, value: number): void {
    (this.#pages[torrent >>> PAGE_SHIFT] as Page).words[(torrent & PAGE_MASK) * RECORD_WORDS + word] = value;
  }

  #hashOf(torrent: number): number {
    return this.#hash.ofWords((this.#pages[torrent >>> PAGE_SHIFT] as Page).words, (torrent & PAGE_MASK) * RECORD_WORDS);
  }

  #holds(torrent: number, keys: Uint32Array, first: number): boolean {
    const { words } = this.#pages[torrent >>> PAGE_SHIFT] as Page;
    const at = (torrent & PAGE_MASK) * RECORD_WORDS;
    for (let word = 0; word < COMPLETED; word++) if (words[at + word] !== keys[first + word]) return false;
    return true;
  }

  #insert(segment: Uint32Array, hash: number, torrent: number): void {
    const mask = segment.length - 1;
    let slot = hash & mask;
    while (segment[slot] !== 0) slot = (slot + 1) & mask;
    segment[slot] = ((hash >>> 16) & 0xff) * 2 ** 24 + torrent + 1;
  }

  /** Linear probing without tombstones: those behind the hole move up where their home allows. */
  #erase(segment: Uint32Array, hash: number, torrent: number): void {
    const mask = segment.length - 1;
    let hole = hash & mask;
    while (((segment[hole] as number) & NUMBER_MASK) !== torrent + 1) {
      assert(segment[hole] !== 0, "every torrent stands in the index");
      hole = (hole + 1) & mask;
    }
    for (let slot = (hole + 1) & mask; segment[slot] !== 0; slot = (slot + 1) & mask) {
      const entry = segment[slot] as number;
      const home = this.#hashOf((entry & NUMBER_MASK) - 1) & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      segment[hole] = entry;
      hole = slot;
    }
    segment[hole] = 0;
  }

  #resize(segment: number, factor: 2 | 0.5): void {
    const old = this.#segments[segment] as Uint32Array;
    const fresh = new Uint32Array(old.length * factor);
    for (const entry of old) if (entry !== 0) this.#insert(fresh, this.#hashOf((entry & NUMBER_MASK) - 1), (entry & NUMBER_MASK) - 1);
    this.#segments[segment] = fresh;
  }

  /** Our own law; for tests. */
  check(): void {
    let used = 0;
    const key = paired(INFO_HASH_LENGTH);
    for (let torrent = 0; torrent < this.#end; torrent++) {
      if (!this.isUsed(torrent)) continue;
      used++;
      this.copyHash(torrent, key.bytes, 0);
      assert(this.find(key) === torrent, "every torrent is found under its hash");
    }
    assert(used === this.#count, "the running count is the number of torrents");
    let entries = 0;
    for (const segment of this.#segments) for (const entry of segment) if (entry !== 0) entries++;
    assert(entries === used, "the index holds each torrent once");
  }
}

function putWord(target: Uint8Array, at: number, word: number): void {
  target[at] = word >>> 24;
  target[at + 1] = word >>> 16;
  target[at + 2] = word >>> 8;
  target[at + 3] = word;
}

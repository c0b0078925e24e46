/**
 * Finds a peer of a large block by its endpoint: open addressing with linear probing, inside the block itself.
 *
 * A slot holds a position + 1; 0 is free. The index knows no endpoints of its own, it looks at those of the block. Hot.
 * @module
 */
import { assert, type Random } from "@bittern/protocol/base";
import type { Area } from "./area.ts";
import { KeyedHash } from "./keyed-hash.ts";

export class EndpointIndex {
  readonly #hash: KeyedHash;
  /** Halves of an endpoint. */
  readonly #width: number;
  // The block it is pointed at.
  #words: Uint32Array = new Uint32Array(0);
  #halves: Uint16Array = new Uint16Array(0);
  /** Word of the first slot. */
  #first = 0;
  #mask = 0;
  /** Half of the first endpoint. */
  #endpoints = 0;

  constructor(random: Random, width: number) {
    this.#hash = new KeyedHash(random, width);
    this.#width = width;
  }

  /** Points it at the index of a block: `slots` words from `first` on, over the endpoints from `endpoints` on. */
  point({ words, halves }: Area, first: number, slots: number, endpoints: number): void {
    this.#words = words;
    this.#halves = halves;
    this.#first = first;
    this.#mask = slots - 1;
    this.#endpoints = endpoints;
  }

  /** The position of an endpoint, -1 when it is not there. */
  find(endpoint: Uint16Array): number {
    for (let slot = this.#hash.of(endpoint, 0) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const entry = this.#words[this.#first + slot] as number;
      if (entry === 0) return -1;
      if (this.#isAt(entry - 1, endpoint)) return entry - 1;
    }
  }

  /** Enters the peer at a position; its endpoint stands there already. */
  insert(position: number): void {
    let slot = this.#homeOf(position);
    while (this.#words[this.#first + slot] !== 0) slot = (slot + 1) & this.#mask;
    this.#words[this.#first + slot] = position + 1;
  }

  /** Notes that a peer is about to lie elsewhere; its endpoint still stands at `from`. */
  replace(from: number, to: number): void {
    this.#words[this.#first + this.#slotOf(from)] = to + 1;
  }

  /** Takes out the peer at a position, without tombstones: those behind the hole move up where their home allows. */
  erase(position: number): void {
    const words = this.#words;
    let hole = this.#slotOf(position);
    for (let slot = (hole + 1) & this.#mask; words[this.#first + slot] !== 0; slot = (slot + 1) & this.#mask) {
      const entry = words[this.#first + slot] as number;
      const home = this.#homeOf(entry - 1);
      if (((slot - home) & this.#mask) < ((slot - hole) & this.#mask)) continue;
      words[this.#first + hole] = entry;
      hole = slot;
    }
    words[this.#first + hole] = 0;
  }

  /** How many peers are entered; for tests. */
  count(): number {
    return this.#words.subarray(this.#first, this.#first + this.#mask + 1).reduce((sum, entry) => sum + Math.min(entry, 1), 0);
  }

  #isAt(position: number, endpoint: Uint16Array): boolean {
    const at = this.#endpoints + position * this.#width;
    for (let half = 0; half < this.#width; half++) if (this.#halves[at + half] !== endpoint[half]) return false;
    return true;
  }

  #homeOf(position: number): number {
    return this.#hash.of(this.#halves, this.#endpoints + position * this.#width) & this.#mask;
  }

  #slotOf(position: number): number {
    let slot = this.#homeOf(position);
    while (this.#words[this.#first + slot] !== position + 1) {
      assert(this.#words[this.#first + slot] !== 0, "every peer of the block stands in its index");
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }
}

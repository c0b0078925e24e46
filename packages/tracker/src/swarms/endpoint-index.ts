/**
 * Finds a peer of a large block by its endpoint: open addressing with linear probing, inside the block itself.
 *
 * A slot holds a position + 1; 0 is free. The index knows no endpoints of its own, it looks at those of the block. Hot.
 * @module
 */
import { assert, type Random } from "@bittern/protocol/base";
import type { Area } from "./area.ts";
import { PAGE_MASK, PAGE_SHIFT } from "./block-layout.ts";
import { KeyedHash } from "./keyed-hash.ts";

/** An entry of an outgrown index whose peer stands elsewhere by now, or nowhere. */
const MOVED = 0xffffffff;

/** The index of a block before it grew or shrank: nobody is entered any more, and who stands in it moves out a few at a time. */
export interface OutgrownIndex {
  readonly slots: Uint32Array;
  /** Slots before this one have nobody. */
  next: number;
}

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
  /** Half of the first endpoint, of the block or of each of its pages. */
  #endpoints = 0;
  #pages: readonly Area[] | undefined;
  /** Peers that are not entered in the block's own index yet stand here. */
  #outgrown: OutgrownIndex | undefined;

  constructor(random: Random, width: number) {
    this.#hash = new KeyedHash(random, width);
    this.#width = width;
  }

  /** Points it at the index of a block: `slots` words from `first` on, over the endpoints from `endpoints` on, there or on each page. */
  point(
    { words, halves }: Area,
    first: number,
    slots: number,
    endpoints: number,
    pages: readonly Area[] | undefined,
    outgrown: OutgrownIndex | undefined,
  ): void {
    this.#words = words;
    this.#halves = halves;
    this.#first = first;
    this.#mask = slots - 1;
    this.#endpoints = endpoints;
    this.#pages = pages;
    this.#outgrown = outgrown;
  }

  /** The position of an endpoint, -1 when it is not there. */
  find(endpoint: Uint16Array): number {
    for (let slot = this.#hash.of(endpoint, 0) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const entry = this.#words[this.#first + slot] as number;
      if (entry === 0) return this.#outgrown === undefined ? -1 : this.#findOutgrown(this.#outgrown, endpoint);
      if (this.#isAt(entry - 1, endpoint)) return entry - 1;
    }
  }

  #findOutgrown({ slots }: OutgrownIndex, endpoint: Uint16Array): number {
    const mask = slots.length - 1;
    for (let slot = this.#hash.of(endpoint, 0) & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] as number;
      if (entry === 0) return -1;
      if (entry !== MOVED && this.#isAt(entry - 1, endpoint)) return entry - 1;
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
    const slot = this.#slotOf(from);
    if (slot >= 0) this.#words[this.#first + slot] = to + 1;
    else this.#setOutgrown(from, to + 1);
  }

  /** Takes out the peer at a position, without tombstones: those behind the hole move up where their home allows. */
  erase(position: number): void {
    const words = this.#words;
    let hole = this.#slotOf(position);
    if (hole < 0) return this.#setOutgrown(position, MOVED);
    for (let slot = (hole + 1) & this.#mask; words[this.#first + slot] !== 0; slot = (slot + 1) & this.#mask) {
      const entry = words[this.#first + slot] as number;
      const home = this.#homeOf(entry - 1);
      if (((slot - home) & this.#mask) < ((slot - hole) & this.#mask)) continue;
      words[this.#first + hole] = entry;
      hole = slot;
    }
    words[this.#first + hole] = 0;
  }

  /** Enters the peers of some slots of the outgrown index; true when that was the last of it. */
  advance(slotCount: number): boolean {
    const outgrown = this.#outgrown;
    if (outgrown === undefined) return true;
    const { slots } = outgrown;
    const end = Math.min(slots.length, outgrown.next + slotCount);
    for (let slot = outgrown.next; slot < end; slot++) {
      const entry = slots[slot] as number;
      if (entry === 0 || entry === MOVED) continue;
      this.insert(entry - 1);
      slots[slot] = MOVED;
    }
    outgrown.next = end;
    if (end < slots.length) return false;
    this.#outgrown = undefined;
    return true;
  }

  /** How many peers are entered; for tests. */
  count(): number {
    const own = this.#words.subarray(this.#first, this.#first + this.#mask + 1);
    const outgrown = this.#outgrown?.slots.filter((entry) => entry !== MOVED) ?? new Uint32Array(0);
    return [own, outgrown].reduce((sum, slots) => sum + slots.reduce((used, entry) => used + Math.min(entry, 1), 0), 0);
  }

  /** Changes the entry of a peer that stands in the outgrown index. */
  #setOutgrown(position: number, entry: number): void {
    assert(this.#outgrown !== undefined, "every peer of the block stands in an index");
    const { slots } = this.#outgrown;
    const mask = slots.length - 1;
    let slot = this.#hashOf(position) & mask;
    while (slots[slot] !== position + 1) {
      assert(slots[slot] !== 0, "every peer of the block stands in an index");
      slot = (slot + 1) & mask;
    }
    slots[slot] = entry;
  }

  #isAt(position: number, endpoint: Uint16Array): boolean {
    const halves = this.#halvesOf(position);
    const at = this.#startOf(position);
    for (let half = 0; half < this.#width; half++) if (halves[at + half] !== endpoint[half]) return false;
    return true;
  }

  #homeOf(position: number): number {
    return this.#hashOf(position) & this.#mask;
  }

  #hashOf(position: number): number {
    return this.#hash.of(this.#halvesOf(position), this.#startOf(position));
  }

  /** Where the endpoint at a position lies, and from which half on. */
  #halvesOf(position: number): Uint16Array {
    return this.#pages === undefined ? this.#halves : (this.#pages[position >>> PAGE_SHIFT] as Area).halves;
  }
  #startOf(position: number): number {
    return this.#endpoints + (this.#pages === undefined ? position : position & PAGE_MASK) * this.#width;
  }

  /** The slot of a peer; -1 when it does not stand in the block's own index. */
  #slotOf(position: number): number {
    let slot = this.#homeOf(position);
    while (this.#words[this.#first + slot] !== position + 1) {
      if (this.#words[this.#first + slot] === 0) return -1;
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }
}

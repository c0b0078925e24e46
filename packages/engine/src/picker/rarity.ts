/**
 * Pieces that may be picked, rarest first, in constant time per change.
 *
 * Every such piece lies in one bucket: that of its priority and of the number of partial peers that have it. One more `have`
 * moves it to the next bucket, whatever the size of the torrent: it leaves by trading places with the last of its bucket and
 * enters at the end of the other. A seed changes nothing here (`availability.ts`).
 *
 *     priority 7: [0 peers] [1 peer] [2 peers] …
 *     priority 4: [0 peers] …
 *
 * Pieces of one bucket are equals, and who is drawn among them is left to the dice at the moment of the draw: two peers
 * that see the same swarm must not go for the same piece, and shuffling two million pieces beforehand would cost a stall.
 *
 * One sorted array with borders between the levels was the other plan. It needs no growing, but a piece that is picked or
 * unwanted then crosses every border between its level and the end, and each priority needs borders of its own.
 * @module
 */
import type { PieceIndex, Random } from "@bittern/protocol/base";
import { assert, Bitfield, below } from "@bittern/protocol/base";
import { Availability } from "./availability.ts";
import { Bucket } from "./bucket.ts";
import { PRIORITY_MAX } from "./priority.ts";

/** A peer that has more than one in so many of the pickable pieces, and more than a few, is worth a refill. */
const REFILL_SHARE = 8;
const REFILL_COUNT_MIN = 16;

export class Rarity {
  readonly pieceCount: number;
  /** Which pieces lie in a bucket. Shared for scanning; only this class changes it. */
  readonly pickable: Bitfield;
  readonly #availability: Availability;
  readonly #random: Random;
  readonly #priority: Uint8Array;
  readonly #place: Uint32Array;
  /** By priority, then by number of partial peers; holes where nothing ever lay. */
  readonly #buckets: (Bucket | undefined)[][] = Array.from({ length: PRIORITY_MAX + 1 }, () => []);
  /** How many pieces lie in each bucket, side by side: most buckets between the first and the last are empty, and are passed over often. */
  readonly #lengths: number[][] = Array.from({ length: PRIORITY_MAX + 1 }, () => []);
  readonly #sizes: number[] = Array.from({ length: PRIORITY_MAX + 1 }, () => 0);

  /** Nothing is pickable at first. A given `availability` is shared and from then on changed only through here. */
  constructor({ pieceCount, random, availability }: { pieceCount: number; random: Random; availability?: Availability }) {
    this.pieceCount = pieceCount;
    this.pickable = new Bitfield(pieceCount);
    this.#availability = availability ?? new Availability(pieceCount);
    this.#random = random;
    this.#priority = new Uint8Array(pieceCount);
    this.#place = new Uint32Array(pieceCount);
  }

  /** How many pieces of this priority may be picked. */
  size(priority: number): number {
    return this.#sizes[priority] as number;
  }

  /** 0 for a piece that may not be picked. */
  priority(piece: PieceIndex): number {
    return this.#priority[piece] as number;
  }

  /** How many pieces of this priority are held by exactly that many partial peers. */
  bucketSize(priority: number, partial: number): number {
    return this.#lengths[priority]?.[partial] ?? 0;
  }

  /** Numbers of partial peers at and past which there is no bucket. */
  bucketCount(priority: number): number {
    return (this.#buckets[priority] as unknown[]).length;
  }

  /** The least number of partial peers, from `partial` on and below `end`, that any piece of this priority is held by; `end` when there is none. */
  nextHeld(priority: number, partial: number, end: number): number {
    const lengths = this.#lengths[priority] as number[];
    for (let next = partial; next < end; next++) if ((lengths[next] as number) > 0) return next;
    return end;
  }

  /** Lets the piece be picked, with a priority from 1 to 7; moves it when it has another one already. */
  include(piece: PieceIndex, priority: number): void {
    assert(priority > 0 && priority <= PRIORITY_MAX, "what may be picked is wanted");
    if (this.#priority[piece] === priority) return;
    this.exclude(piece);
    this.#priority[piece] = priority;
    this.pickable.add(piece);
    this.#enter(piece);
    this.#sizes[priority] = (this.#sizes[priority] as number) + 1;
  }

  exclude(piece: PieceIndex): void {
    const priority = this.#priority[piece] as number;
    if (priority === 0) return;
    this.#leave(piece);
    this.#priority[piece] = 0;
    this.pickable.remove(piece);
    this.#sizes[priority] = (this.#sizes[priority] as number) - 1;
  }

  /** One more partial peer has the piece. */
  add(piece: PieceIndex): void {
    if (this.#priority[piece] === 0) {
      this.#availability.add(piece);
      return;
    }
    this.#leave(piece);
    this.#availability.add(piece);
    this.#enter(piece);
  }

  /** One partial peer that had the piece is gone. */
  remove(piece: PieceIndex): void {
    if (this.#priority[piece] === 0) {
      this.#availability.remove(piece);
      return;
    }
    this.#leave(piece);
    this.#availability.remove(piece);
    this.#enter(piece);
  }

  /**
   * A partial peer with these pieces came (1) or went (-1). One with much of the torrent moves half of all pieces: then
   * filling the buckets anew, in one pass in order, costs a tenth of moving each piece with its cache misses.
   */
  addField(field: Bitfield, change: 1 | -1): void {
    if (field.count * REFILL_SHARE >= this.pickable.count && field.count > REFILL_COUNT_MIN) {
      this.#availability.addField(field, change);
      this.#refill();
      return;
    }
    for (const piece of field) {
      if (change > 0) this.add(piece);
      else this.remove(piece);
    }
  }

  /** Sets what may be picked and how much it is wanted (0 to 7), for all pieces at once. */
  setPriorities(priorityOf: (piece: PieceIndex) => number): void {
    this.#sizes.fill(0);
    this.pickable.clearAll();
    for (let piece = 0; piece < this.pieceCount; piece++) {
      const priority = priorityOf(piece);
      this.#priority[piece] = priority;
      if (priority === 0) continue;
      this.pickable.add(piece);
      this.#sizes[priority] = (this.#sizes[priority] as number) + 1;
    }
    this.#refill();
  }

  /**
   * Draws from a bucket without putting back: call with `drawn` 0, 1, 2 … below its size, with no other change in between.
   * Every order of draws is equally likely (the shuffle of Fisher and Yates, done only as far as it is needed).
   */
  draw(priority: number, partial: number, drawn: number): PieceIndex {
    const bucket = this.#buckets[priority]?.[partial] as Bucket;
    const other = drawn + below(this.#random, bucket.length - drawn);
    if (other !== drawn) {
      bucket.swap(drawn, other);
      this.#place[bucket.at(other)] = other;
      this.#place[bucket.at(drawn)] = drawn;
    }
    return bucket.at(drawn);
  }

  /** The piece at a place of a bucket, below its size. */
  at(priority: number, partial: number, place: number): PieceIndex {
    const bucket = this.#buckets[priority]?.[partial];
    assert(bucket !== undefined && place < bucket.length, "a place lies in its bucket");
    return bucket.at(place);
  }

  /** All pickable pieces, high priorities first, then rarest first; equals in no particular order. No change meanwhile. */
  *[Symbol.iterator](): Generator<PieceIndex> {
    for (let priority = PRIORITY_MAX; priority > 0; priority--) {
      for (const bucket of this.#buckets[priority] as (Bucket | undefined)[]) {
        for (let place = 0; bucket !== undefined && place < bucket.length; place++) yield bucket.at(place);
      }
    }
  }

  /** The inner law; for tests and the simulator. */
  check(): void {
    this.#availability.check();
    const sizes = this.#sizes.map(() => 0);
    for (let piece = 0; piece < this.pieceCount; piece++) {
      const priority = this.#priority[piece] as number;
      assert(this.pickable.has(piece) === priority > 0, "a piece is pickable exactly while it has a priority here");
      if (priority === 0) continue;
      sizes[priority] = (sizes[priority] as number) + 1;
      const bucket = this.#buckets[priority]?.[this.#availability.partial(piece)];
      const place = this.#place[piece] as number;
      assert(bucket !== undefined && place < bucket.length, "a pickable piece lies in the bucket of its count");
      assert(bucket.at(place) === piece, "a piece knows its place");
    }
    for (let priority = 0; priority <= PRIORITY_MAX; priority++) {
      let held = 0;
      for (const [partial, bucket] of (this.#buckets[priority] as (Bucket | undefined)[]).entries()) {
        held += bucket?.length ?? 0;
        assert(this.bucketSize(priority, partial) === (bucket?.length ?? 0), "lengths are those of the buckets");
      }
      assert(held === sizes[priority], "no bucket holds a piece that is not its own");
      assert(held === this.#sizes[priority], "pieces of a priority are counted as they come and go");
    }
  }

  #refill(): void {
    for (const buckets of this.#buckets) for (const bucket of buckets) bucket?.clear();
    for (const lengths of this.#lengths) lengths.fill(0);
    for (let piece = 0; piece < this.pieceCount; piece++) if (this.#priority[piece] !== 0) this.#enter(piece);
    for (const buckets of this.#buckets) for (const bucket of buckets) bucket?.trim();
  }

  #enter(piece: PieceIndex): void {
    const priority = this.#priority[piece] as number;
    const buckets = this.#buckets[priority] as (Bucket | undefined)[];
    const lengths = this.#lengths[priority] as number[];
    const partial = this.#availability.partial(piece);
    while (buckets.length <= partial) {
      buckets.push(undefined);
      lengths.push(0);
    }
    let bucket = buckets[partial];
    if (bucket === undefined) {
      bucket = new Bucket();
      buckets[partial] = bucket;
    }
    this.#place[piece] = bucket.push(piece);
    lengths[partial] = bucket.length;
  }

  #leave(piece: PieceIndex): void {
    const priority = this.#priority[piece] as number;
    const partial = this.#availability.partial(piece);
    const bucket = this.#buckets[priority]?.[partial] as Bucket;
    const place = this.#place[piece] as number;
    this.#place[bucket.removeAt(place)] = place;
    (this.#lengths[priority] as number[])[partial] = bucket.length;
  }
}

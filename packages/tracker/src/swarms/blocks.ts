/**
 * The blocks of all torrents of one address family, by size, and where the block of each torrent lies.
 *
 * A place is the block's size above, its number among those of that size below.
 * @module
 */
import { assert } from "@bittern/protocol/base";
import type { AreaPool } from "./area.ts";
import { type Kept, layoutOf, OWNER } from "./block-layout.ts";
import { BlockVector } from "./block-vector.ts";

/** The place of a torrent that has no block: sizes count from 1 in places. */
export const NO_BLOCK: number = 0;
const NUMBER_BITS = 25;
const NUMBER_MASK = 2 ** NUMBER_BITS - 1;

/** Torrents on one page of places. */
const PAGE_SHIFT = 12;
const PAGE_MASK = 2 ** PAGE_SHIFT - 1;

export class Blocks {
  readonly #endpointLength: number;
  readonly #kept: Kept;
  readonly #pool: AreaPool;
  readonly #vectors: BlockVector[] = [];
  readonly #places: Uint32Array[] = [];

  /** `pool`: where memory comes from. */
  constructor(endpointLength: number, { keepsIds, keepsReach }: Kept, pool: AreaPool) {
    this.#endpointLength = endpointLength;
    this.#kept = { keepsIds, keepsReach };
    this.#pool = pool;
  }

  /** Bytes allocated. */
  get byteLength(): number {
    let total = this.#places.length * 4 * 2 ** PAGE_SHIFT;
    for (const vector of this.#vectors) total += vector.byteLength;
    return total;
  }

  /** The place of a torrent's block, or `NO_BLOCK`. Hot. */
  find(torrent: number): number {
    return this.#places[torrent >>> PAGE_SHIFT]?.[torrent & PAGE_MASK] ?? NO_BLOCK;
  }

  /** The blocks of a size. */
  vector(sizeIndex: number): BlockVector {
    while (this.#vectors.length <= sizeIndex) {
      this.#vectors.push(new BlockVector(layoutOf(this.#vectors.length, this.#endpointLength, this.#kept), this.#pool));
    }
    return this.#vectors[sizeIndex] as BlockVector;
  }

  /** Notes where the block of a torrent lies. */
  place(torrent: number, sizeIndex: number, number: number): void {
    assert(number <= NUMBER_MASK, "the block's number fits its place");
    while (this.#places.length <= torrent >>> PAGE_SHIFT) this.#places.push(new Uint32Array(2 ** PAGE_SHIFT));
    (this.#places[torrent >>> PAGE_SHIFT] as Uint32Array)[torrent & PAGE_MASK] = (sizeIndex + 1) * 2 ** NUMBER_BITS + number;
  }

  /** Notes that a torrent has no block any more; `drop` gives the block itself back. */
  forget(torrent: number): void {
    (this.#places[torrent >>> PAGE_SHIFT] as Uint32Array)[torrent & PAGE_MASK] = NO_BLOCK;
  }

  /** Gives a block back. The last one of its size takes its place, and its torrent is found there. */
  drop(sizeIndex: number, number: number): void {
    const vector = this.vector(sizeIndex);
    if (!vector.drop(number)) return;
    const owner = vector.area(number).words[vector.offset(number) / 4 + OWNER] as number;
    this.place(owner, sizeIndex, number);
  }
}

export function sizeIndexOf(place: number): number {
  return (place >>> NUMBER_BITS) - 1;
}

export function numberOf(place: number): number {
  return place & NUMBER_MASK;
}

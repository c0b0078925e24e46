/**
 * All blocks of one size, one after the other with no gap: taking one out moves the last one into its place.
 *
 * So memory never fragments, however swarms grow and shrink; what it costs is the owner's number in each block, by
 * which the mover finds who must be told.
 * @module
 */
import { assert } from "@bittern/protocol/base";
import { AREA_LENGTH, type Area, type AreaPool, copyBytes, makeArea } from "./area.ts";
import type { BlockLayout } from "./block-layout.ts";

export class BlockVector {
  readonly layout: BlockLayout;
  readonly #pool: AreaPool;
  readonly #areas: Area[] = [];
  #count = 0;

  constructor(layout: BlockLayout, pool: AreaPool) {
    this.layout = layout;
    this.#pool = pool;
  }

  /** Blocks in use. */
  get count(): number {
    return this.#count;
  }
  /** Bytes allocated. */
  get byteLength(): number {
    return this.#areas.length * (this.layout.perArea === 1 ? this.layout.byteLength : AREA_LENGTH);
  }

  area(block: number): Area {
    return this.#areas[Math.floor(block / this.layout.perArea)] as Area;
  }

  /** Where a block begins in its area, in bytes. */
  offset(block: number): number {
    return (block % this.layout.perArea) * this.layout.byteLength;
  }

  /** Adds a block and returns its number. Its header and index are zeros; the rest is whatever lay there. */
  push(): number {
    const { perArea, byteLength, keysAt } = this.layout;
    const block = this.#count++;
    // A fresh area of its own is zeros already.
    if (perArea === 1) {
      this.#areas.push(makeArea(byteLength));
      return block;
    }
    if (block === this.#areas.length * perArea) this.#areas.push(this.#pool.take());
    const words = this.area(block).words;
    const first = this.offset(block) / 4;
    for (let word = first; word < first + keysAt / 4; word++) words[word] = 0;
    return block;
  }

  /** Takes a block out; true when the last one moved into its place (and its owner must be told). */
  drop(block: number): boolean {
    assert(block < this.#count, "the block is in use");
    const last = --this.#count;
    const { perArea } = this.layout;
    if (block !== last) this.#move(last, block);
    if (this.#count <= (this.#areas.length - 1) * perArea) {
      const area = this.#areas.pop() as Area;
      if (perArea > 1) this.#pool.giveBack(area);
    }
    return block !== last;
  }

  #move(from: number, to: number): void {
    // A block with an area of its own moves by its area: no byte is copied.
    if (this.layout.perArea === 1) this.#areas[to] = this.#areas[from] as Area;
    else copyBytes(this.area(from).bytes, this.offset(from), this.area(to).bytes, this.offset(to), this.layout.byteLength);
  }
}

/**
 * Something for each link, by the link's number: open addressing with linear probing, without tombstones.
 *
 * A `Map` makes its table again after as many links as it has places, whether they are there or gone, and every old table holds on to
 * the next one: where links are brief, that was half of all garbage and most of what a collection had to move. Numbers
 * come in order, so they are their own hash.
 * @module
 */
import { assert } from "@bittern/protocol/base";
import type { LinkId } from "./input.ts";

const SLOTS_START = 256;

export class LinkTable<Item> {
  #ids = new Float64Array(SLOTS_START);
  #items: (Item | undefined)[] = emptySlots(SLOTS_START);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Hot. */
  get(id: LinkId): Item | undefined {
    return this.#items[this.#slotOf(id)];
  }

  /** Adds what is not there. Hot. */
  add(id: LinkId, item: Item): void {
    if (2 * this.#size >= this.#ids.length) this.#grow();
    const slot = this.#slotOf(id);
    assert(this.#items[slot] === undefined, "a link's number comes once");
    this.#ids[slot] = id;
    this.#items[slot] = item;
    this.#size++;
  }

  /** False when it was not there. Those behind the hole move up where their home allows. Hot. */
  delete(id: LinkId): boolean {
    const items = this.#items;
    const mask = items.length - 1;
    let hole = this.#slotOf(id);
    if (items[hole] === undefined) return false;
    for (let slot = (hole + 1) & mask; items[slot] !== undefined; slot = (slot + 1) & mask) {
      const other = this.#ids[slot] as number;
      if (((slot - other) & mask) < ((slot - hole) & mask)) continue;
      this.#ids[hole] = other;
      items[hole] = items[slot];
      hole = slot;
    }
    items[hole] = undefined;
    this.#size--;
    return true;
  }

  /** In no order; nothing may be added or deleted meanwhile. */
  *values(): Generator<Item> {
    for (const item of this.#items) if (item !== undefined) yield item;
  }

  clear(): void {
    this.#items.fill(undefined);
    this.#size = 0;
  }

  /** Where it stands, or the free slot where it would. */
  #slotOf(id: LinkId): number {
    const items = this.#items;
    const mask = items.length - 1;
    let slot = id & mask;
    while (items[slot] !== undefined && this.#ids[slot] !== id) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const ids = this.#ids;
    const items = this.#items;
    this.#ids = new Float64Array(2 * ids.length);
    this.#items = emptySlots(2 * ids.length);
    for (const [at, item] of items.entries()) {
      if (item === undefined) continue;
      const slot = this.#slotOf(ids[at] as number);
      this.#ids[slot] = ids[at] as number;
      this.#items[slot] = item;
    }
  }
}

function emptySlots(count: number): undefined[] {
  return new Array<undefined>(count).fill(undefined);
}

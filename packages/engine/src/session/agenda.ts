/**
 * Who has to be woken when: a heap of deadlines, one an owner, who knows its place there, so that a deadline that changes after each
 * input leaves nothing behind. Ten thousand sleeping torrents cost nothing between their announces.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";

/** Owners below 1 are the session's own. */
export const OWNER_STRANGERS = 0;
export const OWNER_UDP: number = -1;
export const OWNER_CLOSE: number = -2;
export const OWNER_DIALER: number = -3;
export const OWNER_DHT: number = -4;

interface Entry {
  at: Millis;
  readonly owner: number;
  /** Where it lies in the heap. */
  slot: number;
}

export class Agenda {
  readonly #entries = new Map<number, Entry>();
  readonly #heap: Entry[] = [];

  /** Replaces the deadline of `owner`; `undefined` takes it off the agenda. Hot: asked after each input, mostly with what it knows. */
  set(owner: number, at: Millis | undefined): void {
    const entry = this.#entries.get(owner);
    if (entry?.at === at) return;
    if (at === undefined) {
      if (entry !== undefined) this.#remove(entry);
      return;
    }
    if (entry === undefined) return this.#add({ at, owner, slot: this.#heap.length });
    const isSooner = at < entry.at;
    entry.at = at;
    if (isSooner) this.#rise(entry);
    else this.#sink(entry);
  }

  /** The earliest deadline. */
  get first(): Millis | undefined {
    return this.#heap[0]?.at;
  }

  /** Takes one owner whose time has come off the agenda. */
  takeDue(now: Millis): number | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.at > now) return undefined;
    this.#remove(first);
    return first.owner;
  }

  #add(entry: Entry): void {
    this.#entries.set(entry.owner, entry);
    this.#heap.push(entry);
    this.#rise(entry);
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry.owner);
    const last = this.#heap.pop() as Entry;
    if (last === entry) return;
    this.#put(last, entry.slot);
    this.#rise(last);
    this.#sink(last);
  }

  #put(entry: Entry, slot: number): void {
    this.#heap[slot] = entry;
    entry.slot = slot;
  }

  #rise(entry: Entry): void {
    const heap = this.#heap;
    let { slot } = entry;
    while (slot > 0) {
      const above = heap[(slot - 1) >> 1] as Entry;
      if (above.at <= entry.at) break;
      const from = above.slot;
      this.#put(above, slot);
      slot = from;
    }
    this.#put(entry, slot);
  }

  #sink(entry: Entry): void {
    const heap = this.#heap;
    let { slot } = entry;
    for (;;) {
      let child = 2 * slot + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as Entry).at < (heap[child] as Entry).at) child++;
      const below = heap[child] as Entry;
      if (below.at >= entry.at) break;
      this.#put(below, slot);
      slot = child;
    }
    this.#put(entry, slot);
  }
}

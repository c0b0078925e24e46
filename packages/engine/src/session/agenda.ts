/**
 * Who has to be woken when: a heap of deadlines, one an owner, where a changed deadline leaves its old entry behind
 * to be skipped later. Ten thousand sleeping torrents cost nothing between their announces.
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
  readonly at: Millis;
  readonly owner: number;
}

export class Agenda {
  readonly #deadlines = new Map<number, Millis>();
  readonly #heap: Entry[] = [];

  /** Replaces the deadline of `owner`; `undefined` takes it off the agenda. */
  set(owner: number, at: Millis | undefined): void {
    if (this.#deadlines.get(owner) === at) return;
    if (at === undefined) {
      this.#deadlines.delete(owner);
      return;
    }
    this.#deadlines.set(owner, at);
    this.#push({ at, owner });
  }

  /** The earliest deadline. */
  get first(): Millis | undefined {
    this.#dropStale();
    return this.#heap[0]?.at;
  }

  /** Takes one owner whose time has come off the agenda. */
  takeDue(now: Millis): number | undefined {
    this.#dropStale();
    const first = this.#heap[0];
    if (first === undefined || first.at > now) return undefined;
    this.#pop();
    this.#deadlines.delete(first.owner);
    return first.owner;
  }

  #dropStale(): void {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (this.#deadlines.get(first.owner) === first.at) return;
      this.#pop();
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as Entry).at <= entry.at) break;
      heap[at] = heap[parent] as Entry;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Entry;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as Entry).at < (heap[child] as Entry).at) child++;
      if ((heap[child] as Entry).at >= last.at) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = last;
  }
}

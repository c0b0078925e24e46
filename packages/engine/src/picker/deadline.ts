/**
 * Pieces somebody waits for, the most urgent first.
 *
 * A reader of a stream wants a handful of pieces at given times. They come before every priority. The list is short (a
 * window of a stream), so a sorted array does; it is bounded because a user could ask for a whole torrent at once.
 * @module
 */
import type { Millis, PieceIndex } from "@bittern/protocol/base";
import { assert } from "@bittern/protocol/base";

/** Pieces waited for at once; past it the least urgent one is forgotten. */
export const DEADLINES_MAX = 1024;

interface Deadline {
  readonly piece: PieceIndex;
  readonly at: Millis;
}

export class Deadlines {
  /** By time; equals in the order they were set. */
  readonly #sorted: Deadline[] = [];
  readonly #times = new Map<PieceIndex, Millis>();

  get size(): number {
    return this.#sorted.length;
  }

  /** When the piece is needed; `undefined` when nobody waits for it. */
  at(piece: PieceIndex): Millis | undefined {
    return this.#times.get(piece);
  }

  /** Sets or moves the time of a piece. */
  set(piece: PieceIndex, at: Millis): void {
    this.remove(piece);
    if (this.#sorted.length === DEADLINES_MAX) {
      const least = this.#sorted[DEADLINES_MAX - 1] as Deadline;
      if (least.at <= at) return;
      this.remove(least.piece);
    }
    this.#times.set(piece, at);
    this.#sorted.splice(this.#after(at), 0, { piece, at });
  }

  remove(piece: PieceIndex): void {
    const at = this.#times.get(piece);
    if (at === undefined) return;
    this.#times.delete(piece);
    let place = this.#after(at) - 1;
    while ((this.#sorted[place] as Deadline).piece !== piece) place--;
    this.#sorted.splice(place, 1);
  }

  clear(): void {
    this.#sorted.length = 0;
    this.#times.clear();
  }

  /** The most urgent piece that passes. */
  first(passes: (piece: PieceIndex) => boolean): PieceIndex | undefined {
    for (const { piece } of this.#sorted) if (passes(piece)) return piece;
    return undefined;
  }

  *[Symbol.iterator](): Generator<PieceIndex> {
    for (const { piece } of this.#sorted) yield piece;
  }

  /** The inner law; for tests and the simulator. */
  check(): void {
    assert(this.#sorted.length === this.#times.size, "every piece waits once");
    assert(this.#sorted.length <= DEADLINES_MAX, "the list of deadlines is bounded");
    for (let place = 0; place < this.#sorted.length; place++) {
      const { piece, at } = this.#sorted[place] as Deadline;
      assert(this.#times.get(piece) === at, "both views of a deadline agree");
      assert(place === 0 || (this.#sorted[place - 1] as Deadline).at <= at, "deadlines are sorted");
    }
  }

  /** How many deadlines are at or before this time. */
  #after(at: Millis): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sorted[middle] as Deadline).at <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

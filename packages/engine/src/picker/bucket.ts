/**
 * A bag of pieces that grows and shrinks: constant time to put in, to take out by place, and to look at.
 *
 * Nobody owns the order inside: what is taken out is replaced by the last one. A bag doubles when it is full and halves
 * when three quarters are empty, so a torrent of two million pieces pays for the pieces it holds and not for its peers.
 * @module
 */
import type { PieceIndex } from "@bittern/protocol/base";
import { assert } from "@bittern/protocol/base";

/** Places of the smallest bag: below it shrinking saves nothing. */
const CAPACITY_MIN = 16;

export class Bucket {
  #pieces: Uint32Array = new Uint32Array(CAPACITY_MIN);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** `place` lies below `length`. */
  at(place: number): PieceIndex {
    return this.#pieces[place] as number;
  }

  /** Puts a piece in and returns its place. */
  push(piece: PieceIndex): number {
    if (this.#length === this.#pieces.length) this.#resize(this.#length * 2);
    this.#pieces[this.#length] = piece;
    return this.#length++;
  }

  /** Takes out what lies at `place`; the last piece moves there and is returned (it may be the one taken out). */
  removeAt(place: number): PieceIndex {
    assert(place < this.#length, "a piece is taken out of the bag it lies in");
    const last = this.#pieces[--this.#length] as number;
    this.#pieces[place] = last;
    if (this.#pieces.length > CAPACITY_MIN && this.#length * 4 < this.#pieces.length) this.#resize(this.#pieces.length >>> 1);
    return last;
  }

  /** Empties the bag; `trim` afterwards gives back what it then no longer needs. */
  clear(): void {
    this.#length = 0;
  }

  trim(): void {
    let capacity = this.#pieces.length;
    while (capacity > CAPACITY_MIN && this.#length * 4 < capacity) capacity >>>= 1;
    if (capacity < this.#pieces.length) this.#resize(capacity);
  }

  swap(left: number, right: number): void {
    const held = this.#pieces[left] as number;
    this.#pieces[left] = this.#pieces[right] as number;
    this.#pieces[right] = held;
  }

  #resize(capacity: number): void {
    const pieces = new Uint32Array(capacity);
    pieces.set(this.#pieces.subarray(0, this.#length));
    this.#pieces = pieces;
  }
}

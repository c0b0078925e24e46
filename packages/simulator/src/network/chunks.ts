/**
 * The bytes of one stream that were written and not yet read, as the pieces they were written in.
 *
 * Positions count bytes from the beginning of the stream. Two cursors walk over the chunks: what has left the sender,
 * and what the receiver has read; behind the second a chunk is forgotten. Bytes with a recipe are not kept at all.
 * @module
 */
import { assert } from "@bittern/protocol/base";
import { type Recipe, recipeOf } from "../lazy.ts";

/** Bytes that may precede a full segment: requests and "have"s ride along with the block behind them. */
const RIDER_LENGTH = 2048;

interface Chunk {
  bytes: Uint8Array | undefined;
  readonly recipe: Recipe | undefined;
  readonly start: number;
  readonly end: number;
  /** Gives the bytes back; they are lent until then. */
  release: (() => void) | undefined;
  next: Chunk | undefined;
}

/** A list of chunks, first written first. */
export class Chunks {
  #first: Chunk | undefined;
  #last: Chunk | undefined;
  /** The chunk in which the next departing byte lies. */
  #departing: Chunk | undefined;
  /** The first chunk that may still be lent. */
  #lent: Chunk | undefined;

  /** Appends bytes; they are lent when there is a `release`, else given away. */
  push(bytes: Uint8Array, start: number, release: (() => void) | undefined): void {
    const recipe = recipeOf(bytes);
    const kept = recipe === undefined ? bytes : undefined;
    const chunk: Chunk = { bytes: kept, recipe, start, end: start + bytes.length, release, next: undefined };
    recipe?.surrender();
    if (this.#last === undefined) this.#first = chunk;
    else this.#last.next = chunk;
    this.#last = chunk;
    this.#departing ??= chunk;
    this.#lent ??= chunk;
  }

  /** Gives back what is lent and lies wholly before `position`; the rest of it is kept as a copy, or made again later. */
  settle(position: number): void {
    let chunk = this.#lent;
    while (chunk !== undefined && chunk.end <= position) {
      if (chunk.bytes !== undefined && chunk.release !== undefined) chunk.bytes = chunk.bytes.slice();
      const release = chunk.release;
      chunk.release = undefined;
      chunk = chunk.next;
      // Set before the call: a release may write again.
      this.#lent = chunk;
      release?.();
      chunk = this.#lent;
    }
  }

  /** Length of the segment that leaves next: it ends where a write ended when that is near `lengthMax`. */
  segmentLength(position: number, lengthMax: number): number {
    let chunk = this.#departing;
    let length = 0;
    while (chunk !== undefined) {
      const rest = chunk.end - position - length;
      if (length + rest > lengthMax) {
        if (length <= RIDER_LENGTH) length += Math.min(rest, lengthMax);
        break;
      }
      length += rest;
      chunk = chunk.next;
    }
    return length;
  }

  /** Bytes up to `position` have left. */
  departed(position: number): void {
    while (this.#departing !== undefined && this.#departing.end <= position) this.#departing = this.#departing.next;
  }

  /**
   * Copies `length` bytes from `position`, the first not read yet, into `target` and forgets them; returns where the last byte ends that
   * was written. Hot.
   */
  read(position: number, length: number, target: Uint8Array): number {
    let at = 0;
    let end = 0;
    while (at < length) {
      const chunk = this.#first;
      assert(chunk !== undefined, "what arrives was written");
      const from = position + at - chunk.start;
      const count = Math.min(chunk.end - chunk.start - from, length - at);
      if (chunk.bytes === undefined) end = chunk.recipe?.copyTo(target, at, from, count) ?? end;
      else {
        target.set(from === 0 && count === chunk.bytes.length ? chunk.bytes : chunk.bytes.subarray(from, from + count), at);
        end = at + count;
      }
      at += count;
      if (position + at === chunk.end) this.#dropFirst(chunk);
    }
    return end;
  }

  /** Forgets all and gives back what is lent. */
  clear(): void {
    let chunk = this.#lent;
    this.#first = this.#last = this.#departing = this.#lent = undefined;
    for (; chunk !== undefined; chunk = chunk.next) {
      const release = chunk.release;
      chunk.release = undefined;
      release?.();
    }
  }

  #dropFirst(chunk: Chunk): void {
    assert(chunk.release === undefined, "lent bytes are given back before they are read at the other end");
    this.#first = chunk.next;
    if (this.#first === undefined) this.#last = undefined;
    if (this.#lent === chunk) this.#lent = chunk.next;
    if (this.#departing === chunk) this.#departing = chunk.next;
  }
}

/**
 * A set of pieces as BEP 3 sends it: one bit each, the high bit of the first byte is piece 0, spare bits are zero.
 * @module
 */
import { assert } from "./assert.ts";

/** Number of ones in each byte. */
const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll("0", "").length);

/** A fixed number of bits with a running count of those that are set. */
export class Bitfield {
  readonly length: number;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #count = 0;

  /** All clear. */
  constructor(length: number) {
    this.length = length;
    this.#bytes = new Uint8Array(Math.ceil(length / 8));
  }

  /** Bits set to one. */
  static full(length: number): Bitfield {
    const field = new Bitfield(length);
    field.setAll();
    return field;
  }

  /** Reads the form of the wire; `undefined` unless the byte length is exact and every spare bit is zero. Copies. */
  static fromBytes(bytes: Uint8Array, length: number): Bitfield | undefined {
    if (bytes.length !== Math.ceil(length / 8)) return undefined;
    const spare = bytes.length * 8 - length;
    if (spare > 0 && ((bytes[bytes.length - 1] as number) & ((1 << spare) - 1)) !== 0) return undefined;
    const field = new Bitfield(length);
    field.#bytes.set(bytes);
    for (const byte of bytes) field.#count += ONES[byte] as number;
    return field;
  }

  /** How many bits are set. */
  get count(): number {
    return this.#count;
  }
  get isFull(): boolean {
    return this.#count === this.length;
  }
  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** False outside the field. */
  has(index: number): boolean {
    return (((this.#bytes[index >> 3] ?? 0) >> (7 - (index & 7))) & 1) === 1;
  }

  /** Sets a bit; returns whether it was clear before. */
  add(index: number): boolean {
    assert(index >= 0 && index < this.length, "the bit lies in the field");
    if (this.has(index)) return false;
    this.#bytes[index >> 3] = (this.#bytes[index >> 3] as number) | (128 >> (index & 7));
    this.#count++;
    return true;
  }

  /** Clears a bit; returns whether it was set before. */
  remove(index: number): boolean {
    if (!this.has(index)) return false;
    this.#bytes[index >> 3] = (this.#bytes[index >> 3] as number) & ~(128 >> (index & 7));
    this.#count--;
    return true;
  }

  setAll(): void {
    this.#bytes.fill(255);
    const spare = this.#bytes.length * 8 - this.length;
    if (this.#bytes.length > 0) this.#bytes[this.#bytes.length - 1] = (255 << spare) & 255;
    this.#count = this.length;
  }

  clearAll(): void {
    this.#bytes.fill(0);
    this.#count = 0;
  }

  /** The form of the wire: a view that lives and changes with the field; copy it before it is sent. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  copy(): Bitfield {
    const field = new Bitfield(this.length);
    field.#bytes.set(this.#bytes);
    field.#count = this.#count;
    return field;
  }

  /** The set bits that are clear in `other`, in order; a step for eight of those that are set in both. */
  *without(other: Bitfield): Generator<number> {
    for (let at = 0; at < this.#bytes.length; at++) {
      const byte = (this.#bytes[at] as number) & ~(other.#bytes[at] ?? 0);
      if (byte === 0) continue;
      for (let bit = 0; bit < 8; bit++) if ((byte & (128 >> bit)) !== 0) yield at * 8 + bit;
    }
  }

  /** The set bits, in order. */
  *[Symbol.iterator](): Generator<number> {
    for (let at = 0; at < this.#bytes.length; at++) {
      const byte = this.#bytes[at] as number;
      if (byte === 0) continue;
      for (let bit = 0; bit < 8; bit++) if ((byte & (128 >> bit)) !== 0) yield at * 8 + bit;
    }
  }
}

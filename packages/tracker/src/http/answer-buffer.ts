/**
 * Where the answers of one turn are written, one after the other, to leave in one write. Hot: the memory is used again.
 * @module
 */
import { assert, Beginnings } from "@bittern/protocol/base";

/** Bytes to begin with; an announce's answer has some 400. */
const LENGTH_START = 64 * 1024;

export class AnswerBuffer {
  #bytes = new Uint8Array(LENGTH_START);
  #beginnings = new Beginnings(this.#bytes);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What was written since `clear`; a view that the next write may change. */
  view(): Uint8Array {
    return this.#beginnings.of(this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  /** Makes room for so many bytes; whoever writes has reserved. */
  reserve(byteLength: number): void {
    if (this.#length + byteLength <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + byteLength));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#beginnings = new Beginnings(grown);
  }

  /** Forgets what was written past `length`. */
  cut(length: number): void {
    assert(length <= this.#length, "a cut shortens");
    this.#length = length;
  }

  bytes(bytes: Uint8Array): void {
    this.start(bytes, bytes.length);
  }

  /** The first `byteLength` bytes. */
  start(bytes: Uint8Array, byteLength: number): void {
    const target = this.#bytes;
    let at = this.#length;
    for (let from = 0; from < byteLength; from++) target[at++] = bytes[from] as number;
    this.#length = at;
  }

  byte(byte: number): void {
    this.#bytes[this.#length++] = byte;
  }

  /** ASCII. */
  text(text: string): void {
    const target = this.#bytes;
    let at = this.#length;
    for (let from = 0; from < text.length; from++) target[at++] = text.charCodeAt(from);
    this.#length = at;
  }

  /** A whole number from 0 to 2^53 in decimal digits. */
  number(value: number): void {
    const end = this.#length + digitsOf(value);
    let rest = value;
    for (let at = end - 1; at >= this.#length; at--) {
      const tenth = Math.floor(rest / 10);
      this.#bytes[at] = 0x30 + (rest - tenth * 10);
      rest = tenth;
    }
    this.#length = end;
  }

  /** Lets `fill` write `byteLength` bytes in place. */
  space(byteLength: number): number {
    const at = this.#length;
    this.#length += byteLength;
    return at;
  }

  /** The memory itself, for writers that were given a `space` in it. */
  get memory(): Uint8Array {
    return this.#bytes;
  }

  /**
   * Writes the length of what follows `bodyAt` into the slot of `slotLength` digits that ends at `slotEnd`, moving the
   * rest where the number is longer or shorter than the slot.
   */
  patchLength(slotEnd: number, slotLength: number, bodyAt: number): void {
    const body = this.#length - bodyAt;
    const shift = digitsOf(body) - slotLength;
    if (shift !== 0) {
      this.reserve(Math.max(0, shift));
      this.#bytes.copyWithin(slotEnd + shift, slotEnd, this.#length);
    }
    const end = this.#length + shift;
    this.#length = slotEnd - slotLength;
    this.number(body);
    this.#length = end;
  }
}

/** How many decimal digits a number has. */
function digitsOf(value: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits++;
  return digits;
}

/**
 * Words that many links are told and that may wait, one after the other in one piece of memory: a link remembers from where to where it
 * has not sent them. With a hundred links a piece is a hundred haves, several a second, and an outbox entry for each was the dearest line of a
 * crowd (a tenth of a simulated one).
 * @module
 */
import { assert } from "@bittern/protocol/base";

/** Bytes there is room for at first. */
const CAPACITY_MIN = 256;

export class News {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(CAPACITY_MIN);
  #length = 0;

  /** Bytes said since it was cleared. */
  get length(): number {
    return this.#length;
  }

  add(bytes: Uint8Array): void {
    const end = this.#length + bytes.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = end;
  }

  /** A copy of what was said from one place to another. */
  copy(from: number, end: number): Uint8Array {
    assert(from < end && end <= this.#length, "what is read was said");
    return this.#bytes.slice(from, end);
  }

  /** Nobody has anything left to read. */
  clear(): void {
    this.#length = 0;
  }
}

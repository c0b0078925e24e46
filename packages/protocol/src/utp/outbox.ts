/**
 * Bytes that were written and are in no packet yet.
 * @module
 */

interface Parcel {
  readonly bytes: Uint8Array;
  readonly ticket: number;
}

export class Outbox {
  readonly #parcels: Parcel[] = [];
  /** Bytes of the first parcel that are gone. */
  #gone = 0;
  #byteLength = 0;

  get byteLength(): number {
    return this.#byteLength;
  }

  /** The bytes are lent until `take` has told the ticket. */
  add(bytes: Uint8Array, ticket: number): void {
    this.#parcels.push({ bytes, ticket });
    this.#byteLength += bytes.length;
  }

  /** Copies the next bytes into `target` from `begin` on, as many as fit; tells the tickets of what is through. */
  take(target: Uint8Array, begin: number, done: (ticket: number) => void): void {
    let at = begin;
    while (this.#parcels.length > 0) {
      const { bytes, ticket } = this.#parcels[0] as Parcel;
      const count = Math.min(bytes.length - this.#gone, target.length - at);
      target.set(bytes.subarray(this.#gone, this.#gone + count), at);
      at += count;
      this.#gone += count;
      this.#byteLength -= count;
      if (this.#gone < bytes.length) return;
      this.#parcels.shift();
      this.#gone = 0;
      done(ticket);
    }
  }

  /** Lets go of everything. */
  clear(done: (ticket: number) => void): void {
    for (const { ticket } of this.#parcels.splice(0)) done(ticket);
    this.#gone = 0;
    this.#byteLength = 0;
  }
}

/**
 * Connection ids of the UDP tracker (BEP 15) that need no memory: whoever shows one has received it at that address.
 *
 *     <time: 8 bits, units of 2 s> <keyed hash of address and time: 56 bits>
 *
 * The time says which hash to compare with, so that one is enough. Ids are bound to the address and not to the port: some
 * clients, and most NATs, change the port between two datagrams.
 * @module
 */
import type { Millis, Random } from "@bittern/protocol/base";
import { CONNECTION_TRACKER_MILLIS } from "@bittern/protocol/tracker";
import { SipHash } from "./siphash.ts";

/** Milliseconds of a unit of time. */
const UNIT_MILLIS = 2000;
/** Units an id is good for. */
const UNITS_MAX = CONNECTION_TRACKER_MILLIS / UNIT_MILLIS;

export class ConnectionIds {
  readonly #hash: SipHash;
  /** Address, and the whole number of the unit behind it. */
  readonly #message = new Uint8Array(24);

  /** `random` must be secret. */
  constructor(random: Random) {
    this.#hash = new SipHash(Uint32Array.from({ length: 4 }, () => random.u32()));
  }

  /** Writes the id for an address (`length` 4 or 16 bytes) into eight bytes at `at`. */
  issue(address: Uint8Array, length: number, now: Millis, target: Uint8Array, at: number): void {
    const unit = Math.floor(now / UNIT_MILLIS);
    this.#compute(address, length, unit);
    const { low, high } = this.#hash;
    target[at] = unit & 255;
    target[at + 1] = high >>> 16;
    target[at + 2] = high >>> 8;
    target[at + 3] = high;
    target[at + 4] = low >>> 24;
    target[at + 5] = low >>> 16;
    target[at + 6] = low >>> 8;
    target[at + 7] = low;
  }

  /** Whether the eight bytes at `at` are an id of this address that has not expired. Compares in constant time. */
  isValid(address: Uint8Array, length: number, now: Millis, bytes: Uint8Array, at: number): boolean {
    const unit = Math.floor(now / UNIT_MILLIS);
    const age = (unit - (bytes[at] as number)) & 255;
    this.#compute(address, length, unit - age);
    const { low, high } = this.#hash;
    const givenHigh = ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
    const givenLow =
      ((bytes[at + 4] as number) << 24) | ((bytes[at + 5] as number) << 16) | ((bytes[at + 6] as number) << 8) | (bytes[at + 7] as number);
    const difference = ((high & 0xffffff) ^ givenHigh) | (low ^ givenLow);
    return difference === 0 && age <= UNITS_MAX;
  }

  #compute(address: Uint8Array, length: number, unit: number): void {
    const message = this.#message;
    for (let byte = 0; byte < length; byte++) message[byte] = address[byte] as number;
    // A unit number lasts 272 years at 32 bits; the clock may have begun anywhere.
    for (let byte = 0; byte < 4; byte++) message[length + byte] = unit >>> (8 * byte);
    this.#hash.hash(message, length + 4);
  }
}

/**
 * How often one address may announce, in constant memory: a flood from a million addresses takes no more than one from ten.
 *
 * Each address has the time at which its bucket will be full again (the generic cell rate algorithm). Two places are
 * possible for it; when both are held by busy others, the less busy one loses its account. That errs on the mild side.
 * IPv6 counts by /64, since a single customer has that many addresses.
 * @module
 */
import type { Millis, Random } from "@bittern/protocol/base";
import { KeyedHash, type Paired, paired } from "../swarms/keyed-hash.ts";

/** Accounts; at 12 bytes each 1.5 MiB. */
const PLACES = 2 ** 17;
const KEY_LENGTH = 8;

export class RateLimit {
  readonly #intervalMillis: number;
  readonly #burstMillis: number;
  readonly #hash: KeyedHash;
  readonly #key: Paired = paired(KEY_LENGTH);
  /** When the bucket is full again; 0 for a place that is free. */
  readonly #fullAt = new Float64Array(PLACES);
  readonly #tags = new Uint32Array(PLACES);

  /** `rate` announces a second in the long run, `burst` at once. */
  constructor(rate: number, burst: number, random: Random) {
    this.#intervalMillis = 1000 / rate;
    this.#burstMillis = burst * this.#intervalMillis;
    this.#hash = new KeyedHash(random, KEY_LENGTH / 2);
  }

  /** Counts one announce of the address in the first `length` bytes (4 or 16); false when it is one too many. */
  allows(address: Uint8Array, length: number, now: Millis): boolean {
    const { bytes, halves } = this.#key;
    for (let byte = 0; byte < KEY_LENGTH; byte++) bytes[byte] = byte < length ? (address[byte] as number) : 0;
    const hash = this.#hash.of(halves, 0);
    const place = this.#placeOf(hash, now);
    const fullAt = Math.max(this.#tags[place] === hash ? (this.#fullAt[place] as number) : 0, now);
    this.#tags[place] = hash;
    const next = fullAt + this.#intervalMillis;
    const isAllowed = next - now <= this.#burstMillis;
    // Who is refused does not fall deeper into debt: he is heard again as soon as anybody would be.
    this.#fullAt[place] = isAllowed ? next : fullAt;
    return isAllowed;
  }

  #placeOf(hash: number, now: Millis): number {
    const first = hash & (PLACES - 1);
    const second = (hash >>> 15) & (PLACES - 1);
    if (this.#tags[first] === hash) return first;
    if (this.#tags[second] === hash) return second;
    if ((this.#fullAt[first] as number) <= now) return first;
    return (this.#fullAt[second] as number) < (this.#fullAt[first] as number) ? second : first;
  }
}

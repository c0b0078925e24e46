/**
 * Tokens: whoever shows one has received it at its address within the last ten minutes, and so has not made its address up (BEP 5).
 *
 *     HMAC-SHA1(secret, address), the first 8 bytes; the secret changes every five minutes, and the last one counts, too
 * @module
 */
import { parseAddress } from "../address/index.ts";
import { assert, concatBytes, fillRandom, type Millis, type Random } from "../base/index.ts";
import { sha1 } from "../crypto/index.ts";

const SECRET_LIFE_MILLIS: Millis = 5 * 60_000;
const SECRET_LENGTH = 20;
/** Bytes: forging one takes 2^63 tries, and each is a datagram. */
const TOKEN_LENGTH = 8;
/** Bytes of a block of SHA-1 (RFC 2104). */
const HMAC_BLOCK_LENGTH = 64;

export class Tokens {
  readonly #random: Random;
  #secret: Uint8Array;
  #secretBefore: Uint8Array;
  #changedAt: Millis | undefined;

  /** `random` must be secret. */
  constructor(random: Random) {
    this.#random = random;
    this.#secret = this.#makeSecret();
    this.#secretBefore = this.#makeSecret();
  }

  issue(address: string, now: Millis): Uint8Array<ArrayBuffer> {
    this.#turn(now);
    return tokenOf(this.#secret, address);
  }

  isValid(token: Uint8Array, address: string, now: Millis): boolean {
    this.#turn(now);
    const isNew = isSame(token, tokenOf(this.#secret, address));
    const isOld = isSame(token, tokenOf(this.#secretBefore, address));
    return isNew || isOld;
  }

  /** Secrets change when they are asked for, as often as they should have meanwhile. */
  #turn(now: Millis): void {
    this.#changedAt ??= now;
    const lives = Math.min(2, Math.floor((now - this.#changedAt) / SECRET_LIFE_MILLIS));
    if (lives <= 0) return;
    this.#secretBefore = lives === 1 ? this.#secret : this.#makeSecret();
    this.#secret = this.#makeSecret();
    this.#changedAt = now;
  }

  #makeSecret(): Uint8Array {
    return fillRandom(this.#random, new Uint8Array(SECRET_LENGTH));
  }
}

function tokenOf(secret: Uint8Array, address: string): Uint8Array<ArrayBuffer> {
  const bytes = parseAddress(address);
  assert(bytes !== undefined, "a token is for an address");
  return hmacSha1(secret, bytes).slice(0, TOKEN_LENGTH);
}

function hmacSha1(key: Uint8Array, message: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = (value: number): Uint8Array => Uint8Array.from({ length: HMAC_BLOCK_LENGTH }, (_, at) => (key[at] ?? 0) ^ value);
  return Uint8Array.from(sha1(concatBytes([padded(0x5c), sha1(concatBytes([padded(0x36), message]))])));
}

/** In constant time: how long it takes tells nothing of the right one. */
function isSame(token: Uint8Array, other: Uint8Array): boolean {
  if (token.length !== other.length) return false;
  let difference = 0;
  for (let at = 0; at < other.length; at++) difference |= (token[at] as number) ^ (other[at] as number);
  return difference === 0;
}

/**
 * SHA-1 (FIPS 180-4), as info hashes (BEP 3), MSE and the DHT need it: small and now and then. Pieces are hashed by the host.
 * @module
 */
import { HashBlocks } from "./blocks.ts";

/** Bytes. */
export const SHA1_LENGTH: number = 20;

const ROUNDS = 80;
/** Message schedule, overwritten by every block: nothing runs between two blocks, so all hashes share it. */
const schedule: Int32Array = new Int32Array(ROUNDS);

/** The hash of one message. */
export function sha1(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Sha1().update(bytes).digest();
}

/** The hash of a message that comes in parts. */
export class Sha1 extends HashBlocks {
  #a = 0x67452301;
  #b = 0xefcdab89 | 0;
  #c = 0x98badcfe | 0;
  #d = 0x10325476;
  #e = 0xc3d2e1f0 | 0;

  protected override words(): Int32Array {
    return Int32Array.of(this.#a, this.#b, this.#c, this.#d, this.#e);
  }

  // Hot: the four kinds of rounds stand apart so that each loop is free of branches.
  protected override compress(bytes: Uint8Array, at: number): void {
    expand(bytes, at);
    let a = this.#a;
    let b = this.#b;
    let c = this.#c;
    let d = this.#d;
    let e = this.#e;
    let round = 0;
    for (; round < 20; round++) {
      const next = (((a << 5) | (a >>> 27)) + ((b & c) | (~b & d)) + e + 0x5a827999 + (schedule[round] as number)) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    for (; round < 40; round++) {
      const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0x6ed9eba1 + (schedule[round] as number)) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    for (; round < 60; round++) {
      const next = (((a << 5) | (a >>> 27)) + ((b & c) | (b & d) | (c & d)) + e + 0x8f1bbcdc + (schedule[round] as number)) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    for (; round < ROUNDS; round++) {
      const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0xca62c1d6 + (schedule[round] as number)) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    this.#a = (this.#a + a) | 0;
    this.#b = (this.#b + b) | 0;
    this.#c = (this.#c + c) | 0;
    this.#d = (this.#d + d) | 0;
    this.#e = (this.#e + e) | 0;
  }
}

function expand(bytes: Uint8Array, at: number): void {
  for (let word = 0; word < 16; word++) {
    const from = at + 4 * word;
    schedule[word] =
      ((bytes[from] as number) << 24) |
      ((bytes[from + 1] as number) << 16) |
      ((bytes[from + 2] as number) << 8) |
      (bytes[from + 3] as number);
  }
  for (let word = 16; word < ROUNDS; word++) {
    const mixed =
      (schedule[word - 3] as number) ^ (schedule[word - 8] as number) ^ (schedule[word - 14] as number) ^ (schedule[word - 16] as number);
    schedule[word] = (mixed << 1) | (mixed >>> 31);
  }
}

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012) in halves of 32 bits: a short keyed hash that nobody forges without the key.
 *
 * 64-bit words are pairs of locals; BigInt would cost twenty times as much. Hot: one hash a datagram.
 * @module
 */
import { assert } from "@bittern/protocol/base";

/** The hash of bytes under a key of four 32-bit words, little-endian first. */
export class SipHash {
  readonly #key: Uint32Array;
  /** The last hash, low and high word. */
  low = 0;
  high = 0;

  // The four words of state.
  #al = 0;
  #ah = 0;
  #bl = 0;
  #bh = 0;
  #cl = 0;
  #ch = 0;
  #dl = 0;
  #dh = 0;

  constructor(key: Uint32Array) {
    assert(key.length === 4, "a key has 128 bits");
    this.#key = key.slice();
  }

  /** Hashes the first `byteLength` bytes into `low` and `high`. */
  hash(bytes: Uint8Array, byteLength: number): void {
    this.#start();
    const whole = byteLength - (byteLength & 7);
    for (let at = 0; at < whole; at += 8) this.#absorb(word(bytes, at, 4), word(bytes, at + 4, 4));
    const left = byteLength - whole;
    const low = word(bytes, whole, Math.min(4, left));
    this.#absorb(low, word(bytes, whole + 4, Math.max(0, left - 4)) | ((byteLength & 255) << 24));
    this.#cl ^= 255;
    for (let round = 0; round < 4; round++) this.#round();
    this.low = (this.#al ^ this.#bl ^ this.#cl ^ this.#dl) >>> 0;
    this.high = (this.#ah ^ this.#bh ^ this.#ch ^ this.#dh) >>> 0;
  }

  #start(): void {
    const [k0l = 0, k0h = 0, k1l = 0, k1h = 0] = this.#key;
    this.#al = k0l ^ 0x70736575;
    this.#ah = k0h ^ 0x736f6d65;
    this.#bl = k1l ^ 0x6e646f6d;
    this.#bh = k1h ^ 0x646f7261;
    this.#cl = k0l ^ 0x6e657261;
    this.#ch = k0h ^ 0x6c796765;
    this.#dl = k1l ^ 0x79746573;
    this.#dh = k1h ^ 0x74656462;
  }

  #absorb(low: number, high: number): void {
    this.#dl ^= low;
    this.#dh ^= high;
    this.#round();
    this.#round();
    this.#al ^= low;
    this.#ah ^= high;
  }

  #round(): void {
    let al = this.#al >>> 0;
    let ah = this.#ah;
    let bl = this.#bl >>> 0;
    let bh = this.#bh;
    let cl = this.#cl >>> 0;
    let ch = this.#ch;
    let dl = this.#dl >>> 0;
    let dh = this.#dh;
    let sum = 0;
    let held = 0;
    // a += b; b <<<= 13; b ^= a; a <<<= 32
    sum = al + bl;
    ah = (ah + bh + (sum > 0xffffffff ? 1 : 0)) | 0;
    al = sum >>> 0;
    held = bl;
    bl = ((bl << 13) | (bh >>> 19)) ^ al;
    bh = ((bh << 13) | (held >>> 19)) ^ ah;
    held = al;
    al = ah >>> 0;
    ah = held;
    // c += d; d <<<= 16; d ^= c
    sum = cl + dl;
    ch = (ch + dh + (sum > 0xffffffff ? 1 : 0)) | 0;
    cl = sum >>> 0;
    held = dl;
    dl = (((dl << 16) | (dh >>> 16)) ^ cl) >>> 0;
    dh = ((dh << 16) | (held >>> 16)) ^ ch;
    // a += d; d <<<= 21; d ^= a
    sum = al + dl;
    ah = (ah + dh + (sum > 0xffffffff ? 1 : 0)) | 0;
    al = sum >>> 0;
    held = dl;
    dl = ((dl << 21) | (dh >>> 11)) ^ al;
    dh = ((dh << 21) | (held >>> 11)) ^ ah;
    // c += b; b <<<= 17; b ^= c; c <<<= 32
    bl >>>= 0;
    sum = cl + bl;
    ch = (ch + bh + (sum > 0xffffffff ? 1 : 0)) | 0;
    cl = sum >>> 0;
    held = bl;
    bl = ((bl << 17) | (bh >>> 15)) ^ cl;
    bh = ((bh << 17) | (held >>> 15)) ^ ch;
    held = cl;
    cl = ch;
    ch = held;
    this.#al = al;
    this.#ah = ah;
    this.#bl = bl;
    this.#bh = bh;
    this.#cl = cl;
    this.#ch = ch;
    this.#dl = dl;
    this.#dh = dh;
  }
}

/** Up to four bytes, the first one lowest. */
function word(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let byte = 0; byte < count; byte++) value |= (bytes[at + byte] as number) << (8 * byte);
  return value;
}

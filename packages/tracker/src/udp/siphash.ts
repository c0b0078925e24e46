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

  constructor(key: Uint32Array) {
    assert(key.length === 4, "a key has 128 bits");
    this.#key = key.slice();
  }

  /** Hashes the first `byteLength` bytes into `low` and `high`. */
  hash(bytes: Uint8Array, byteLength: number): void {
    const k0l = this.#key[0] as number;
    const k0h = this.#key[1] as number;
    const k1l = this.#key[2] as number;
    const k1h = this.#key[3] as number;
    // The four words of state.
    let al = k0l ^ 0x70736575;
    let ah = k0h ^ 0x736f6d65;
    let bl = k1l ^ 0x6e646f6d;
    let bh = k1h ^ 0x646f7261;
    let cl = k0l ^ 0x6e657261;
    let ch = k0h ^ 0x6c796765;
    let dl = k1l ^ 0x79746573;
    let dh = k1h ^ 0x74656462;
    const blocks = (byteLength >>> 3) + 1;
    const rounds = 2 * blocks + 4;
    let low = 0;
    let high = 0;
    // One loop for the rounds of all blocks and of the end keeps the state in registers.
    for (let round = 0; round < rounds; round++) {
      if ((round & 1) === 0 && round < 2 * blocks) {
        const at = 4 * round;
        const left = byteLength - at;
        low = word(bytes, at, Math.min(4, left));
        high = word(bytes, at + 4, Math.min(4, Math.max(0, left - 4)));
        if (left < 8) high |= (byteLength & 255) << 24;
        dl ^= low;
        dh ^= high;
      }
      if (round === 2 * blocks) cl ^= 255;
      // a += b; b <<<= 13; b ^= a; a <<<= 32
      let sum = (al >>> 0) + (bl >>> 0);
      ah = (ah + bh + (sum > 0xffffffff ? 1 : 0)) | 0;
      al = sum | 0;
      let held = bl;
      bl = ((bl << 13) | (bh >>> 19)) ^ al;
      bh = ((bh << 13) | (held >>> 19)) ^ ah;
      held = al;
      al = ah;
      ah = held;
      // c += d; d <<<= 16; d ^= c
      sum = (cl >>> 0) + (dl >>> 0);
      ch = (ch + dh + (sum > 0xffffffff ? 1 : 0)) | 0;
      cl = sum | 0;
      held = dl;
      dl = ((dl << 16) | (dh >>> 16)) ^ cl;
      dh = ((dh << 16) | (held >>> 16)) ^ ch;
      // a += d; d <<<= 21; d ^= a
      sum = (al >>> 0) + (dl >>> 0);
      ah = (ah + dh + (sum > 0xffffffff ? 1 : 0)) | 0;
      al = sum | 0;
      held = dl;
      dl = ((dl << 21) | (dh >>> 11)) ^ al;
      dh = ((dh << 21) | (held >>> 11)) ^ ah;
      // c += b; b <<<= 17; b ^= c; c <<<= 32
      sum = (cl >>> 0) + (bl >>> 0);
      ch = (ch + bh + (sum > 0xffffffff ? 1 : 0)) | 0;
      cl = sum | 0;
      held = bl;
      bl = ((bl << 17) | (bh >>> 15)) ^ cl;
      bh = ((bh << 17) | (held >>> 15)) ^ ch;
      held = cl;
      cl = ch;
      ch = held;
      if ((round & 1) === 1 && round < 2 * blocks) {
        al ^= low;
        ah ^= high;
      }
    }
    this.low = (al ^ bl ^ cl ^ dl) >>> 0;
    this.high = (ah ^ bh ^ ch ^ dh) >>> 0;
  }
}

/** Up to four bytes, the first one lowest. */
function word(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let byte = 0; byte < count; byte++) value |= (bytes[at + byte] as number) << (8 * byte);
  return value;
}

/**
 * Hash of short keys under a secret, for open addressing: nobody outside can choose keys that meet in one place.
 *
 * Two multilinear sums over the 16-bit halves of a key, each with secret 32-bit factors; the upper halves of both sums
 * make the 32 bits. Taken modulo 2^32 the upper half of such a sum is strongly universal, which a seeded Murmur is not:
 * its collisions can be made without the seed.
 * @module
 */
import { assert, type Random } from "@bittern/protocol/base";

/** The same bytes read by one, by two and by four; keys are hashed in halves, compared in the largest parts that fit. */
export interface Paired {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly halves: Uint16Array<ArrayBuffer>;
  /** As many as are whole. */
  readonly words: Uint32Array<ArrayBuffer>;
}

/** Zeroed bytes of an even length with all views. */
export function paired(byteLength: number): Paired {
  assert(byteLength % 2 === 0, "halves cover all bytes");
  const bytes = new Uint8Array(byteLength);
  return { bytes, halves: new Uint16Array(bytes.buffer), words: new Uint32Array(bytes.buffer, 0, byteLength >> 2) };
}

/** Where the first half of a word stands in it, on this machine. */
const FIRST_SHIFT = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 0 : 16;

/** Hashes keys of one fixed length. */
export class KeyedHash {
  readonly #halfCount: number;
  readonly #factors: Uint32Array;

  constructor(random: Random, halfCount: number) {
    this.#halfCount = halfCount;
    this.#factors = Uint32Array.from({ length: 2 * (halfCount + 1) }, () => random.u32());
  }

  /** 32 bits, unsigned, of the key that begins at `at` (in halves). Hot. */
  of(halves: Uint16Array, at: number): number {
    const factors = this.#factors;
    let upper = factors[0] as number;
    let lower = factors[1] as number;
    // Two at a time, for the loop costs as much as what is in it; an odd one comes first.
    let half = this.#halfCount & 1;
    if (half === 1) {
      upper = (upper + Math.imul(halves[at] as number, factors[2] as number)) | 0;
      lower = (lower + Math.imul(halves[at] as number, factors[3] as number)) | 0;
    }
    for (; half < this.#halfCount; half += 2) {
      const value = halves[at + half] as number;
      const next = halves[at + half + 1] as number;
      const factor = 2 * half + 2;
      upper = (upper + Math.imul(value, factors[factor] as number) + Math.imul(next, factors[factor + 2] as number)) | 0;
      lower = (lower + Math.imul(value, factors[factor + 1] as number) + Math.imul(next, factors[factor + 3] as number)) | 0;
    }
    return ((upper & 0xffff0000) | (lower >>> 16)) >>> 0;
  }

  /**
   * The same of the key that begins at word `at`; keys of an even number of halves. Two halves are one read, which is worth a quarter of
   * the time. Hot.
   */
  ofWords(words: Uint32Array, at: number): number {
    const factors = this.#factors;
    const end = 2 * (this.#halfCount + 1);
    let upper = factors[0] as number;
    let lower = factors[1] as number;
    for (let factor = 2, word = at; factor < end; factor += 4, word++) {
      const value = words[word] as number;
      const first = (value >>> FIRST_SHIFT) & 0xffff;
      const second = (value >>> (16 - FIRST_SHIFT)) & 0xffff;
      upper = (upper + Math.imul(first, factors[factor] as number) + Math.imul(second, factors[factor + 2] as number)) | 0;
      lower = (lower + Math.imul(first, factors[factor + 1] as number) + Math.imul(second, factors[factor + 3] as number)) | 0;
    }
    return ((upper & 0xffff0000) | (lower >>> 16)) >>> 0;
  }
}

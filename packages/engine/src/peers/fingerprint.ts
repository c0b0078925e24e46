/**
 * A number that tells two blocks apart: 53 bits, seeded, about a nanosecond a byte.
 *
 * Not a cryptographic hash, and it need not be: it never decides whether data is good, only which of two contents a peer
 * sent, and the seed is ours alone. Two lanes of 32 bits are stirred by multiplication (as in MurmurHash), four bytes a
 * step, and joined to the 53 bits a number holds exactly.
 * @module
 */

const LEFT_FACTOR = 0x85ebca6b;
const RIGHT_FACTOR = 0xc2b2ae35;
const LEFT_FINISH = 0x9e3779b1;
const RIGHT_FINISH = 0x5f356495;

/** A whole number below 2^53. The same bytes and seed always give the same number. */
export function fingerprint(bytes: Uint8Array, seed: number): number {
  let left = seed ^ 0xdeadbeef ^ bytes.length;
  let right = seed ^ 0x41c6ce57;
  const words = bytes.length & ~3;
  for (let at = 0; at < words; at += 4) {
    const word =
      (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
    left = stir(left, word, LEFT_FACTOR);
    right = stir(right, word, RIGHT_FACTOR);
  }
  for (let at = words; at < bytes.length; at++) {
    left = stir(left, (bytes[at] as number) + 1, LEFT_FACTOR);
    right = stir(right, (bytes[at] as number) + 1, RIGHT_FACTOR);
  }
  left = finish(left ^ (right >>> 7));
  right = finish(right ^ (left >>> 11));
  return (left >>> 0) * 0x20_0000 + (right >>> 11);
}

function stir(lane: number, word: number, factor: number): number {
  const stirred = Math.imul(lane ^ word, factor);
  return (stirred << 13) | (stirred >>> 19);
}

function finish(lane: number): number {
  const half = Math.imul(lane ^ (lane >>> 16), LEFT_FINISH);
  const whole = Math.imul(half ^ (half >>> 13), RIGHT_FINISH);
  return whole ^ (whole >>> 16);
}

/**
 * Repeatable dice for tests: the same seed rolls the same numbers on every machine.
 *
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, a period of at least 2^32, a few adds a number.
 * @module
 */
import type { Random } from "../base/index.ts";

/** Rolls thrown away at the start, until a small seed has reached every bit of the state. */
const WARM_UP_ROLLS = 12;

/** Dice that repeat themselves; `seed` is taken modulo 2^32. */
export function seededRandom(seed: number): Random {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = seed >>> 0;
  let counter = 1;
  const u32 = (): number => {
    const sum = (((a + b) >>> 0) + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = (b ^ (b >>> 9)) >>> 0;
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + sum) >>> 0;
    return sum;
  };
  for (let roll = 0; roll < WARM_UP_ROLLS; roll++) u32();
  return { u32 };
}

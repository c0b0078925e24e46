/**
 * Dice that fall the same way every time.
 *
 * The generator is sfc32 ("small fast counting", 128 bits of state). A fork depends on the seed and its label only,
 * never on how often its parent was rolled: taking one actor out of a scenario leaves the luck of all others as it was.
 * @module
 */
import type { Random } from "@bittern/protocol/base";

/** A repeatable source of numbers with a few shapes that scenarios ask for. */
export class SeededRandom implements Random {
  readonly #seed: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number | string) {
    this.#seed = String(seed);
    this.#a = hashText(this.#seed, 0x9e3779b9);
    this.#b = hashText(this.#seed, 0x243f6a88);
    this.#c = hashText(this.#seed, 0xb7e15162);
    // The first dozen numbers of near seeds resemble each other.
    for (let round = 0; round < 12; round++) this.u32();
  }

  /** A generator of its own for an actor or a source of faults. */
  fork(label: string): SeededRandom {
    return new SeededRandom(`${this.#seed}/${label}`);
  }

  u32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return this.u32() / 0x1_0000_0000;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + this.unit() * (high - low);
  }

  /** A whole number, uniform in [low, high]. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1));
  }

  /** True with probability `share`. */
  chance(share: number): boolean {
    return share > 0 && this.unit() < share;
  }

  /** Exponentially distributed around `mean`. */
  exponential(mean: number): number {
    return -Math.log(1 - this.unit()) * mean;
  }

  /** One of them. */
  pick<Item>(items: readonly Item[]): Item {
    return items[this.u32() % items.length] as Item;
  }
}

/** Mixes the UTF-16 units of a text into 32 bits. */
export function hashText(text: string, basis: number): number {
  let hash = basis | 0;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x85ebca6b);
    hash = (hash << 15) | (hash >>> 17);
  }
  return finish(hash ^ text.length);
}

/** Spreads every bit of a number over all 32. */
export function finish(number: number): number {
  let hash = Math.imul(number ^ (number >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) | 0;
}

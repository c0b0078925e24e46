/**
 * Random choice out of a range: which peers an answer names.
 *
 * The range is laid on a ring that begins at a random place and is cut into as many equal arcs as peers are wanted; one
 * peer is drawn from each arc. Every peer has the same chance, none comes twice, and the cost is that of the answer, not
 * of the swarm.
 * @module
 */
import type { Random } from "@bittern/protocol/base";

/** A quick generator for choices that need no secrecy (xorshift, Marsaglia 2003), seeded once by the host's dice. */
export class Dice {
  #state: number;

  constructor(random: Random) {
    this.#state = random.u32() | 1;
  }

  /** Uniform in [0, count); `count` up to 2^32. */
  below(count: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return Math.floor(((state >>> 0) / 2 ** 32) * count);
  }
}

/**
 * Writes up to `wanted` different positions of [first, end), never `excluded`, to `chosen`; returns how many.
 * Hot: allocates nothing.
 */
export function sample(dice: Dice, first: number, end: number, excluded: number, wanted: number, chosen: Uint32Array): number {
  const skips = excluded >= first && excluded < end;
  const available = end - first - (skips ? 1 : 0);
  const count = Math.min(wanted, available, chosen.length);
  if (count <= 0) return 0;
  const start = dice.below(available);
  const isWhole = count === available;
  for (let arc = 0; arc < count; arc++) {
    const from = isWhole ? arc : Math.floor((arc * available) / count);
    const to = isWhole ? arc + 1 : Math.floor(((arc + 1) * available) / count);
    const drawn = isWhole ? from : from + dice.below(to - from);
    const turned = start + drawn;
    const position = first + (turned < available ? turned : turned - available);
    chosen[arc] = skips && position >= excluded ? position + 1 : position;
  }
  return count;
}

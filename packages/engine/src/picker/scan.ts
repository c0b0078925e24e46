/**
 * Looks for a piece from the peer's side: every piece that the peer has and that may be picked, eight at a time.
 *
 * This is the way of last resort, and the first one for a peer that has little. It costs an `and` per eight pieces: a
 * microsecond for ten thousand pieces, a quarter of a millisecond for two million, whatever the swarm looks like.
 * @module
 */
import type { PieceIndex, Random } from "@bittern/protocol/base";
import { type Bitfield, below } from "@bittern/protocol/base";

/** The best of that many is good enough: a peer with more to choose from is asked from the side of the buckets first. */
export const CANDIDATES_MAX = 256;

/** Orders candidates: lower is picked first, equals are left to the dice, `undefined` is no candidate. */
export type Rank = (piece: PieceIndex) => number | undefined;

/** The best piece of `pickable` and `field`, exact among up to 256 candidates, which begin at a random place. */
export function scanForBest({
  pickable,
  field,
  random,
  rank,
}: {
  pickable: Bitfield;
  field: Bitfield;
  random: Random;
  rank: Rank;
}): PieceIndex | undefined {
  const ours = pickable.bytes;
  const theirs = field.bytes;
  if (ours.length === 0) return undefined;
  const search = new Search(random, rank);
  const start = below(random, ours.length);
  for (let step = 0, at = start; step < ours.length; step++, at = at + 1 === ours.length ? 0 : at + 1) {
    const both = (ours[at] as number) & (theirs[at] as number);
    if (both === 0) continue;
    for (let bit = 0; bit < 8; bit++) if ((both & (128 >> bit)) !== 0) search.meet(at * 8 + bit);
    if (search.met >= CANDIDATES_MAX) break;
  }
  return search.best;
}

class Search {
  best: PieceIndex | undefined;
  /** Candidates seen; those without a rank do not count, or a picky caller would find nothing where there is something. */
  met = 0;
  readonly #random: Random;
  readonly #rank: Rank;
  #bestRank = 0;
  #equals = 0;

  constructor(random: Random, rank: Rank) {
    this.#random = random;
    this.#rank = rank;
  }

  meet(piece: PieceIndex): void {
    const rank = this.#rank(piece);
    if (rank === undefined) return;
    this.met++;
    if (this.best === undefined || rank < this.#bestRank) {
      this.best = piece;
      this.#bestRank = rank;
      this.#equals = 1;
    } else if (rank === this.#bestRank) {
      // The n-th equal takes the place with a chance of 1 in n: then all are equally likely, and no list is kept.
      this.#equals++;
      if (below(this.#random, this.#equals) === 0) this.best = piece;
    }
  }
}

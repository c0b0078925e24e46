/**
 * Looks for a piece from the peer's side: every piece that the peer has and that may be picked.
 *
 * This is the way of last resort, and the first one for a peer that has little. It costs an `and` per 32 pieces: a
 * microsecond for ten thousand pieces, a tenth of a millisecond for two million, whatever the swarm looks like.
 * @module
 */
import type { PieceIndex, Random } from "@bittern/protocol/base";
import { type Bitfield, below } from "@bittern/protocol/base";
import { walkBoth } from "./both.ts";

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
  if (pickable.length === 0) return undefined;
  const search = new Search(random, rank);
  walkBoth(pickable, field, { start: below(random, pickable.length), wraps: true }, (piece) => {
    search.meet(piece);
    return search.met >= CANDIDATES_MAX;
  });
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

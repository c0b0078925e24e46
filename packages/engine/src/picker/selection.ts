/**
 * Chooses among the pickable pieces of a `Rarity`: the rarest, or any.
 *
 * From the side of the buckets a seed is served at the first draw. A peer that lacks many of the rarest pieces costs a few
 * draws more: a piece held by k of n peers is found after n / k draws on average. So draws are bounded, per bucket and in
 * all, and only a peer that fails them all is scanned from its own side (`scan.ts`), as is one that has little to begin
 * with. Either way nothing pickable is ever overlooked; what the bound costs is that now and then a peer is asked for a
 * piece that is merely among the rarest.
 * @module
 */
import type { PieceIndex, Random } from "@bittern/protocol/base";
import { type Bitfield, below } from "@bittern/protocol/base";
import { PRIORITY_MAX } from "./priority.ts";
import type { Rarity } from "./rarity.ts";
import { scanForBest } from "./scan.ts";

/** Draws from one bucket, and in all, before the peer is looked at from its own side. */
const BUCKET_DRAWS_MAX = 64;
const DRAWS_MAX = 256;
/** A peer that has less than one piece in that many is looked at from its own side at once. */
const SPARSE = 64;
/** Apart in rank, whatever the number of peers. */
const PRIORITY_STEP = 0x1_0000;

export interface Choice {
  readonly rarity: Rarity;
  readonly random: Random;
  /** What the peer has. */
  readonly field: Bitfield;
  readonly accept: (piece: PieceIndex) => boolean;
  /** Partial peers that have the piece. */
  readonly partial: (piece: PieceIndex) => number;
}

/** The rarest of the highest priority; random among equals. */
export function pickRarest(choice: Choice): PieceIndex | undefined {
  const { rarity, field } = choice;
  const isSparse = field.count * SPARSE < rarity.pieceCount;
  if (isSparse) return scan(choice, true);
  // A partial peer is counted with each of its pieces: it cannot have what no partial peer has.
  const least = field.isFull ? 0 : 1;
  const draws = new Draws(choice);
  for (let priority = PRIORITY_MAX; priority > 0; priority--) {
    if (rarity.size(priority) === 0) continue;
    const bucketCount = rarity.bucketCount(priority);
    let partial = rarity.nextHeld(priority, least, bucketCount);
    while (partial < bucketCount) {
      const piece = draws.from(priority, partial);
      if (piece !== undefined) return piece;
      if (draws.left === 0) return scan(choice, true);
      partial = rarity.nextHeld(priority, partial + 1, bucketCount);
    }
  }
  // A seed is known to the last piece now. What a partial peer was not counted with is still looked for.
  return draws.isComplete && field.isFull ? undefined : scan(choice, true);
}

/** Any of the highest priority, all equally likely. */
export function pickAny(choice: Choice): PieceIndex | undefined {
  const { rarity, random, field } = choice;
  for (let priority = PRIORITY_MAX; priority > 0; priority--) {
    const size = rarity.size(priority);
    if (size === 0) continue;
    for (let draw = 0; draw < BUCKET_DRAWS_MAX; draw++) {
      const piece = pieceAt(rarity, priority, below(random, size));
      if (field.has(piece) && choice.accept(piece)) return piece;
    }
    return scan(choice, false);
  }
  return undefined;
}

/** Draws without putting back from one bucket after the other, within the bounds. */
class Draws {
  left = DRAWS_MAX;
  /** Every bucket so far was drawn to the last piece: what was not found is not there. */
  isComplete = true;
  readonly #choice: Choice;

  constructor(choice: Choice) {
    this.#choice = choice;
  }

  from(priority: number, partial: number): PieceIndex | undefined {
    const { rarity, field, accept } = this.#choice;
    const size = rarity.bucketSize(priority, partial);
    const draws = Math.min(size, BUCKET_DRAWS_MAX, this.left);
    for (let drawn = 0; drawn < draws; drawn++) {
      const piece = rarity.draw(priority, partial, drawn);
      if (field.has(piece) && accept(piece)) return piece;
    }
    this.left -= draws;
    if (draws < size) this.isComplete = false;
    return undefined;
  }
}

function scan(choice: Choice, byRarity: boolean): PieceIndex | undefined {
  const { rarity, random, field, accept, partial } = choice;
  const rank = (piece: PieceIndex): number | undefined =>
    accept(piece) ? (PRIORITY_MAX - rarity.priority(piece)) * PRIORITY_STEP + (byRarity ? partial(piece) : 0) : undefined;
  return scanForBest({ pickable: rarity.pickable, field, random, rank });
}

/** The piece at a place among all of its priority, bucket after bucket. */
function pieceAt(rarity: Rarity, priority: number, place: number): PieceIndex {
  let partial = 0;
  let left = place;
  for (; left >= rarity.bucketSize(priority, partial); partial++) left -= rarity.bucketSize(priority, partial);
  return rarity.at(priority, partial, left);
}

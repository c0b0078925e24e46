/**
 * WebTorrent peers at the trackers that share our swarms: how many each of those has told us of. They are counted here and known there.
 *
 * A tracker tells what has changed within a second, and everything once a minute, so what got lost is made good. What is not
 * told again for three minutes is void: its tracker has gone without a word.
 * @module
 */
import { assert, type Millis } from "@bittern/protocol/base";
import type { SharedCounts } from "../shared/shared-counts.ts";
import type { GuestCounts, Guests } from "../swarms/guests.ts";

/** Milliseconds that what was told holds. */
const LIFE_MILLIS = 180_000;
/** Swarms of other trackers, each counted once for each of them: some 60 MB. The one longest not told of goes. */
export const TOLD_MAX = 200_000;

interface Told {
  readonly tracker: string;
  readonly infoHash: string;
  readonly counts: GuestCounts;
  readonly at: Millis;
}

const NONE: GuestCounts = { seeds: 0, partialSeeds: 0, downloaders: 0 };

export class PeersElsewhere implements Guests {
  /** By tracker and info hash, the one longest not told of first. */
  readonly #told: Map<string, Told> = new Map();
  readonly #sums: Map<string, GuestCounts> = new Map();
  /** When each tracker was heard last. */
  readonly #trackers: Map<string, Millis> = new Map();
  peerCount = 0;
  seedCount = 0;
  partialSeedCount = 0;

  /** Takes over what a tracker tells; true when we did not know of it, so that it may not know of us. */
  hear({ tracker, isFarewell, swarms }: SharedCounts, now: Millis): boolean {
    if (isFarewell) {
      this.#trackers.delete(tracker);
      for (const told of this.#told.values()) if (told.tracker === tracker) this.#drop(told);
      return false;
    }
    const isNew = !this.#trackers.has(tracker);
    this.#trackers.set(tracker, now);
    for (const { infoHash, counts } of swarms) this.#take({ tracker, infoHash, counts, at: now });
    return isNew;
  }

  /** Lets go of what was told too long ago. */
  tick(now: Millis): void {
    for (const told of this.#told.values()) {
      if (now - told.at < LIFE_MILLIS) break;
      this.#drop(told);
    }
    for (const [tracker, at] of this.#trackers) if (now - at >= LIFE_MILLIS) this.#trackers.delete(tracker);
  }

  countsOf(infoHash: string): GuestCounts | undefined {
    return this.#sums.get(infoHash);
  }

  /** The hashes of all swarms that somebody has peers in. */
  get infoHashes(): Iterable<string> {
    return this.#sums.keys();
  }

  get swarmCount(): number {
    return this.#sums.size;
  }

  #take(told: Told): void {
    const before = this.#told.get(told.tracker + told.infoHash);
    if (before !== undefined) this.#drop(before);
    if (totalOf(told.counts) === 0) return;
    this.#told.set(told.tracker + told.infoHash, told);
    this.#change(told.infoHash, told.counts, 1);
    const [oldest] = this.#told.values();
    if (this.#told.size > TOLD_MAX && oldest !== undefined) this.#drop(oldest);
  }

  #drop({ tracker, infoHash, counts }: Told): void {
    this.#told.delete(tracker + infoHash);
    this.#change(infoHash, counts, -1);
  }

  #change(infoHash: string, counts: GuestCounts, sign: 1 | -1): void {
    const before = this.#sums.get(infoHash) ?? NONE;
    const after = {
      seeds: before.seeds + sign * counts.seeds,
      partialSeeds: before.partialSeeds + sign * counts.partialSeeds,
      downloaders: before.downloaders + sign * counts.downloaders,
    };
    if (totalOf(after) === 0) this.#sums.delete(infoHash);
    else this.#sums.set(infoHash, after);
    this.peerCount += sign * totalOf(counts);
    this.seedCount += sign * counts.seeds;
    this.partialSeedCount += sign * counts.partialSeeds;
  }

  /** Our own law; for tests. */
  check(): void {
    const sums = { peers: 0, seeds: 0, partialSeeds: 0 };
    for (const counts of this.#sums.values()) {
      sums.peers += totalOf(counts);
      sums.seeds += counts.seeds;
      sums.partialSeeds += counts.partialSeeds;
    }
    assert(sums.peers === this.peerCount && sums.seeds === this.seedCount, "peers elsewhere are counted right");
    assert(sums.partialSeeds === this.partialSeedCount, "partial seeds elsewhere are counted right");
    assert(this.#told.size > 0 || this.#sums.size === 0, "nothing is counted that nobody told");
  }
}

function totalOf({ seeds, partialSeeds, downloaders }: GuestCounts): number {
  return seeds + partialSeeds + downloaders;
}

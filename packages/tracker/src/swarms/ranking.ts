/**
 * The largest swarms, found a few at a time: with a million torrents one look at all of them would be a pause.
 * @module
 */
import type { Swarms } from "./swarms.ts";
import { summaryOf, type TorrentSummary } from "./views.ts";

/** What is counted. */
export type RankedBy = "peers" | "seeds" | "downloaders" | "completed";

export interface RankingOptions {
  readonly by: RankedBy;
  /** How many are wanted at most. */
  readonly count: number;
  /** Hex digits that the hash begins with; any hash when absent. */
  readonly prefix?: string;
}

interface Candidate {
  readonly torrent: number;
  readonly value: number;
}

export class Ranking {
  readonly #swarms: Swarms;
  readonly #options: RankingOptions;
  #candidates: Candidate[] = [];
  /** Below this nobody comes in any more. */
  #least = -1;
  #at = 0;
  #isDone = false;

  constructor(swarms: Swarms, options: RankingOptions) {
    this.#swarms = swarms;
    this.#options = options;
  }

  /** Looks at `budget` torrents more; true when all have been looked at. */
  step(budget: number): boolean {
    const { torrents } = this.#swarms;
    const end = Math.min(torrents.end, this.#at + budget);
    for (; this.#at < end; this.#at++) {
      if (!torrents.isUsed(this.#at)) continue;
      const value = this.#valueOf(this.#at);
      if (value <= this.#least || !this.#hasPrefix(this.#at)) continue;
      this.#candidates.push({ torrent: this.#at, value });
      if (this.#candidates.length >= 2 * this.#options.count) this.#cut();
    }
    this.#isDone = this.#at >= torrents.end;
    return this.#isDone;
  }

  /** The largest of those that were looked at, largest first. Moves the finger. */
  summaries(): readonly TorrentSummary[] {
    this.#cut();
    // A torrent may have gone since.
    return this.#candidates
      .filter(({ torrent }) => this.#swarms.torrents.isUsed(torrent))
      .map(({ torrent }) => summaryOf(this.#swarms, torrent));
  }

  #cut(): void {
    const { count } = this.#options;
    this.#candidates.sort((left, right) => right.value - left.value || left.torrent - right.torrent);
    this.#candidates = this.#candidates.slice(0, count);
    if (this.#candidates.length === count) this.#least = this.#candidates.at(-1)?.value ?? -1;
  }

  #valueOf(torrent: number): number {
    const { torrents } = this.#swarms;
    const { by } = this.#options;
    if (by === "completed") return torrents.completed(torrent);
    const guests = this.#swarms.guestsOf(torrent);
    const seeds = by === "downloaders" ? 0 : torrents.seeds(torrent) + (guests?.seeds ?? 0);
    if (by === "seeds") return seeds;
    return seeds + torrents.incomplete(torrent) + (guests === undefined ? 0 : guests.partialSeeds + guests.downloaders);
  }

  #hasPrefix(torrent: number): boolean {
    const { prefix = "" } = this.#options;
    for (let at = 0; at < prefix.length; at++) {
      const byte = this.#swarms.torrents.hashByte(torrent, at >>> 1);
      const digit = at % 2 === 0 ? byte >>> 4 : byte & 15;
      if (digit !== Number.parseInt(prefix[at] as string, 16)) return false;
    }
    return true;
  }
}

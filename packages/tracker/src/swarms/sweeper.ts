/**
 * Goes round all swarms, a little at a time, and lets those go who must: peers that were not seen for long, torrents nobody is left in.
 * @module
 */
import { assert } from "@bittern/protocol/base";
import type { GuestCounts } from "./guests.ts";
import type { PeerTable } from "./peer-table.ts";
import type { SwarmWatcher } from "./swarm-watcher.ts";
import type { TorrentTable } from "./torrent-table.ts";

/** Times in the tables are seconds modulo 65,536. */
const SEEN_MASK = 0xffff;

/** What is swept. */
export interface Swept {
  readonly torrents: TorrentTable;
  readonly watcher: SwarmWatcher | undefined;
  open(torrent: number): void;
  /** The peers of a family, with the finger on the open torrent. */
  table(family: 4 | 6): PeerTable;
  /** Notes that peers of the open torrent went. */
  noteGone(seconds: number): void;
  guestsOf(torrent: number): GuestCounts | undefined;
  forget(torrent: number): void;
}

export interface SweepOptions {
  /** How long a torrent that was completed by somebody stays after its last peer left. */
  readonly emptySeconds: number;
  /** Torrents that nobody completed stay as long; not when absent. */
  readonly keepsEmpty?: boolean;
}

export class Sweeper {
  readonly #swarms: Swept;
  readonly #options: SweepOptions;
  #torrent = 0;
  #family: 4 | 6 = 4;
  /** The next position is below this one. */
  #position: number = Number.MAX_SAFE_INTEGER;

  constructor(swarms: Swept, options: SweepOptions) {
    this.#swarms = swarms;
    this.#options = options;
  }

  /** Looks at about `budget` peers and torrents; true at the end of a whole round. Moves the finger. */
  sweep(seconds: number, ageMax: number, budget: number): boolean {
    assert(ageMax < SEEN_MASK, "an age fits into the time of a peer");
    const { torrents } = this.#swarms;
    for (let left = budget; left > 0; left--) {
      if (this.#torrent >= torrents.end) {
        this.#torrent = 0;
        return true;
      }
      if (!torrents.isUsed(this.#torrent)) this.#next();
      else left -= this.#sweepBlock(seconds, ageMax, left);
    }
    return false;
  }

  /** Sweeps one family of one torrent as far as the budget goes; returns how many peers were looked at. */
  #sweepBlock(seconds: number, ageMax: number, budget: number): number {
    const swarms = this.#swarms;
    swarms.open(this.#torrent);
    const table = swarms.table(this.#family);
    // Downwards: what moves into a hole comes from above and has been looked at.
    const start = Math.min(this.#position, table.peers);
    const end = Math.max(0, start - budget);
    let isAnyGone = false;
    for (let position = start - 1; position >= end; position--) {
      if (((seconds - table.seenAt(position)) & SEEN_MASK) <= ageMax) continue;
      swarms.watcher?.gone(this.#torrent, table, position);
      table.remove(position);
      isAnyGone = true;
    }
    if (isAnyGone) {
      table.fit();
      swarms.noteGone(seconds);
    }
    this.#position = end;
    if (end === 0) this.#nextBlock(seconds);
    return start - end;
  }

  #nextBlock(seconds: number): void {
    if (this.#family === 4) {
      this.#family = 6;
      this.#position = Number.MAX_SAFE_INTEGER;
      return;
    }
    const torrent = this.#torrent;
    this.#next();
    const { torrents } = this.#swarms;
    const emptiedAt = torrents.emptiedAt(torrent);
    if (emptiedAt === undefined) return;
    const isKept = this.#options.keepsEmpty === true || torrents.completed(torrent) > 0;
    const keptSeconds = isKept ? this.#options.emptySeconds : 0;
    if (seconds - emptiedAt >= keptSeconds && this.#swarms.guestsOf(torrent) === undefined) this.#swarms.forget(torrent);
  }

  #next(): void {
    this.#torrent++;
    this.#family = 4;
    this.#position = Number.MAX_SAFE_INTEGER;
  }
}

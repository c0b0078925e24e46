/**
 * All WebTorrent peers of the swarms, those who are here and those whom other trackers have told of, as one.
 * @module
 */
import type { GuestCounts, Guests } from "../swarms/guests.ts";
import type { PeersElsewhere } from "./elsewhere.ts";
import type { WebSocketSwarms } from "./swarms.ts";

export class WebSocketGuests implements Guests {
  readonly #here: WebSocketSwarms;
  readonly #elsewhere: PeersElsewhere;

  constructor(here: WebSocketSwarms, elsewhere: PeersElsewhere) {
    this.#here = here;
    this.#elsewhere = elsewhere;
  }

  get peerCount(): number {
    return this.#here.peerCount + this.#elsewhere.peerCount;
  }

  get seedCount(): number {
    return this.#here.seedCount + this.#elsewhere.seedCount;
  }

  get partialSeedCount(): number {
    return this.#here.partialSeedCount + this.#elsewhere.partialSeedCount;
  }

  countsOf(infoHash: string): GuestCounts | undefined {
    const here = this.#here.countsOf(infoHash);
    const elsewhere = this.#elsewhere.peerCount === 0 ? undefined : this.#elsewhere.countsOf(infoHash);
    if (here === undefined || elsewhere === undefined) return here ?? elsewhere;
    return {
      seeds: here.seeds + elsewhere.seeds,
      partialSeeds: here.partialSeeds + elsewhere.partialSeeds,
      downloaders: here.downloaders + elsewhere.downloaders,
    };
  }

  /** The hashes of all their swarms. */
  get infoHashes(): ReadonlySet<string> {
    return new Set([...this.#here.infoHashes, ...this.#elsewhere.infoHashes]);
  }

  /** Swarms at most: one that is here and elsewhere counts twice. */
  get swarmCountMost(): number {
    return this.#here.swarmCount + this.#elsewhere.swarmCount;
  }
}

/**
 * How many peers swarms have, without joining them (BEP 48, 21).
 * @module
 */
import type { TrackerFailure } from "./announce.ts";

/** Info hashes in one scrape, both ways: what fits into a datagram with room to spare. */
export const SCRAPE_HASHES_MAX: number = 70;

export interface SwarmCounts {
  /** Seeds. */
  readonly complete: number;
  /** Everybody else. */
  readonly incomplete: number;
  /** How often the torrent was ever completed. */
  readonly downloaded: number;
  /** Those of `incomplete` who still want pieces (BEP 21). */
  readonly downloaders?: number;
}

export interface ScrapeSuccess {
  /** By info hash in hex. */
  readonly swarms: ReadonlyMap<string, SwarmCounts>;
  /** Seconds that have to pass before the next scrape. */
  readonly minRequestInterval?: number;
}

export type ScrapeAnswer = ScrapeSuccess | TrackerFailure;

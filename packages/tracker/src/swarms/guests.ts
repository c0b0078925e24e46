/**
 * Peers of a swarm that stand in no table, for they have no address to be dialled at: what is told of them beside the others.
 * @module
 */

/** How many there are of each kind. */
export interface GuestCounts {
  readonly seeds: number;
  readonly partialSeeds: number;
  readonly downloaders: number;
}

/** Whoever keeps them. Hashes are 20 characters, a byte each. */
export interface Guests {
  /** Of all swarms together. */
  readonly peerCount: number;
  readonly seedCount: number;
  readonly partialSeedCount: number;
  /** `undefined` where there are none. */
  countsOf(infoHash: string): GuestCounts | undefined;
}

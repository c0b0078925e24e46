/**
 * What a peer is to its swarm.
 * @module
 */

/** The order in which blocks hold their peers. */
export type Zone = 0 | 1 | 2;
export const SEED: Zone = 0;
/** Incomplete, wants nothing more (BEP 21). */
export const PARTIAL_SEED: Zone = 1;
export const DOWNLOADER: Zone = 2;

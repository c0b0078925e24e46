/**
 * For tests: a torrent at rest, as a snapshot shows it.
 * @module
 */
import type { TorrentSnapshot } from "./session/snapshot.ts";

/** A thousand bytes in ten pieces, all of them there; nobody is connected, and nothing was transferred. */
export function testTorrentSnapshot(change: Partial<TorrentSnapshot> = {}): TorrentSnapshot {
  return {
    torrent: 1,
    state: "seeding",
    progress: 1,
    wantedLength: 1000,
    verifiedLength: 1000,
    pieceCount: 10,
    verifiedPieceCount: 10,
    downloaded: 0,
    uploaded: 0,
    downloadedEver: 0,
    uploadedEver: 0,
    obtainedEver: 0,
    wasted: 0,
    downRate: 0,
    upRate: 0,
    peers: 0,
    seeds: 0,
    swarmSeeds: undefined,
    swarmPeers: undefined,
    availability: 0,
    secondsLeft: undefined,
    fault: undefined,
    ageMillis: 60_000,
    ...change,
  };
}

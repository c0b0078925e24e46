/**
 * For tests: snapshots of torrents that are the same in every run.
 * @module
 */
import type { FaceSnapshot, TorrentDetail, TorrentItem } from "./snapshot.ts";

export function testItem(order: number, change: Partial<TorrentItem> = {}): TorrentItem {
  return {
    id: order.toString(16).padStart(40, "0"),
    name: `torrent ${order}`,
    state: "downloading",
    progress: 0.5,
    totalWanted: 1000 * 1024,
    totalDone: 500 * 1024,
    downRate: 0,
    upRate: 0,
    downloaded: 0,
    uploaded: 0,
    ratio: 0,
    secondsLeft: null,
    peers: 0,
    seeds: 0,
    swarmPeers: 0,
    swarmSeeds: 0,
    error: null,
    order,
    ...change,
  };
}

export function testDetail(change: Partial<TorrentDetail> = {}): TorrentDetail {
  return {
    id: "0".repeat(40),
    path: "/srv/files",
    infoHash: "0".repeat(40),
    pieceLength: 65_536,
    piecesDone: 5,
    availability: 1.5,
    wasted: 0,
    sequential: false,
    downLimit: 0,
    upLimit: 0,
    pieces: { states: Uint8Array.from([3, 3, 3, 3, 3, 2, 0, 0, 0, 1]), copies: Uint16Array.from([1, 1, 1, 1, 1, 1, 1, 0, 1, 1]) },
    causes: [],
    rates: { down: [], up: [] },
    files: [],
    peers: [],
    trackers: [],
    log: [],
    ...change,
  };
}

export function testSnapshot(torrents: readonly TorrentItem[], change: Partial<FaceSnapshot> = {}): FaceSnapshot {
  return {
    torrents,
    detail: null,
    downRate: torrents.reduce((sum, { downRate }) => sum + downRate, 0),
    upRate: torrents.reduce((sum, { upRate }) => sum + upRate, 0),
    peers: torrents.reduce((sum, { peers }) => sum + peers, 0),
    port: 6881,
    downLimit: 0,
    upLimit: 0,
    saveTo: "/srv/files",
    openingCount: 0,
    ...change,
  };
}

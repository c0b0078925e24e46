/**
 * What a face shows, as plain data: made by whoever knows the session, drawn by whoever knows the screen.
 * @module
 */

export type TorrentState = "metadata" | "layers" | "checking" | "downloading" | "finished" | "seeding" | "paused" | "error";

/** Nobody has sent yet what its content cannot be opened without. */
export function isUnopened(state: TorrentState): boolean {
  return state === "metadata" || state === "layers";
}

/** One torrent, as a list needs it. */
export interface TorrentItem {
  /** Its info hash in hex: the name that does not change. */
  readonly id: string;
  readonly name: string;
  readonly state: TorrentState;
  /** 0 to 1: of the check while checking, else of the wanted bytes. */
  readonly progress: number;
  /** Bytes of the wanted files, and how many of them are verified. */
  readonly totalWanted: number;
  readonly totalDone: number;
  /** Bytes per second. */
  readonly downRate: number;
  readonly upRate: number;
  /** Bytes over all sessions. */
  readonly downloaded: number;
  readonly uploaded: number;
  readonly ratio: number;
  /** Seconds until all wanted files are there; null where nobody knows. */
  readonly secondsLeft: number | null;
  readonly peers: number;
  readonly seeds: number;
  readonly swarmPeers: number;
  readonly swarmSeeds: number;
  /** Why it stands still; null while nothing is wrong. */
  readonly error: string | null;
  /** Position in the order they were added. */
  readonly order: number;
}

/** 0: not wanted; 1: normal; 4: before others; 7: first. */
export type Priority = 0 | 1 | 4 | 7;

export interface FileItem {
  readonly path: string;
  readonly length: number;
  /** 0 to 1. */
  readonly progress: number;
  readonly priority: Priority;
}

export interface PeerItem {
  /** `HOST:PORT`. */
  readonly endpoint: string;
  readonly client: string;
  readonly progress: number;
  readonly downRate: number;
  readonly upRate: number;
  readonly downloaded: number;
  readonly uploaded: number;
  /** Letters that `views/peer-list` explains. */
  readonly flags: string;
}

export interface TrackerItem {
  /** With secrets left out. */
  readonly url: string;
  readonly tier: number;
  readonly state: "idle" | "announcing" | "working" | "failed";
  readonly message: string;
  readonly seeds: number | null;
  readonly peers: number | null;
  /** Seconds until the next announce; null while one is under way or none is planned. */
  readonly nextSeconds: number | null;
}

export type LogLevel = "error" | "warn" | "info" | "debug";

export interface LogLine {
  /** `14:05:09`, in the time zone of who reads. */
  readonly time: string;
  readonly level: LogLevel;
  readonly text: string;
}

/** A cause of `diagnose`, as it travels: a code, a weight, and the numbers that show it. */
export interface CauseItem {
  readonly code: string;
  readonly weight: "stops" | "slows" | "perhaps";
  readonly [evidence: string]: unknown;
}

/** Every piece: 0 missing, 1 missing and unwanted, 2 started, 3 verified; and how many peers have it. */
export interface PieceItems {
  readonly states: Uint8Array;
  readonly copies: Uint16Array;
}

/** What the open torrent shows beside its line of the list. */
export interface TorrentDetail {
  readonly id: string;
  readonly path: string;
  readonly infoHash: string;
  readonly pieceLength: number | null;
  readonly piecesDone: number;
  readonly availability: number;
  /** Bytes that were thrown away in this session. */
  readonly wasted: number;
  readonly sequential: boolean;
  /** Bytes per second; 0 is unlimited. */
  readonly downLimit: number;
  readonly upLimit: number;
  readonly pieces: PieceItems | null;
  readonly causes: readonly CauseItem[];
  readonly rates: RatePast;
  readonly files: readonly FileItem[];
  readonly peers: readonly PeerItem[];
  readonly trackers: readonly TrackerItem[];
  readonly log: readonly LogLine[];
}

/** Bytes per second at past moments, the newest last, a second apart. */
export interface RatePast {
  readonly down: readonly number[];
  readonly up: readonly number[];
}

export interface FaceSnapshot {
  readonly torrents: readonly TorrentItem[];
  /** Of the torrent that is open, or of the one under the cursor; null where there is none. */
  readonly detail: TorrentDetail | null;
  readonly downRate: number;
  readonly upRate: number;
  readonly peers: number;
  /** 0 while nothing listens. */
  readonly port: number;
  /** Bytes per second of the whole session; 0 is unlimited. */
  readonly downLimit: number;
  readonly upLimit: number;
  /** Where torrents are saved unless somebody says otherwise. */
  readonly saveTo: string;
  /** Torrents of the last time, or of the command line, that are not in the list yet. */
  readonly openingCount: number;
}

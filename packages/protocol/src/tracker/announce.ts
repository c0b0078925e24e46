/**
 * What a client tells a tracker and what it hears back (BEP 3, 7, 21, 23, 24, 31), whichever way it travels.
 * @module
 */

/** Why this announce is made; none at the regular interval. `paused` is a partial seed's (BEP 21). */
export type AnnounceEvent = "started" | "completed" | "stopped" | "paused";

export interface AnnounceRequest {
  /** 20 bytes. */
  readonly infoHash: Uint8Array;
  /** 20 bytes. */
  readonly peerId: Uint8Array;
  /** Where the peer listens; 0 when nowhere. */
  readonly port: number;
  /** Bytes since `started`. */
  readonly uploaded: number;
  /** Bytes since `started`. */
  readonly downloaded: number;
  /** Bytes still missing; `Number.MAX_SAFE_INTEGER` while the size is unknown. */
  readonly left: number;
  readonly event?: AnnounceEvent;
  /** Peers wanted at most; the tracker's default when absent. */
  readonly numwant?: number;
  /** 32 bits that prove to be the same client after its address changed (BEP 7). */
  readonly key?: number;
  /** What the tracker's last answer held. */
  readonly trackerId?: Uint8Array;
  /** Peers as bytes, not as dictionaries (BEP 23). */
  readonly compact?: boolean;
  /** Dictionaries without peer ids. */
  readonly noPeerId?: boolean;
  /** Addresses to be listed under. A tracker heeds them only from those it trusts. */
  readonly ip?: string;
  readonly ipv4?: string;
  readonly ipv6?: string;
  /** Takes encrypted links. */
  readonly supportCrypto?: boolean;
}

export interface TrackerPeer {
  /** Canonical, or a DNS name where the tracker answers in dictionaries. */
  readonly address: string;
  /** 1 to 65,535. */
  readonly port: number;
  /** 20 bytes. */
  readonly peerId?: Uint8Array;
}

export interface AnnounceSuccess {
  readonly peers: readonly TrackerPeer[];
  /** Seconds until the next regular announce. */
  readonly interval: number;
  /** Seconds that have to pass before any announce without an event. */
  readonly minInterval?: number;
  /** To be sent back from now on; when absent, the last one stays in force. */
  readonly trackerId?: Uint8Array;
  /** Seeds. */
  readonly complete?: number;
  /** Everybody else. */
  readonly incomplete?: number;
  /** How often the torrent was ever completed. */
  readonly downloaded?: number;
  /** For the user's eyes; a stranger's text, escape it where it is shown. */
  readonly warning?: string;
  /** The client as the tracker sees it (BEP 24). */
  readonly externalAddress?: string;
}

export interface TrackerFailure {
  /** For the user's eyes; a stranger's text, escape it where it is shown. */
  readonly failure: string;
  /** Minutes after which another try makes sense (BEP 31). */
  readonly retryIn?: number | "never";
}

export type AnnounceAnswer = AnnounceSuccess | TrackerFailure;

/** Seconds, for a tracker that names no interval. */
export const ANNOUNCE_INTERVAL_DEFAULT: number = 1800;
/** Seconds: a week. A tracker that names more is taken at a week. */
export const ANNOUNCE_INTERVAL_MAX: number = 7 * 24 * 3600;
/** Peers read of one answer: more than any client keeps. */
export const TRACKER_PEERS_MAX: number = 2000;
/** Characters of a message for the user. */
export const TRACKER_TEXT_LENGTH_MAX: number = 500;

/**
 * What a session looks like at one moment: immutable, made only when asked for.
 * @module
 */
import type { Endpoint } from "@bittern/protocol/address";
import type { HostError, Millis, ProtocolError, Rate } from "@bittern/protocol/base";
import type { Transport } from "../peers/candidate.ts";
import type { TorrentId } from "./ids.ts";

/**
 * `metadata`: a link that waits for its info dictionary (BEP 9); `layers`: a version 2 torrent that waits for its piece layers (BEP 52),
 * without which nothing can be checked; `finished`: all wanted files are there, but not all files.
 */
export type TorrentState = "metadata" | "layers" | "checking" | "downloading" | "finished" | "seeding" | "paused" | "error";

export interface TorrentSnapshot {
  readonly torrent: TorrentId;
  readonly state: TorrentState;
  /** 0 to 1: of the check while checking, else of the wanted bytes. */
  readonly progress: number;
  /** Bytes of wanted files, and how many of them are verified. */
  readonly wantedLength: number;
  readonly verifiedLength: number;
  readonly pieceCount: number;
  readonly verifiedPieceCount: number;
  /** Payload bytes of this session; of what came, what was asked for. */
  readonly downloaded: number;
  readonly uploaded: number;
  /** Payload bytes over all sessions of this torrent, this one included. */
  readonly downloadedEver: number;
  readonly uploadedEver: number;
  /** Bytes of files that came from peers and were verified, over all sessions. */
  readonly obtainedEver: number;
  /** Payload that was thrown away: corrupt, received twice, or never asked for. */
  readonly wasted: number;
  readonly downRate: Rate;
  readonly upRate: Rate;
  /** Connected peers that shook hands, and how many of them are complete. */
  readonly peers: number;
  readonly seeds: number;
  /** What the trackers say of the whole swarm; undefined before they did. */
  readonly swarmSeeds: number | undefined;
  readonly swarmPeers: number | undefined;
  /** Whole copies among the connected peers, with the fraction of pieces that one more peer has. */
  readonly availability: number;
  readonly secondsLeft: number | undefined;
  readonly fault: HostError | ProtocolError | undefined;
  /** Milliseconds since the torrent was added. */
  readonly ageMillis: Millis;
}

export interface PeerSnapshot {
  readonly endpoint: Endpoint;
  readonly dialledByUs: boolean;
  readonly transport: Transport;
  readonly client: string;
  readonly isSeed: boolean;
  readonly progress: number;
  readonly isChokingUs: boolean;
  readonly isInterestedInUs: boolean;
  readonly isChokedByUs: boolean;
  readonly areWeInterested: boolean;
  readonly isSnubbed: boolean;
  /** It sent false pieces and no good one, and is asked for nothing. */
  readonly isDistrusted: boolean;
  /** It is unchoked as a trial, without having earned it. */
  readonly isOptimistic: boolean;
  readonly downRate: Rate;
  readonly upRate: Rate;
  readonly downloaded: number;
  readonly uploaded: number;
  readonly requestsOutstanding: number;
  readonly source: string;
}

export interface TrackerSnapshot {
  readonly url: string;
  readonly tier: number;
  readonly state: "idle" | "announcing" | "working" | "failed";
  /** What it said last, or why it said nothing. */
  readonly message: string;
  /** The message is the tracker's own refusal, not a failure to reach it. */
  readonly isRefusal: boolean;
  /** Announces in a row that came to nothing. */
  readonly failures: number;
  readonly seeds: number | undefined;
  readonly peers: number | undefined;
  readonly nextAnnounceMillis: number | undefined;
}

export interface SessionSnapshot {
  readonly torrentCount: number;
  readonly peerCount: number;
  /** Messages of peers that were heard, handshakes included. */
  readonly messageCount: number;
  readonly downRate: Rate;
  readonly upRate: Rate;
  readonly downloaded: number;
  readonly uploaded: number;
}

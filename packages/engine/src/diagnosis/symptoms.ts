/**
 * What a diagnosis is made from: the snapshots everybody sees, and some numbers that only the corners know.
 * @module
 */
import type { Millis, PieceIndex, Rate } from "@bittern/protocol/base";
import type { PeerSnapshot, TorrentSnapshot, TrackerSnapshot } from "../session/snapshot.ts";
import type { DhtStanding } from "./cause.ts";

/** What the torrent knows beyond its snapshots. */
export interface TorrentSymptoms {
  readonly now: TorrentSnapshot;
  readonly peers: readonly PeerSnapshot[];
  readonly trackers: readonly TrackerSnapshot[];
  readonly isPausedByUser: boolean;
  /** How the torrent stands with the DHT, and how many nodes answered in the last round. */
  readonly dht: DhtStanding;
  readonly dhtNodeCount: number;
  /** Places where peers may be, those being dialled, and those that did not answer the last time. */
  readonly candidateCount: number;
  readonly diallingCount: number;
  readonly unreachableCount: number;
  /** Wanted pieces that are missing; of those, how many no connected peer has, and the first of them. */
  readonly missingCount: number;
  readonly absentCount: number;
  readonly absentPiece: PieceIndex | undefined;
  /** Pieces that came falsely from one peer alone, and have not come right yet. */
  readonly falsePieceCount: number;
  /** Bytes of pieces that are on their way to the disk. */
  readonly storingLength: number;
  /** Bytes per second; 0 is unlimited. */
  readonly downRateMax: Rate;
  readonly upRateMax: Rate;
}

/** What the session adds. */
export interface SessionSymptoms {
  /** 0 while nothing listens. */
  readonly listenPort: number;
  /** Links that others opened to us since the session began, and how long it has listened. */
  readonly acceptedCount: number;
  readonly listeningMillis: Millis;
  /** Bytes of a torrent's pieces that may be on their way to the disk before its requests stop. */
  readonly storingLengthMax: number;
  readonly downRateMax: Rate;
  readonly upRateMax: Rate;
}

/**
 * How a torrent is at one moment, in the words of the library: bytes, bytes per second, milliseconds.
 * @module
 */

import type { PeerSnapshot, TorrentSnapshot, TorrentState, TrackerSnapshot } from "@bittern/engine";
import { HostError } from "@bittern/protocol/base";

/** Immutable; a fresh one each time it is asked for. */
export interface TorrentStatus {
  /** `finished`: all wanted files are there, but not all files. */
  readonly state: TorrentState;
  /** 0 to 1: of the check while checking, else of the wanted bytes. */
  readonly progress: number;
  /** Bytes of the wanted files that are verified. */
  readonly totalDone: number;
  /** Bytes of the wanted files. */
  readonly totalWanted: number;
  /** Bytes per second. */
  readonly downRate: number;
  readonly upRate: number;
  /** Payload bytes of this session; of what came, what was asked for. */
  readonly downloaded: number;
  readonly uploaded: number;
  /** Payload bytes over all sessions of this torrent. */
  readonly downloadedEver: number;
  readonly uploadedEver: number;
  /** Payload bytes of this session that were thrown away: corrupt, received twice, or never asked for. */
  readonly wasted: number;
  /** Milliseconds since the torrent was added. */
  readonly age: number;
  /** Uploaded over what was downloaded and verified, over all sessions; over what is there for one who had more of it before. */
  readonly ratio: number;
  /** Milliseconds until all wanted files are there; null where nobody knows. */
  readonly eta: number | null;
  /** Connected peers, and how many of them are complete. */
  readonly peers: number;
  readonly seeds: number;
  /** What the trackers say of the whole swarm; at least those connected. */
  readonly swarmSeeds: number;
  readonly swarmPeers: number;
  /** Whole copies among the connected peers. */
  readonly availability: number;
  readonly piecesDone: number;
  readonly pieceCount: number;
  /** Why the torrent stands still. A full disk is tried again by itself. */
  readonly error: Error | null;
}

/** A connected peer. */
export type PeerInfo = Omit<PeerSnapshot, "endpoint"> & { readonly address: string; readonly port: number };

/** A tracker, and what it said last. */
export type TrackerInfo = TrackerSnapshot;

/** Before the first snapshot. */
export const UNBORN: TorrentStatus = {
  state: "metadata",
  progress: 0,
  totalDone: 0,
  totalWanted: 0,
  downRate: 0,
  upRate: 0,
  downloaded: 0,
  uploaded: 0,
  downloadedEver: 0,
  uploadedEver: 0,
  wasted: 0,
  age: 0,
  ratio: 0,
  eta: null,
  peers: 0,
  seeds: 0,
  swarmSeeds: 0,
  swarmPeers: 0,
  availability: 0,
  piecesDone: 0,
  pieceCount: 0,
  error: null,
};

export function statusOf(snapshot: TorrentSnapshot): TorrentStatus {
  const { secondsLeft } = snapshot;
  // Who had all but one piece gives of the whole and not of the piece; what was thrown away is nothing anybody has to give back.
  const held = Math.max(snapshot.obtainedEver, snapshot.verifiedLength);
  return {
    state: snapshot.state,
    progress: snapshot.progress,
    totalDone: snapshot.verifiedLength,
    totalWanted: snapshot.wantedLength,
    downRate: Math.round(snapshot.downRate),
    upRate: Math.round(snapshot.upRate),
    downloaded: snapshot.downloaded,
    uploaded: snapshot.uploaded,
    downloadedEver: snapshot.downloadedEver,
    uploadedEver: snapshot.uploadedEver,
    wasted: snapshot.wasted,
    age: snapshot.ageMillis,
    ratio: held === 0 ? 0 : snapshot.uploadedEver / held,
    eta: secondsLeft === undefined || !Number.isFinite(secondsLeft) ? null : Math.round(secondsLeft * 1000),
    peers: snapshot.peers,
    seeds: snapshot.seeds,
    swarmSeeds: Math.max(snapshot.swarmSeeds ?? 0, snapshot.seeds),
    swarmPeers: Math.max(snapshot.swarmPeers ?? 0, snapshot.peers),
    availability: snapshot.availability,
    piecesDone: snapshot.verifiedPieceCount,
    pieceCount: snapshot.pieceCount,
    error: snapshot.fault ?? null,
  };
}

export function peerInfoOf(snapshot: PeerSnapshot): PeerInfo {
  const { endpoint, ...rest } = snapshot;
  return { address: endpoint.address, port: endpoint.port, ...rest };
}

/** Whether a torrent with this fault goes on by itself once it can. */
export function healsByItself(fault: Error): boolean {
  return fault instanceof HostError && fault.code === "DISK_FULL";
}

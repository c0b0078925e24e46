/**
 * What a session tells of itself.
 * @module
 */
import type { SessionSnapshot } from "@bittern/engine";
import type { Torrent } from "./torrent.ts";

/** A socket that accepts peers. */
export interface ListenInfo {
  readonly address: string;
  readonly port: number;
  readonly transport: "tcp";
}

/** All of a session, in bytes and bytes per second. */
export interface SessionStats {
  readonly torrents: number;
  readonly peers: number;
  /** Bytes per second. */
  readonly downRate: number;
  readonly upRate: number;
  /** Payload bytes since the session opened. */
  readonly downloaded: number;
  readonly uploaded: number;
}

/** Name -> arguments of its listeners. */
export interface SessionEvents {
  /** A torrent was added. */
  readonly torrent: readonly [torrent: Torrent];
  /** A torrent was removed; it answers no more questions. */
  readonly removed: readonly [torrent: Torrent];
  /** A torrent stopped for a reason of its own. */
  readonly error: readonly [error: Error, torrent: Torrent];
}

export function statsOf(snapshot: SessionSnapshot): SessionStats {
  const { torrentCount, peerCount, downRate, upRate, downloaded, uploaded } = snapshot;
  return { torrents: torrentCount, peers: peerCount, downRate: Math.round(downRate), upRate: Math.round(upRate), downloaded, uploaded };
}

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
  readonly downRate: number;
  readonly upRate: number;
  readonly downloaded: number;
  readonly uploaded: number;
}

/** Name -> arguments of its listeners. */
export interface SessionEvents {
  readonly torrent: readonly [torrent: Torrent];
  readonly removed: readonly [torrent: Torrent];
  /** A torrent stopped for a reason of its own. */
  readonly error: readonly [error: Error, torrent: Torrent];
}

export function statsOf(snapshot: SessionSnapshot): SessionStats {
  const { torrentCount, peerCount, downRate, upRate, downloaded, uploaded } = snapshot;
  return { torrents: torrentCount, peers: peerCount, downRate: Math.round(downRate), upRate: Math.round(upRate), downloaded, uploaded };
}

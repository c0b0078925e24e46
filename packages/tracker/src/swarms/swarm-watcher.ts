/**
 * Whoever has to know of every lasting change of the swarms.
 * @module
 */
import type { PeerTable } from "./peer-table.ts";

/** Hears of every lasting change: what a tracker must remember over a restart. Renewals are none. */
export interface SwarmWatcher {
  /** A peer came, or is something else now. */
  put(torrent: number, table: PeerTable, position: number): void;
  /** A peer is about to go. */
  gone(torrent: number, table: PeerTable, position: number): void;
  completed(torrent: number): void;
  /** A torrent is about to be forgotten with everybody in it. */
  forgotten(torrent: number): void;
}

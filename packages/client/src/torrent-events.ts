/**
 * What a torrent tells its listeners.
 * @module
 */
import type { TorrentState, TrackerOutcome } from "@bittern/engine";
import type { Metainfo } from "@bittern/protocol/metainfo";
import type { TorrentFile } from "./torrent-file.ts";

/** What happened to a peer. */
export interface PeerEvent {
  readonly type: "joined" | "left" | "banned";
  readonly address: string;
  readonly port: number;
  /** Why it left or was banned. */
  readonly reason: string;
}

/** What a tracker said, or why it said nothing. */
export interface TrackerEvent {
  readonly url: string;
  /** "refused": the tracker said no, and `message` is what it said; "failed": it did not answer, or nothing that makes sense. */
  readonly outcome: TrackerOutcome;
  /** Of the tracker or the fault, for people; empty when it has nothing to say. */
  readonly message: string;
  /** Peers it named. */
  readonly peerCount: number;
}

/** Something that did not stop the torrent. */
export interface Warning {
  /** Stable, in SCREAMING_SNAKE_CASE. */
  readonly code: string;
  readonly message: string;
}

/** Name -> arguments of its listeners. */
export interface TorrentEvents {
  /** The info dictionary is known; that of a link came from peers (BEP 9). */
  readonly metadata: readonly [metainfo: Metainfo];
  /** The check of what was in place is over. */
  readonly checked: readonly [];
  /** Hashed and written. */
  readonly piece: readonly [pieceIndex: number];
  /** Every piece of the file is verified and written. */
  readonly file: readonly [file: TorrentFile];
  /** Every wanted piece is there. */
  readonly done: readonly [];
  /** After `done`: all of it is synced and recorded, and would survive a power cut. */
  readonly durable: readonly [];
  readonly peer: readonly [peer: PeerEvent];
  readonly tracker: readonly [tracker: TrackerEvent];
  readonly state: readonly [state: TorrentState];
  /** Something went wrong that did not stop it. */
  readonly warning: readonly [warning: Warning];
  /** It stopped because of this. A full disk (`DISK_FULL`) it tries again by itself; all else waits for `resume`. */
  readonly error: readonly [error: Error];
  /** The torrent was removed, or its session closed. */
  readonly removed: readonly [];
}

/**
 * What trackers share their swarms through, as a tracker sees it. It may be away: nothing here is waited for.
 * @module
 */

/** Whom a store tells what others said. */
export interface SharedHearer {
  /** Announces that another tracker wrote `ageSeconds` ago, see shared-record.ts. */
  hear(bytes: Uint8Array, ageSeconds: number): void;
  /** How often a torrent was completed, everywhere. */
  hearCompleted(infoHash: Uint8Array, count: number): void;
  /** What a WebTorrent peer of another tracker says to peers of ours, see shared-signal.ts. */
  hearSignal(bytes: Uint8Array): void;
  /** The log of a shard knows nothing: it is to be told all that is known here. */
  retell(shard: number): void;
  /** Seconds that peers live now; logs have to reach back as far. */
  readonly ageMax: number;
}

export interface SharedStore {
  start(hearer: SharedHearer): void;
  /** Adds to the log of a shard; the bytes are given away. */
  share(shard: number, bytes: Uint8Array): void;
  /** One more completion of a torrent; or, with `known`, that it has at least so many. The hash is given away. */
  shareCompleted(infoHash: Uint8Array, known: number | undefined): void;
  /** Says something to the WebTorrent peers of the others, now or never; the bytes are given away. */
  shareSignal(bytes: Uint8Array): void;
}

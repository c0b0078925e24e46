/**
 * What a user of the engine can tell it.
 * @module
 */

import type { TcpListenOptions } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import type { PieceIndex, Rate } from "@bittern/protocol/base";
import type { MagnetLink } from "@bittern/protocol/magnet";
import type { Metainfo } from "@bittern/protocol/metainfo";
import type { TorrentId } from "./ids.ts";
import type { Settings } from "./settings.ts";

/** Where a torrent's files lie: below `root`, under the torrent's own name unless `name` gives another. */
export interface Placement {
  /** Absolute path of an existing or creatable folder. */
  readonly root: string;
  /** Replaces the name of the single file, or of the top folder. */
  readonly name?: string;
}

/** 0: not wanted; 1: normal; 4: before others; 7: first. */
export type FilePriority = 0 | 1 | 4 | 7;

export interface AddTorrent {
  readonly torrent: TorrentId;
  readonly source: { readonly type: "metainfo"; readonly metainfo: Metainfo } | { readonly type: "magnet"; readonly magnet: MagnetLink };
  readonly placement: Placement;
  /** Names the resume record: letters, digits, "-" and "." only. */
  readonly recordKey: string;
  readonly paused?: boolean;
  /** Data in place is only read, never written: for seeding what must not change. */
  readonly readOnly?: boolean;
  /** Take data in place for complete without hashing it. */
  readonly trustData?: boolean;
  /** Believe no record: data in place is hashed anew, and what is no longer there is fetched again. */
  readonly recheck?: boolean;
  readonly sequential?: boolean;
  /** By file index, pad files counted; missing entries are 1. A function, for when the files are not known yet. */
  readonly priorities?: (files: Metainfo["files"]) => readonly FilePriority[];
  /** Announce URLs beside those of the source, a tier each. */
  readonly trackers?: readonly string[];
  readonly peers?: readonly Endpoint[];
  readonly downRateMax?: Rate;
  readonly upRateMax?: Rate;
  /** Gives every piece once before any twice (BEP 16), also to a lone downloader and beside other seeds. */
  readonly superSeed?: boolean;
}

export type Command =
  | { readonly type: "listen"; readonly options: TcpListenOptions }
  /** Accepts nobody there any more; who came through stays. */
  | { readonly type: "stop-listening"; readonly endpoints: readonly Endpoint[] }
  | { readonly type: "configure"; readonly settings: Partial<Settings> }
  | ({ readonly type: "add-torrent" } & AddTorrent)
  /**
   * `deleteFiles` also erases what was downloaded, and what is remembered of it; `forget` the latter alone. A `removed` event
   * follows.
   */
  | { readonly type: "remove-torrent"; readonly torrent: TorrentId; readonly deleteFiles: boolean; readonly forget?: boolean }
  | { readonly type: "pause"; readonly torrent: TorrentId }
  | { readonly type: "resume"; readonly torrent: TorrentId }
  | { readonly type: "recheck"; readonly torrent: TorrentId }
  | { readonly type: "reannounce"; readonly torrent: TorrentId }
  /** `moved` with the same number follows, unless the torrent ends before. `recordKey` names the record of the torrent there. */
  | { readonly type: "move"; readonly torrent: TorrentId; readonly move: number; readonly root: string; readonly recordKey: string }
  | { readonly type: "prioritize"; readonly torrent: TorrentId; readonly priorities: readonly FilePriority[] }
  | { readonly type: "set-sequential"; readonly torrent: TorrentId; readonly sequential: boolean }
  /** Somebody waits for these pieces, and for no others: they come before all, in order. An empty list: nobody waits. */
  | { readonly type: "hurry"; readonly torrent: TorrentId; readonly pieces: readonly PieceIndex[] }
  | { readonly type: "limit"; readonly torrent: TorrentId; readonly downRateMax?: Rate; readonly upRateMax?: Rate }
  | { readonly type: "add-peers"; readonly torrent: TorrentId; readonly peers: readonly Endpoint[] }
  | { readonly type: "add-trackers"; readonly torrent: TorrentId; readonly trackers: readonly string[] }
  /** Looks for peers in the DHT, and announces the port unless it is 0; `dht-peers` and `dht-searched` follow. */
  | { readonly type: "dht-search"; readonly search: number; readonly infoHash: Uint8Array; readonly announcePort: number }
  | { readonly type: "dht-forget"; readonly search: number }
  /** `dht-pinged` follows. */
  | { readonly type: "dht-ping"; readonly ping: number; readonly to: Endpoint }
  /** Stops everything, announces `stopped`, saves all records; a `closed` event follows within `graceMillis`. */
  | { readonly type: "close"; readonly graceMillis: number };

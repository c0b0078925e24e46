/**
 * The library: sessions, torrents, files and streams.
 * @module
 */

export {
  type Cause,
  type Diagnosis,
  type FilePriority,
  PIECE_STATE,
  type PieceMap,
  type TorrentState,
  type TrackerOutcome,
} from "@bittern/engine";
export type { LeftOut } from "@bittern/node";
export { HostError, type HostErrorCode, ProtocolError, UsageError } from "@bittern/protocol/base";
export { type MagnetLink, parseMagnet } from "@bittern/protocol/magnet";
export {
  type EditedTorrent,
  editTorrent,
  type FileEntry,
  type InfoHashes,
  type Metainfo,
  type TorrentChanges,
  type TorrentVersion,
} from "@bittern/protocol/metainfo";
export {
  type AnnounceOptions,
  type AnnounceReport,
  type AskOptions,
  announceToTrackers,
  type ScrapeReport,
  scrapeTrackers,
} from "./ask-trackers.ts";
export { type CreateOptions, createTorrent } from "./create.ts";
export type { FileSource } from "./create-sources.ts";
export { Dht, type DhtNetworkStats, type DhtPong, type DhtStats } from "./dht.ts";
export type { DhtOpenOptions, DhtOptions } from "./dht-options.ts";
export { TypedEmitter } from "./emitter.ts";
export { type FileSelection, selectionMatcher } from "./glob.ts";
export { type FetchOptions, type HttpAnswer, HttpClient } from "./http-client.ts";
export { type Logger, maskedUrl } from "./logger.ts";
export { formatMagnet, pathOf } from "./metainfo.ts";
export { parseTorrent } from "./parse-torrent.ts";
export type { RateLimits } from "./rate-limits.ts";
export { Session } from "./session.ts";
export type { ListenInfo, SessionEvents, SessionStats } from "./session-events.ts";
export type { AddOptions, RemoveOptions, SessionChanges, SessionLimits, SessionOptions } from "./session-options.ts";
export { type KnownSource, type LoadOptions, loadBytes, loadSource, type TorrentSource } from "./source.ts";
export type { PeerInfo, TorrentStatus, TrackerInfo } from "./status.ts";
export type { Torrent } from "./torrent.ts";
export type { PeerEvent, TorrentEvents, TrackerEvent, Warning } from "./torrent-events.ts";
export type { StreamOptions, TorrentFile } from "./torrent-file.ts";
export type { TrackerUrls } from "./tracker/announce-urls.ts";
export type {
  AnnounceQuestion,
  DfileOptions,
  DoorOptions,
  PageOptions,
  StoreOptions,
  TlsDoorOptions,
  TorrentFolderOptions,
  TrackerOptions,
  UdpDoorOptions,
} from "./tracker/options.ts";
export { TrackerServer, type TrackerStats } from "./tracker/tracker-server.ts";
export type { TrackerList } from "./tracker-list.ts";
export { type VerifyOptions, type VerifyReport, verifyTorrent } from "./verify.ts";
export type { WaitOptions } from "./waits.ts";

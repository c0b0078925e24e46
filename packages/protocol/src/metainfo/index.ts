/**
 * Torrents: what a .torrent file says, how its files lie in pieces, how one is made and changed (BEP 3, 12, 19, 27, 47, 52).
 * @module
 */
export { type BuildOptions, buildTorrent } from "./build.ts";
export { type EditedTorrent, editTorrent, type TorrentChanges } from "./edit.ts";
export type { FileAttributes, FileEntry } from "./file.ts";
export type { TorrentVersion } from "./info.ts";
export { type Digests, type InfoHashes, infoHashesOf } from "./info-hash.ts";
export {
  type FileSpan,
  Layout,
  type LayoutFile,
  type LayoutOptions,
  type MerkleExpectation,
  type PieceExpectation,
  type PieceRange,
} from "./layout.ts";
export { METAINFO_LIMITS, type MetainfoLimits } from "./limits.ts";
export type { Metainfo } from "./metainfo.ts";
export { type NameRules, safePart } from "./name.ts";
export type { DhtNode } from "./outer.ts";
export { type ParseInfoOptions, type ParseOptions, parseInfo, parseTorrent } from "./parse.ts";
export { needsPieceLayer } from "./piece-layers.ts";
export { automaticPieceLength } from "./piece-length.ts";
export {
  CreationPlan,
  checkPieceLength,
  type FileTree,
  type PieceHashing,
  type PlannedFile,
  type PlanOptions,
  type SourceFile,
} from "./plan.ts";

/**
 * How large a torrent may be (docs/limits.md). A torrent past a limit is refused, never cut.
 * @module
 */
import { MIB } from "../base/index.ts";

/** Keys of a .torrent file and of its info dictionary; there are about twenty that mean anything to anybody. */
export const ENTRIES_MAX: number = 1000;

export interface MetainfoLimits {
  /** Bytes of the whole .torrent file. */
  readonly torrentLength: number;
  readonly pieceCount: number;
  /** Bytes. */
  readonly pieceLength: number;
  /** Files that are not padding. */
  readonly fileCount: number;
  /** Folders inside one another, the file's own name counted. */
  readonly depth: number;
  /** UTF-8 bytes of a whole path, the top folder and the separators counted. */
  readonly pathLength: number;
  /** Bytes of content, padding counted. */
  readonly totalLength: number;
  /** Files that may be renamed because their name is taken. */
  readonly duplicateCount: number;
}

export const METAINFO_LIMITS: MetainfoLimits = {
  // Two million pieces have 42 MB of hashes.
  torrentLength: 64 * MIB,
  pieceCount: 2_097_152,
  pieceLength: 256 * MIB,
  fileCount: 200_000,
  depth: 64,
  pathLength: 3_500,
  totalLength: 2 ** 50,
  duplicateCount: 500,
};

/** UTF-8 bytes. A longer part is shortened, as other clients do: file systems end at 255, and a suffix must still fit. */
export const PART_LENGTH_MAX: number = 240;

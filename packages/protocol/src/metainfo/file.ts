/**
 * One file of a torrent (BEP 3, 47, 52).
 * @module
 */

/** What a creator said about a file beyond its bytes (BEP 47). */
export interface FileAttributes {
  readonly executable: boolean;
  readonly hidden: boolean;
  /**
   * Where a symbolic link pointed, below the top folder, made safe. Such an entry is an empty file to us: a torrent
   * that may plant links may write anywhere.
   */
  readonly symlink?: readonly string[];
}

/** One file as a torrent lists it, or a pad between two (BEP 47). */
export interface FileEntry {
  /** Safe parts below the top folder; the one name of a single file. */
  readonly path: readonly string[];
  /** Bytes. */
  readonly length: number;
  /** Where the file begins in the stream of the layout. */
  readonly offset: number;
  /** Zeros between two files, never on disk, never asked for. */
  readonly isPad: boolean;
  /** Absent when nothing was said. */
  readonly attributes?: FileAttributes;
  /** 32 bytes: root of the file's hash tree (BEP 52); absent in v1 and for an empty file. */
  readonly piecesRoot?: Uint8Array;
  /** The parts as they stood in the torrent; present only when `path` had to differ. */
  readonly originalPath?: readonly Uint8Array[];
}

/**
 * A file while its torrent is read: its place comes when all lengths are known, another path when its own is taken. It becomes
 * the entry itself, because copying two hundred thousand of them once more would cost more than reading them.
 */
export type DraftFile = { -readonly [Key in keyof FileEntry]: FileEntry[Key] };

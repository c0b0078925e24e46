/**
 * What the threads that hash a new torrent share: a list of files to read, and memory for the counter and the results.
 * @module
 */

/** A file of the stream to hash; pads have no path. */
export interface StreamFile {
  /** Absolute; as bytes where the name is no UTF-8. */
  readonly path: string | Uint8Array;
  /** Bytes. */
  readonly length: number;
  readonly isPad: boolean;
  /** Where it begins in the stream: ascending; what lies between two files is zeros. */
  readonly offset: number;
}

export interface HashJob {
  readonly files: readonly StreamFile[];
  readonly pieceLength: number;
  readonly totalLength: number;
  /** 20 bytes a piece, when wanted. */
  readonly sha1: SharedArrayBuffer | undefined;
  /** 32 bytes a piece, when wanted: the root of the tree over the piece's part of its file. */
  readonly roots: SharedArrayBuffer | undefined;
  /** One 32-bit counter: the next piece nobody has taken. Set past the end, it stops everybody. */
  readonly next: SharedArrayBuffer;
  /** One 64-bit counter: bytes hashed. */
  readonly done: SharedArrayBuffer;
}

/** How a thread ends. `path` says which file was in the way. */
export type HashEnd =
  | { readonly end: "done" }
  | { readonly end: "short"; readonly path: string }
  | { readonly end: "error"; readonly path: string; readonly code: string; readonly message: string };

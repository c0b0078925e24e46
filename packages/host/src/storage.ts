/**
 * Where the bytes of torrents rest, hashing included.
 *
 * A store is one torrent's place. Its content is one stream of bytes, file after file in the torrent's order, pad
 * files included, cut into pieces; the host maps pieces to files. Pad bytes never touch the disk and read as zeros.
 * @module
 */
import type { HostError, PieceIndex } from "@bittern/protocol/base";
import type { Done } from "./done.ts";

/** A file of the stream. `path` has been made safe when it was parsed: no part is empty, ".", ".." or holds "/" or NUL. */
export interface StoreFile {
  /** Below the root, the top folder included. */
  readonly path: readonly string[];
  /** Bytes. */
  readonly length: number;
  readonly isPad: boolean;
  /** Where the file begins in the stream: files follow each other, in a v2-only torrent each at a piece border. */
  readonly offset: number;
}

export interface StorePlan {
  /** Folder of the host that nothing may leave. */
  readonly root: string;
  readonly files: readonly StoreFile[];
  readonly pieceLength: number;
  /** Length of the whole stream in bytes. */
  readonly totalLength: number;
  /** Which files are wanted, by file index. Bytes of the others rest in the parts record. */
  readonly wanted: readonly boolean[];
  /** Names the parts record in the state folder: letters, digits, "-" and ".", a letter or digit first; 200 at most. */
  readonly partsKey: string;
  /** True for data that must not be changed: only reading is possible, and links that stay under the root may be followed. */
  readonly readOnly: boolean;
  /** Nothing is known of what lies there, and what is found will be verified: the host may get ready for it meanwhile. */
  readonly willVerify?: boolean;
  /**
   * `rootIdentity` of the time when files were there. Where none of them is found and the root lies on another disk now, or would,
   * opening fails with `STORAGE_MISSING`: what stands in the place of a disk that is not mounted is no empty download.
   */
  readonly lastIdentity?: string;
}

/** Where a store goes: `root` and `partsKey` as in its plan. */
export type StorePlace = Pick<StorePlan, "root" | "partsKey">;

/** How a file was found; two equal stamps mean nobody else wrote it in between. */
export interface FileStamp {
  readonly length: number;
  readonly modifiedMillis: number;
  readonly inode: number;
}

/** What was found in place: a stamp a file, `undefined` where none exists (pads, files never made). */
export interface StoreStamps {
  readonly files: readonly (FileStamp | undefined)[];
  /** Device of the root, a colon, and its inode; "" where the root does not exist yet. */
  readonly rootIdentity: string;
}

/** What a piece must hash to; at least one of the two is there, and all that are there must agree. */
export interface PieceExpectation {
  /** 20 bytes: SHA-1 of the piece, pad bytes as zeros (BEP 3). */
  readonly sha1?: Uint8Array;
  readonly merkle?: MerkleExpectation;
}

/** SHA-256 tree over the 16 KiB blocks of a piece (BEP 52). */
export interface MerkleExpectation {
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** A power of two; leaves past the data are 32 zero bytes. */
  readonly leafCount: number;
  /** Bytes of the piece that belong to its file: what follows is padding. */
  readonly dataLength: number;
}

/** `leaves`: for a v2 piece that failed, the 32-byte hash of each block as found, so that blame can be exact. */
export type PieceOutcome = { readonly good: true } | { readonly good: false; readonly leaves?: Uint8Array };

/** A run of blocks of one piece: part of an answer to requests. */
export interface BlockSpan {
  readonly piece: PieceIndex;
  readonly begin: number;
  readonly length: number;
}

/** Blocks framed as `piece` messages (BEP 3), one after the other. Whoever holds them calls `release` once. */
export interface Frames {
  readonly bytes: Uint8Array;
  /** May be handed on alone, as the `release` of a write. */
  readonly release: () => void;
}

/** The bytes of a plain read. Whoever holds them calls `release` once. */
export type Lent = Frames;

export interface Store {
  readonly stamps: StoreStamps;
  /**
   * Makes wanted files with their full length (sparse), and the empty ones; a longer file of that name is cut. Where they are
   * very many, new ones that a write will make may still be missing when it answers: they are made in the background.
   */
  allocate(done: Done<void>): void;
  /** Changes which files are wanted, moving bytes between the parts record and the files. */
  select(wanted: readonly boolean[], done: Done<void>): void;
  /**
   * Hashes a whole piece and, when it is good, writes it. `buffer` is given to the host and given back in `done`
   * (possibly another object over the same memory).
   */
  storePiece(
    piece: PieceIndex,
    buffer: ArrayBuffer,
    byteLength: number,
    expected: PieceExpectation,
    done: (outcome: PieceOutcome | HostError, buffer: ArrayBuffer) => void,
  ): void;
  /** Writes part of a piece too large for one buffer, unhashed; `verify` follows once all parts are written. */
  storeRun(
    piece: PieceIndex,
    begin: number,
    buffer: ArrayBuffer,
    byteLength: number,
    done: (fault: HostError | undefined, buffer: ArrayBuffer) => void,
  ): void;
  /** Reads blocks and frames them as `piece` messages, all or nothing. Spans are at most 2 MiB together. */
  readBlocks(spans: readonly BlockSpan[], done: Done<Frames>): void;
  /** Reads part of the stream for local use; at most 4 MiB. */
  read(offset: number, length: number, done: Done<Lent>): void;
  /** Hashes pieces where they lie; a verdict (1 good) for each, in order. Missing bytes are bad, not a fault. */
  verify(pieces: readonly PieceIndex[], expected: readonly PieceExpectation[], done: Done<Uint8Array>): void;
  /**
   * Hashes the blocks of a v2 piece where it lies: 32 bytes each, in order, none past the data (BEP 52). `undefined` when they do not
   * add up to what is expected, or bytes are missing.
   */
  hashLeaves(piece: PieceIndex, expected: MerkleExpectation, done: Done<Uint8Array | undefined>): void;
  /**
   * All that was stored before this call survives a power cut once `done` answers; the stamps are those afterwards.
   * After a fault nothing stored since the last good sync may be trusted, not even when a later sync succeeds: the
   * system may have dropped those bytes. Verify them.
   */
  sync(done: Done<StoreStamps>): void;
  /** Bytes free for this store. */
  space(done: Done<number>): void;
  /**
   * Moves all files below another root, or none: `FILE_UNSAFE` when a file of that name is there already. The parts record takes its
   * new name and the place of what may be left there under it. Answers with the stamps of the files as they are there.
   */
  move(to: StorePlace, done: Done<StoreStamps>): void;
  /** Deletes the files of the torrent, and folders that become empty; closes the store. */
  remove(done: Done<void>): void;
  /** Lets go of all files after what is under way. Everything asked afterwards answers `STORAGE_MISSING`, but closing again is fine. */
  close(done: Done<void>): void;
}

/**
 * Faults a store answers with: `STORAGE_MISSING` (the root is gone or another folder, or the store is closed),
 * `FILE_MISSING` (a file that was there is not; it is not made again until the store is opened anew), `FILE_UNSAFE` (a
 * link, a second name or no plain file where one is to be written), `DISK_FULL`, `DISK_READ_ONLY`, `ACCESS_DENIED`,
 * `TOO_MANY_FILES`, `IO`.
 */
export interface Storage {
  /** Bytes in the parts record of files that are wanted by now move into them first, unless the plan is `readOnly`. */
  open(plan: StorePlan, done: Done<Store>): void;
}

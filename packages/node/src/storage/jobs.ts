/**
 * What the main thread asks of its workers, and what they answer. Everything here crosses a `postMessage`, so it is
 * plain data; buffers are transferred there and back, never copied and never shared (a copy into shared memory costs
 * ten times as much, measured).
 *
 * Workers know files by name and open them through the sandbox themselves: a piece may lie in thousands of files, more
 * than can be open at once.
 * @module
 */
import type { PieceExpectation, PieceOutcome } from "@bittern/host";
import type { HostErrorCode } from "@bittern/protocol/base";

/** In place of a file's index: bytes that are zero and lie nowhere. */
export const PAD: number = -1;
/** In place of a file's index: bytes that should lie in the parts file, but never came. */
export const MISSING: number = -2;

/** A file by name. */
export interface FileName {
  /** Below its root, parts joined by "/". */
  readonly path: string;
  /** Its full length in bytes. */
  readonly length: number;
  /** It was not there when the store was opened, and may be made; else it must exist: nothing comes back silently. */
  readonly mayMake: boolean;
  /** It is the parts file, which lies below the root of parts. */
  readonly isParts: boolean;
}

/** A stretch of the stream, cut where it goes on in another file: triples of file index, position in the file, length. */
export interface Stretch {
  readonly files: readonly FileName[];
  readonly triples: readonly number[];
}

export interface StorePieceJob {
  readonly op: "store-piece";
  readonly store: number;
  readonly buffer: ArrayBuffer;
  readonly byteLength: number;
  /** Absent: written unhashed. */
  readonly expected: PieceExpectation | undefined;
  readonly stretch: Stretch;
  /** Entries of the parts file's table that are new: pairs of piece and slot. */
  readonly slots: readonly number[];
}

/** Names a store to the worker and looks at what is there. */
export interface OpenStoreJob {
  readonly op: "open-store";
  readonly store: number;
  readonly root: string;
  readonly readOnly: boolean;
  /** Where the parts file lies: a root of its own, and the path below it. */
  readonly partsRoot: string;
  readonly partsPath: string;
  readonly arePartsBeside: boolean;
  readonly pieceLength: number;
  readonly pieceCount: number;
  /** "" for pads. */
  readonly paths: readonly string[];
  /** What the root was when files lay there; see `StorePlan`. */
  readonly lastIdentity: string | undefined;
}

export interface ReadJob {
  readonly op: "read";
  readonly store: number;
  readonly stretch: Stretch;
  /** Where in the buffer each triple's bytes go. */
  readonly places: readonly number[];
  readonly buffer: ArrayBuffer;
}

/** Opens a file for reading and lends its descriptor until `close-file`. */
export interface OpenFileJob {
  readonly op: "open-file";
  readonly store: number;
  readonly path: string;
}

export interface CloseFileJob {
  readonly op: "close-file";
  readonly fd: number;
}

export interface AllocateJob {
  readonly op: "allocate";
  readonly store: number;
  readonly files: readonly FileName[];
}

/** Copies stretches of the parts file into files, then forgets table entries. */
export interface ExportJob {
  readonly op: "export";
  readonly store: number;
  readonly files: readonly FileName[];
  /** Quadruples: position in the parts file, file index, position in the file, length. */
  readonly moves: readonly number[];
  /** Pieces whose slots are free afterwards. */
  readonly freed: readonly number[];
  /** Nothing is left in the parts file: it goes. */
  readonly isEmptied: boolean;
}

export interface SyncJob {
  readonly op: "sync";
  readonly store: number;
}

export interface MoveJob {
  readonly op: "move";
  readonly store: number;
  readonly root: string;
  readonly paths: readonly string[];
  /** The parts file there, and whether it lies beside the files. */
  readonly partsPath: string;
  readonly arePartsBeside: boolean;
}

export interface RemoveJob {
  readonly op: "remove";
  readonly store: number;
  readonly paths: readonly string[];
}

export interface CloseStoreJob {
  readonly op: "close-store";
  readonly store: number;
}

/** Closes every store that nobody closed: descriptors opened in a thread outlive it. */
export interface CloseStoresJob {
  readonly op: "close-stores";
}

/** Hashes pieces where they lie. */
export interface VerifyJob {
  readonly op: "verify";
  readonly root: string;
  readonly partsRoot: string;
  readonly readOnly: boolean;
  readonly files: readonly FileName[];
  readonly pieces: readonly PieceToVerify[];
}

/** Hashes the blocks of one v2 piece where it lies. */
export interface LeavesJob extends Omit<VerifyJob, "op"> {
  readonly op: "leaves";
}

export type HashJob = VerifyJob | LeavesJob;

export interface PieceToVerify {
  readonly triples: readonly number[];
  readonly byteLength: number;
  readonly expected: PieceExpectation;
}

export type IoJob =
  | StorePieceJob
  | OpenStoreJob
  | ReadJob
  | OpenFileJob
  | CloseFileJob
  | AllocateJob
  | ExportJob
  | SyncJob
  | MoveJob
  | RemoveJob
  | CloseStoreJob
  | CloseStoresJob;

/** A fault as plain data: errors lose their class on the way. */
export interface PlainFault {
  readonly fault: HostErrorCode;
  readonly message: string;
}

/** How files were found: triples of length, modification time in milliseconds and inode, NaN where there is none. */
export type PlainStamps = Float64Array<ArrayBuffer>;

export interface OpenedStore {
  readonly stamps: PlainStamps;
  readonly rootIdentity: string;
  /** Pairs of piece and slot of the parts file's table. */
  readonly slots: readonly number[];
}

export interface StoredPiece {
  readonly outcome: PieceOutcome | PlainFault;
  readonly buffer: ArrayBuffer;
}

/** What was read lies in the buffer that was sent along, unless there is a fault. */
export interface ReadPart {
  readonly fault: PlainFault | undefined;
  readonly buffer: ArrayBuffer;
}

/** How the files named were found after what was done to them. */
export interface SyncedStore {
  readonly paths: readonly string[];
  readonly stamps: PlainStamps;
  readonly rootIdentity: string;
}

/** The answer to each job, by its `op`. */
export interface Answers {
  readonly "store-piece": StoredPiece;
  readonly "open-store": OpenedStore | PlainFault;
  readonly read: ReadPart;
  readonly "open-file": number | PlainFault;
  readonly "close-file": PlainFault | undefined;
  readonly allocate: PlainFault | undefined;
  readonly export: SyncedStore | PlainFault;
  readonly sync: SyncedStore | PlainFault;
  readonly move: SyncedStore | PlainFault;
  readonly remove: PlainFault | undefined;
  readonly "close-store": undefined;
  readonly "close-stores": undefined;
  readonly verify: Uint8Array<ArrayBuffer> | PlainFault;
  /** `undefined`: not what is expected. */
  readonly leaves: Uint8Array<ArrayBuffer> | undefined | PlainFault;
}

/** Jobs posted together: done one after the other, answered together except for those that take long. */
export interface Batch {
  readonly ids: readonly number[];
  readonly jobs: readonly (IoJob | HashJob)[];
}

export interface Replies {
  readonly ids: readonly number[];
  readonly answers: readonly unknown[];
  /** True for the one message that ends a batch: the worker is free for the next. */
  readonly isBatchEnd: boolean;
}

/**
 * Hashes the files of a new torrent with as many threads as the machine has.
 * @module
 */

import { type Stats, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { setImmediate as breathe } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { assert, HostError, NO_BYTES, UsageError } from "@bittern/protocol/base";
import { SHA1_LENGTH } from "@bittern/protocol/crypto";
import { isPowerOfTwo, pieceLayerRoot } from "@bittern/protocol/merkle";
import { diskFault } from "../faults.ts";
import { workerUrl } from "../storage/worker-url.ts";
import type { HashEnd, HashJob, StreamFile } from "./hash-job.ts";

const SHA256_LENGTH = 32;
/** Milliseconds between two words about progress. */
const PROGRESS_EVERY = 100;
/** Files looked at before others get their turn. */
const FILES_AT_ONCE = 256;

export interface HashStreamOptions {
  /** In the order of the stream. */
  readonly files: readonly StreamFile[];
  /** Bytes. */
  readonly pieceLength: number;
  /** Bytes of the whole stream. */
  readonly totalLength: number;
  /** SHA-1 a piece (BEP 3), trees (BEP 52; then every file begins at the border of a piece), or both. */
  readonly want: { readonly sha1: boolean; readonly merkle: boolean };
  /** As many as the machine runs at once when absent. */
  readonly threads?: number;
  /** Told some ten times a second. */
  readonly onProgress?: (bytesDone: number) => void;
  readonly signal?: AbortSignal;
  /** The compiled worker, where it is not found by itself. */
  readonly workerUrl?: URL;
}

/** The tree of one file. Both are empty for pads and empty files, the layer also for files of one piece. */
export interface HashedFile {
  /** 32 bytes. */
  readonly piecesRoot: Uint8Array;
  /** 32 bytes a piece. */
  readonly pieceLayer: Uint8Array;
}

export interface HashedStream {
  /** 20 bytes a piece; present when SHA-1 was wanted. */
  readonly pieces?: Uint8Array;
  /** 32 bytes a piece: the root over its part of its file; present when trees were wanted. */
  readonly pieceRoots?: Uint8Array;
  /** One for each file given; present when trees were wanted. */
  readonly files?: readonly HashedFile[];
}

/**
 * Hashes the whole stream. Throws a `UsageError` (FILE_CHANGED) when a file is not the same at the end as at the
 * beginning, and a `HostError` for what cannot be read or when `signal` says stop (ABORTED).
 */
export async function hashStream(options: HashStreamOptions): Promise<HashedStream> {
  const { files, signal } = options;
  checkStream(options);
  const stamps = await stampFiles(files);
  const job = newJob(options);
  const count = Math.max(1, Math.min(options.threads ?? availableParallelism(), Math.ceil(options.totalLength / options.pieceLength)));
  await hashTogether(job, count, options);
  if (signal?.aborted) throw new HostError("ABORTED", "hashing was given up");
  await checkUnchanged(files, stamps);
  const pieces = job.sha1 === undefined ? undefined : new Uint8Array(job.sha1).slice();
  const pieceRoots = job.roots === undefined ? undefined : new Uint8Array(job.roots).slice();
  return {
    ...(pieces === undefined ? {} : { pieces }),
    ...(pieceRoots === undefined ? {} : { pieceRoots, files: files.map((file) => treeOf(file, pieceRoots, options.pieceLength)) }),
  };
}

function checkStream({ files, pieceLength, totalLength, want }: HashStreamOptions): void {
  assert(pieceLength > 0 && totalLength >= 0, "a stream is cut into pieces");
  assert(!want.merkle || (isPowerOfTwo(pieceLength) && pieceLength >= 16 * 1024), "trees stand on a power of two of blocks");
  let end = 0;
  for (const { offset, length, isPad } of files) {
    assert(offset >= end, "files of a stream follow each other");
    assert(!want.merkle || isPad || length === 0 || offset % pieceLength === 0, "with trees a file begins at the border of a piece");
    end = offset + length;
  }
  assert(end === totalLength, "the stream ends with its last file");
}

function newJob({ files, pieceLength, totalLength, want }: HashStreamOptions): HashJob {
  const pieceCount = Math.ceil(totalLength / pieceLength);
  return {
    files: files.filter(({ length }) => length > 0),
    pieceLength,
    totalLength,
    sha1: want.sha1 ? new SharedArrayBuffer(pieceCount * SHA1_LENGTH) : undefined,
    roots: want.merkle ? new SharedArrayBuffer(pieceCount * SHA256_LENGTH) : undefined,
    next: new SharedArrayBuffer(4),
    done: new SharedArrayBuffer(8),
  };
}

/** Starts the threads, tells how far they are, and waits for all of them. */
async function hashTogether(
  job: HashJob,
  count: number,
  { onProgress, signal, workerUrl: url = workerUrl() }: HashStreamOptions,
): Promise<void> {
  const stop = (): void => {
    Atomics.store(new Int32Array(job.next), 0, 2 ** 31 - 1);
  };
  const tell = (): void => onProgress?.(Number(Atomics.load(new BigInt64Array(job.done), 0)));
  if (signal?.aborted) throw new HostError("ABORTED", "hashing was given up");
  signal?.addEventListener("abort", stop, { once: true });
  const timer = setInterval(tell, PROGRESS_EVERY);
  try {
    const ends = await Promise.all(Array.from({ length: count }, () => hashInThread(url, job, stop)));
    for (const end of ends) throwUnlessDone(end);
    tell();
  } finally {
    clearInterval(timer);
    signal?.removeEventListener("abort", stop);
  }
}

function hashInThread(url: URL, job: HashJob, stop: () => void): Promise<HashEnd> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(url, { name: "bittern create", workerData: { role: "create", job }, execArgv: [] });
    let hasEnded = false;
    const fail = (error: unknown): void => {
      if (hasEnded) return;
      // The others need not go on.
      stop();
      reject(new HostError("IO", "a hashing thread ended", { cause: error }));
    };
    worker.once("message", (end: HashEnd) => {
      hasEnded = true;
      resolve(end);
    });
    worker.once("error", fail);
    worker.once("exit", fail);
  });
}

function throwUnlessDone(end: HashEnd): void {
  if (end.end === "short") throw changedError(end.path);
  if (end.end === "error") throw diskFault(Object.assign(new Error(end.message), { code: end.code }), `reading ${end.path}`);
}

function treeOf({ offset, length, isPad }: StreamFile, pieceRoots: Uint8Array, pieceLength: number): HashedFile {
  if (isPad || length === 0) return { piecesRoot: NO_BYTES, pieceLayer: NO_BYTES };
  const first = offset / pieceLength;
  const layer = pieceRoots.slice(first * SHA256_LENGTH, (first + Math.ceil(length / pieceLength)) * SHA256_LENGTH);
  if (length <= pieceLength) return { piecesRoot: layer, pieceLayer: NO_BYTES };
  return { piecesRoot: pieceLayerRoot(layer, pieceLength), pieceLayer: layer };
}

async function stampFiles(files: readonly StreamFile[]): Promise<(Stats | undefined)[]> {
  const stamps: (Stats | undefined)[] = [];
  for (const [count, file] of files.entries()) {
    if (count % FILES_AT_ONCE === 0) await breathe();
    stamps.push(file.isPad ? undefined : stampOf(file));
  }
  for (const [at, file] of files.entries())
    if (stamps[at] !== undefined && stamps[at].size !== file.length) throw changedError(pathOf(file));
  return stamps;
}

async function checkUnchanged(files: readonly StreamFile[], before: readonly (Stats | undefined)[]): Promise<void> {
  for (const [at, after] of (await stampFiles(files)).entries()) {
    const found = before[at];
    const isSame = after?.mtimeMs === found?.mtimeMs && after?.ino === found?.ino && after?.dev === found?.dev;
    if (!isSame) throw changedError(pathOf(files[at] as StreamFile));
  }
}

function stampOf(file: StreamFile): Stats {
  try {
    return statSync(typeof file.path === "string" ? file.path : Buffer.from(file.path));
  } catch (error) {
    throw diskFault(error, `looking at ${pathOf(file)}`);
  }
}

function pathOf({ path }: StreamFile): string {
  return typeof path === "string" ? path : Buffer.from(path).toString();
}

function changedError(path: string): UsageError {
  return new UsageError("FILE_CHANGED", `${path} changed while it was hashed: wait until nobody writes to it, and start again`);
}

/**
 * One thread's share of a new torrent: takes the next piece nobody has, reads and hashes it, until none is left.
 *
 * The counter is shared memory, so no thread waits for a message; reads of 128 KiB keep what is hashed in the cache
 * (measured: the fastest of 128 KiB to 4 MiB).
 * @module
 */

import { createHash, type Hash } from "node:crypto";
import { closeSync, constants, openSync } from "node:fs";
import { BLOCK_LENGTH } from "@bittern/protocol/base";
import { SHA1_LENGTH } from "@bittern/protocol/crypto";
import { codeOf } from "../faults.ts";
import { readFully } from "../storage/file-pool.ts";
import { hashLeaves, merkleRoot } from "../storage/hashing.ts";
import type { HashEnd, HashJob, StreamFile } from "./hash-job.ts";

/** Bytes; a multiple of the 16 KiB that leaves are cut into. */
const CHUNK_LENGTH = 128 * 1024;
const SHA256_LENGTH = 32;
/** Pieces come in order: a thread that had a file open at one piece likely needs it for the next. */
const OPEN_FILES_MAX = 8;

/** Hashes until there is nothing left to hash, or something is in the way. */
export function hashPieces(job: HashJob): HashEnd {
  const share = new Share(job);
  try {
    share.work();
    return { end: "done" };
  } catch (error) {
    // The others need not go on.
    Atomics.store(new Int32Array(job.next), 0, 2 ** 31 - 1);
    if (error instanceof ShortFileError) return { end: "short", path: share.path };
    return { end: "error", path: share.path, code: codeOf(error), message: error instanceof Error ? error.message : String(error) };
  } finally {
    share.close();
  }
}

/** A file ended before its length. */
class ShortFileError extends Error {}

class Share {
  readonly #job: HashJob;
  readonly #pieceCount: number;
  readonly #next: Int32Array;
  readonly #done: BigInt64Array;
  readonly #chunk: Buffer = Buffer.allocUnsafeSlow(CHUNK_LENGTH);
  readonly #leaves: Buffer;
  /** Descriptors by file index, least recently used first. */
  readonly #open = new Map<number, number>();
  #reading: StreamFile | undefined;

  constructor(job: HashJob) {
    this.#job = job;
    this.#pieceCount = Math.ceil(job.totalLength / job.pieceLength);
    this.#next = new Int32Array(job.next);
    this.#done = new BigInt64Array(job.done);
    this.#leaves = Buffer.alloc(Math.ceil(job.pieceLength / BLOCK_LENGTH) * SHA256_LENGTH);
  }

  /** Of the file read last. */
  get path(): string {
    const path = this.#reading?.path ?? "";
    return typeof path === "string" ? path : Buffer.from(path).toString();
  }

  work(): void {
    for (let piece = Atomics.add(this.#next, 0, 1); piece < this.#pieceCount; piece = Atomics.add(this.#next, 0, 1)) {
      const length = Math.min(this.#job.pieceLength, this.#job.totalLength - piece * this.#job.pieceLength);
      this.#hash(piece, length);
      Atomics.add(this.#done, 0, BigInt(length));
    }
  }

  close(): void {
    for (const fd of this.#open.values()) closeSync(fd);
    this.#open.clear();
  }

  #hash(piece: number, length: number): void {
    const { pieceLength, sha1: sha1s, roots } = this.#job;
    const start = piece * pieceLength;
    const sha1: Hash | undefined = sha1s === undefined ? undefined : createHash("sha1");
    const first = this.#fileAt(start);
    const owner = this.#job.files[first];
    // With trees every file begins at the border of a piece, so that a piece belongs to one file; pads follow its data.
    const dataLength = owner === undefined ? 0 : Math.min(length, owner.offset + owner.length - start);
    for (let at = 0, file = first; at < length; at += CHUNK_LENGTH) {
      const chunk = this.#chunk.subarray(0, Math.min(CHUNK_LENGTH, length - at));
      file = this.#read(chunk, start + at, file);
      sha1?.update(chunk);
      if (roots !== undefined) hashLeaves(chunk.subarray(0, Math.max(0, dataLength - at)), this.#leaves, at / BLOCK_LENGTH);
    }
    if (sha1 !== undefined && sha1s !== undefined) new Uint8Array(sha1s).set(sha1.digest(), piece * SHA1_LENGTH);
    if (roots !== undefined && owner !== undefined) new Uint8Array(roots).set(this.#root(owner, dataLength), piece * SHA256_LENGTH);
  }

  /** A file no longer than a piece has a tree as small as can be; the others have whole pieces (BEP 52). */
  #root(owner: StreamFile, dataLength: number): Uint8Array {
    const { pieceLength } = this.#job;
    const blockCount = Math.ceil(dataLength / BLOCK_LENGTH);
    let leafCount = pieceLength / BLOCK_LENGTH;
    if (owner.length <= pieceLength) leafCount = 2 ** Math.ceil(Math.log2(blockCount));
    return merkleRoot(this.#leaves.subarray(0, blockCount * SHA256_LENGTH), leafCount);
  }

  /** Fills a chunk of the stream; returns the file it ended in. */
  #read(chunk: Uint8Array, offset: number, first: number): number {
    let file = first;
    for (let at = 0; at < chunk.length; ) {
      const found = this.#job.files[file];
      const position = offset + at;
      if (found !== undefined && position >= found.offset + found.length) {
        file++;
        continue;
      }
      const inFile = found !== undefined && position >= found.offset;
      const end = found === undefined ? chunk.length : (inFile ? found.offset + found.length : found.offset) - offset;
      const part = chunk.subarray(at, Math.min(chunk.length, end));
      if (found === undefined || !inFile || found.isPad) part.fill(0);
      else this.#readFile(file, found, part, position - found.offset);
      at += part.length;
    }
    return file;
  }

  #readFile(index: number, file: StreamFile, part: Uint8Array, position: number): void {
    this.#reading = file;
    if (readFully(this.#opened(index, file), part, position) < part.length) throw new ShortFileError();
  }

  #opened(index: number, file: StreamFile): number {
    const kept = this.#open.get(index);
    if (kept !== undefined) return kept;
    for (const [old, fd] of this.#open) {
      if (this.#open.size < OPEN_FILES_MAX) break;
      this.#open.delete(old);
      closeSync(fd);
    }
    const path = typeof file.path === "string" ? file.path : Buffer.from(file.path);
    const fd = openSync(path, constants.O_RDONLY + constants.O_NONBLOCK);
    this.#open.set(index, fd);
    return fd;
  }

  /** The file a position of the stream lies in, or the first after it. */
  #fileAt(offset: number): number {
    const { files } = this.#job;
    let low = 0;
    let high = files.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const file = files[middle] as StreamFile;
      if (file.offset + file.length > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

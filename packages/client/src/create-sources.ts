/**
 * Hashes files that come as streams: from memory, from a network, from an archive. Each is read once, in the torrent's order.
 * @module
 */

import { createHash, type Hash } from "node:crypto";
import { BLOCK_LENGTH, type PieceIndex, UsageError } from "@bittern/protocol/base";
import { SHA1_LENGTH } from "@bittern/protocol/crypto";
import { HASH_LENGTH, merkleRoot } from "@bittern/protocol/merkle";
import type { CreationPlan } from "@bittern/protocol/metainfo";
import { reasonOf } from "./waits.ts";

/** A file that does not lie on this machine's disks. */
export interface FileSource {
  /** Below the torrent's folder, with "/"; of a single file its name. */
  readonly path: string;
  /** Bytes. */
  readonly length: number;
  /** Its bytes, exactly `length` of them; called once, when its turn comes. */
  stream(): AsyncIterable<Uint8Array>;
}

export interface HashedPieces {
  /** 20 bytes a piece. */
  readonly pieces?: Uint8Array;
  /** 32 bytes a piece. */
  readonly pieceRoots?: Uint8Array;
}

interface HashOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (done: number, total: number) => void;
}

const ZEROS = new Uint8Array(64 * 1024);

export async function hashSources(plan: CreationPlan, sources: readonly FileSource[], options: HashOptions): Promise<HashedPieces> {
  const hasher = new PiecesHasher(plan);
  const { totalLength } = plan.layout;
  let done = 0;
  for (const file of plan.files) {
    const source = file.sourceIndex === undefined ? undefined : sources[file.sourceIndex];
    if (source === undefined) hasher.addPad(file.length);
    else
      for await (const bytes of exactly(source)) {
        if (options.signal?.aborted === true) throw reasonOf(options.signal);
        hasher.add(bytes, true);
        done += bytes.length;
        options.onProgress?.(done, totalLength);
      }
  }
  return hasher.result();
}

/** The bytes of a source; refuses one that is not as long as it said. */
async function* exactly(source: FileSource): AsyncGenerator<Uint8Array, void, void> {
  let length = 0;
  for await (const bytes of source.stream()) {
    length += bytes.length;
    if (length > source.length) break;
    yield bytes;
  }
  if (length !== source.length) {
    throw new UsageError("FILE_CHANGED", `${source.path} is not ${source.length} bytes long, as was said; say how long it is`);
  }
}

class PiecesHasher {
  readonly #plan: CreationPlan;
  readonly #pieces: Uint8Array | undefined;
  readonly #roots: Uint8Array | undefined;
  #piece: PieceIndex = 0;
  #filled = 0;
  #sha1: Hash = createHash("sha1");
  /** Leaves of the piece that are whole, and the one that is not. */
  #leaves: Uint8Array[] = [];
  #leaf: Hash = createHash("sha256");
  #leafFilled = 0;

  constructor(plan: CreationPlan) {
    const { pieceCount } = plan.layout;
    this.#plan = plan;
    this.#pieces = plan.version === "v2" ? undefined : new Uint8Array(pieceCount * SHA1_LENGTH);
    this.#roots = plan.version === "v1" ? undefined : new Uint8Array(pieceCount * HASH_LENGTH);
  }

  addPad(length: number): void {
    for (let left = length; left > 0; left -= ZEROS.length) this.add(ZEROS.subarray(0, Math.min(left, ZEROS.length)), false);
  }

  /** `isData`: padding counts for SHA-1, not for the tree. */
  add(bytes: Uint8Array, isData: boolean): void {
    for (let at = 0; at < bytes.length; ) {
      const room = this.#plan.layout.pieceByteLength(this.#piece) - this.#filled;
      const part = bytes.subarray(at, at + room);
      if (this.#pieces !== undefined) this.#sha1.update(part);
      if (isData && this.#roots !== undefined) this.#addLeaves(part);
      this.#filled += part.length;
      at += part.length;
      if (part.length === room) this.#endPiece();
    }
  }

  result(): HashedPieces {
    const [pieces, pieceRoots] = [this.#pieces, this.#roots];
    return { ...(pieces === undefined ? {} : { pieces }), ...(pieceRoots === undefined ? {} : { pieceRoots }) };
  }

  #addLeaves(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + BLOCK_LENGTH - this.#leafFilled);
      this.#leaf.update(part);
      this.#leafFilled += part.length;
      at += part.length;
      if (this.#leafFilled === BLOCK_LENGTH) this.#endLeaf();
    }
  }

  #endLeaf(): void {
    this.#leaves.push(this.#leaf.digest());
    this.#leaf = createHash("sha256");
    this.#leafFilled = 0;
  }

  #endPiece(): void {
    const { merkle } = this.#plan.hashing(this.#piece);
    this.#pieces?.set(this.#sha1.digest(), this.#piece * SHA1_LENGTH);
    this.#sha1 = createHash("sha1");
    if (this.#leafFilled > 0) this.#endLeaf();
    if (merkle !== undefined) this.#roots?.set(merkleRoot(Buffer.concat(this.#leaves), merkle.leafCount), this.#piece * HASH_LENGTH);
    this.#leaves = [];
    this.#piece++;
    this.#filled = 0;
  }
}

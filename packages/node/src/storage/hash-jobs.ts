/**
 * The jobs of the hash workers: pieces are read where they lie and judged. What cannot be read is missing, and bad.
 * @module
 */
import { HostError } from "@bittern/protocol/base";
import { codeOf, diskFault } from "../faults.ts";
import { FilePool, readFully } from "./file-pool.ts";
import { PieceHasher } from "./hashing.ts";
import { type Answers, type FileName, type HashJob, PAD, type PieceToVerify, type PlainFault } from "./jobs.ts";
import { Sandbox } from "./paths.ts";

/** Bytes read at once; a multiple of the 16 KiB that leaves are cut into. */
const CHUNK_LENGTH = 256 * 1024;
/** Files kept open by one worker while it works on one job. */
const OPEN_FILES_MAX = 16;

/** What says that bytes are missing, and not that the disk cannot be asked. */
const MISSING_CODES = new Set(["ENOENT", "ENOTDIR", "ELOOP", "EISDIR", "EIO", "EACCES", "ENXIO"]);

let chunk: Buffer | undefined;

/** The answer; never throws what the disk says. */
export function doHashJob(job: HashJob): Answers[HashJob["op"]] {
  const reader = new StretchReader(job);
  try {
    return job.op === "verify" ? verdictsOn(job.pieces, reader) : leavesOf(job.pieces, reader);
  } catch (error) {
    return plainFault(error);
  } finally {
    reader.close();
  }
}

function plainFault(error: unknown): PlainFault {
  const { code, message } = diskFault(error, "verifying");
  return { fault: code, message };
}

/** A verdict a piece (1 good), in order. */
function verdictsOn(pieces: readonly PieceToVerify[], reader: StretchReader): Uint8Array<ArrayBuffer> {
  const verdicts = new Uint8Array(pieces.length);
  for (const [at, piece] of pieces.entries()) verdicts[at] = hashPiece(piece, reader)?.outcome().good === true ? 1 : 0;
  return verdicts;
}

/** The leaves of a piece that is good. */
function leavesOf([piece]: readonly PieceToVerify[], reader: StretchReader): Uint8Array<ArrayBuffer> | undefined {
  const hasher = piece === undefined ? undefined : hashPiece(piece, reader);
  return hasher?.outcome().good === true ? hasher.leaves() : undefined;
}

/** `undefined` when bytes are missing. */
function hashPiece({ triples, byteLength, expected }: PieceToVerify, reader: StretchReader): PieceHasher | undefined {
  chunk ??= Buffer.allocUnsafeSlow(CHUNK_LENGTH);
  const hasher = new PieceHasher(expected);
  reader.begin(triples);
  for (let at = 0; at < byteLength; at += chunk.length) {
    const bytes = chunk.subarray(0, Math.min(chunk.length, byteLength - at));
    if (!reader.fill(bytes)) return undefined;
    hasher.update(bytes);
  }
  return hasher;
}

/** Reads a stretch of the stream in order, file after file. */
class StretchReader {
  readonly #files: readonly FileName[];
  readonly #sandboxes: { readonly files: Sandbox; readonly parts: Sandbox };
  readonly #pool = new FilePool(OPEN_FILES_MAX);
  #triples: readonly number[] = [];
  #at = 0;
  #within = 0;

  constructor({ files, root, partsRoot, readOnly }: HashJob) {
    this.#files = files;
    this.#sandboxes = {
      files: new Sandbox(root, { followsLinks: readOnly }),
      parts: new Sandbox(partsRoot, { followsLinks: false }),
    };
  }

  begin(triples: readonly number[]): void {
    this.#triples = triples;
    this.#at = 0;
    this.#within = 0;
  }

  /** False when bytes are missing. */
  fill(bytes: Uint8Array): boolean {
    let filled = 0;
    while (filled < bytes.length) {
      const index = this.#triples[this.#at];
      if (index === undefined) return false;
      const left = (this.#triples[this.#at + 2] as number) - this.#within;
      const part = bytes.subarray(filled, filled + Math.min(left, bytes.length - filled));
      if (index === PAD) part.fill(0);
      else if (!this.#read(index, part, (this.#triples[this.#at + 1] as number) + this.#within)) return false;
      filled += part.length;
      this.#within += part.length;
      if (part.length < left) continue;
      this.#at += 3;
      this.#within = 0;
    }
    return true;
  }

  close(): void {
    this.#pool.dropAll();
    this.#sandboxes.files.close();
    this.#sandboxes.parts.close();
  }

  #read(index: number, bytes: Uint8Array, position: number): boolean {
    const file = this.#files[index];
    if (file === undefined) return false;
    try {
      const sandbox = file.isParts ? this.#sandboxes.parts : this.#sandboxes.files;
      const fd = this.#pool.get(`${file.isParts}:${file.path}`, false, () => sandbox.openToRead(file.path));
      return readFully(fd, bytes, position) === bytes.length;
    } catch (error) {
      if (MISSING_CODES.has(codeOf(error)) || (error instanceof HostError && error.code === "FILE_UNSAFE")) return false;
      throw error;
    }
  }
}

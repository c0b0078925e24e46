/**
 * Which pieces are verified, which files are wanted, and what the one means for the other, in bytes and in whole files.
 *
 * Every sum is kept running: a torrent of a million pieces asks a million times how far it is.
 * @module
 */
import { Bitfield, type FileIndex, type PieceIndex } from "@bittern/protocol/base";
import type { Layout } from "@bittern/protocol/metainfo";
import { piecePriorities } from "../../picker/priority.ts";
import type { FilePriority } from "../../session/command.ts";

export class FileTable {
  /** Verified pieces; changed through `add`, `remove` and `clear` only. */
  readonly have: Bitfield;
  readonly #layout: Layout;
  #priorities: FilePriority[];
  /** Bytes of wanted files in each piece; made anew when priorities change. */
  #wantedBytes: Float64Array;
  /** Bytes of all files in each piece: pads count for nothing. */
  readonly #dataBytes: Float64Array;
  /** Missing pieces of each file. */
  readonly #missingPieces: Uint32Array;
  #wantedLength = 0;
  #verifiedWanted = 0;
  #missingLength = 0;

  constructor(layout: Layout, priorities: readonly FilePriority[] | undefined) {
    this.#layout = layout;
    this.have = new Bitfield(layout.pieceCount);
    this.#priorities = layout.files.map((_, index) => priorities?.[index] ?? 1);
    this.#dataBytes = this.#bytesPerPiece(() => true);
    this.#wantedBytes = this.#sumWanted();
    this.#missingPieces = new Uint32Array(layout.files.length);
    this.clear();
  }

  get priorities(): readonly FilePriority[] {
    return this.#priorities;
  }
  /** Bytes of wanted files, all and verified. */
  get wantedLength(): number {
    return this.#wantedLength;
  }
  get verifiedWantedLength(): number {
    return this.#verifiedWanted;
  }
  /** Bytes of all files that are missing. */
  get missingLength(): number {
    return this.#missingLength;
  }
  /** Bytes of a piece that belong to files. */
  contentLength(piece: PieceIndex): number {
    return this.#dataBytes[piece] as number;
  }
  /** All wanted bytes are verified. */
  get isDone(): boolean {
    return this.#verifiedWanted === this.#wantedLength;
  }

  /** A piece is verified. */
  add(piece: PieceIndex): void {
    if (!this.have.add(piece)) return;
    this.#verifiedWanted += this.#wantedBytes[piece] as number;
    this.#missingLength -= this.#dataBytes[piece] as number;
    for (const file of this.#filesIn(piece)) this.#missingPieces[file] = (this.#missingPieces[file] as number) - 1;
  }

  /** A piece is missing after all; false when it was missing before. */
  remove(piece: PieceIndex): boolean {
    if (!this.have.remove(piece)) return false;
    this.#verifiedWanted -= this.#wantedBytes[piece] as number;
    this.#missingLength += this.#dataBytes[piece] as number;
    for (const file of this.#filesIn(piece)) this.#missingPieces[file] = (this.#missingPieces[file] as number) + 1;
    return true;
  }

  clear(): void {
    this.have.clearAll();
    this.#verifiedWanted = 0;
    this.#missingLength = 0;
    for (const bytes of this.#dataBytes) this.#missingLength += bytes;
    this.#layout.files.forEach((file, index) => {
      const { first, end } = this.#layout.piecesOf(index);
      this.#missingPieces[index] = file.isPad || file.length === 0 ? 0 : end - first;
    });
  }

  prioritize(priorities: readonly FilePriority[]): void {
    this.#priorities = this.#layout.files.map((_, index) => priorities[index] ?? 1);
    this.#wantedBytes = this.#sumWanted();
    this.#verifiedWanted = 0;
    for (const piece of this.have) this.#verifiedWanted += this.#wantedBytes[piece] as number;
  }

  /** By file index; pads are never wanted. */
  wanted(): boolean[] {
    return this.#layout.files.map((file, index) => !file.isPad && (this.#priorities[index] ?? 1) > 0);
  }

  piecePriorities(): Uint8Array {
    const files = this.#layout.files.map(({ offset, length, isPad }, index) => ({
      offset,
      length,
      isPad,
      priority: this.#priorities[index] ?? 1,
    }));
    return piecePriorities(files, this.#layout);
  }

  /** Verified bytes of each file. */
  progress(): number[] {
    return this.#layout.files.map((file, index) => (file.isPad ? 0 : this.#verifiedOf(index)));
  }

  /** Files that are whole with this piece, which is verified already. */
  completedBy(piece: PieceIndex): FileIndex[] {
    return this.#filesIn(piece).filter((file) => this.#missingPieces[file] === 0);
  }

  #filesIn(piece: PieceIndex): FileIndex[] {
    const files: FileIndex[] = [];
    for (const { fileIndex, length } of this.#layout.spans(piece, 0, this.#layout.pieceByteLength(piece))) {
      if (length > 0 && this.#layout.files[fileIndex]?.isPad === false) files.push(fileIndex);
    }
    return files;
  }

  #verifiedOf(index: FileIndex): number {
    const file = this.#layout.files[index];
    if (file === undefined || file.length === 0) return 0;
    if (this.#missingPieces[index] === 0) return file.length;
    const { first, end } = this.#layout.piecesOf(index);
    const { pieceLength } = this.#layout;
    let verified = 0;
    for (let piece = first; piece < end; piece++) {
      if (this.have.has(piece)) verified += overlap(file, piece * pieceLength, pieceLength);
    }
    return verified;
  }

  #sumWanted(): Float64Array {
    // As a rule all are wanted: a second walk over thousands of files is spared.
    const isAll = this.#priorities.every((priority) => priority > 0);
    const bytes = isAll ? this.#dataBytes.slice() : this.#bytesPerPiece((index) => (this.#priorities[index] ?? 1) > 0);
    this.#wantedLength = 0;
    for (const length of bytes) this.#wantedLength += length;
    return bytes;
  }

  #bytesPerPiece(counts: (file: FileIndex) => boolean): Float64Array {
    const { pieceLength, pieceCount, files } = this.#layout;
    const bytes = new Float64Array(pieceCount);
    files.forEach((file, index) => {
      if (file.isPad || file.length === 0 || !counts(index)) return;
      const last = Math.floor((file.offset + file.length - 1) / pieceLength);
      for (let piece = Math.floor(file.offset / pieceLength); piece <= last; piece++) {
        bytes[piece] = (bytes[piece] as number) + overlap(file, piece * pieceLength, pieceLength);
      }
    });
    return bytes;
  }
}

/** Bytes of the file that lie in the range. */
function overlap(file: { readonly offset: number; readonly length: number }, begin: number, length: number): number {
  return Math.min(file.offset + file.length, begin + length) - Math.max(file.offset, begin);
}

/**
 * What one node has of a pattern content: no bytes, only which pieces are there and in which state.
 *
 * A piece is written first and durable after a sync. A power cut keeps, drops or tears each piece that was not: torn
 * ones are there and wrong.
 * @module
 */
import { Bitfield, type PieceIndex } from "@bittern/protocol/base";
import type { SeededRandom } from "../random.ts";
import type { TorrentContent } from "./content.ts";

export class Holding {
  readonly content: TorrentContent;
  /** Folder the file lies in. */
  root: string;
  /** The file was made. */
  exists = false;
  modifiedMillis = 0;
  readonly inode: number;
  /** Pieces whose bytes are there, right or wrong. */
  readonly written: Bitfield;
  /** Those of them with wrong bytes. */
  readonly wrong: Bitfield;
  /** Those that went wrong by themselves: nobody can know of it without reading. */
  readonly rotten: Bitfield;
  #durable: Bitfield;
  #durableWrong: Bitfield;
  #isDurablyThere = false;
  /** Parts of pieces written in runs: bytes that are there, and whether all were right. */
  readonly #partial: Map<PieceIndex, { length: number; isRight: boolean }> = new Map();

  constructor(content: TorrentContent, root: string, inode: number) {
    this.content = content;
    this.root = root;
    this.inode = inode;
    this.written = new Bitfield(content.pieceCount);
    this.wrong = new Bitfield(content.pieceCount);
    this.rotten = new Bitfield(content.pieceCount);
    this.#durable = new Bitfield(content.pieceCount);
    this.#durableWrong = new Bitfield(content.pieceCount);
  }

  /** Whether the bytes of a piece are there and right. */
  isGood(piece: PieceIndex): boolean {
    return this.written.has(piece) && !this.wrong.has(piece);
  }

  /** Whether what was stored is what is there, as far as anybody can be blamed: rot does not count. */
  isKept(piece: PieceIndex): boolean {
    return this.written.has(piece) && (!this.wrong.has(piece) || this.rotten.has(piece));
  }

  /** A byte of a piece turns over. */
  rot(piece: PieceIndex): void {
    this.wrong.add(piece);
    this.rotten.add(piece);
  }

  /** A whole piece was written. */
  put(piece: PieceIndex, isRight: boolean): void {
    this.exists = true;
    this.#partial.delete(piece);
    this.written.add(piece);
    this.rotten.remove(piece);
    if (isRight) this.wrong.remove(piece);
    else this.wrong.add(piece);
  }

  /** Part of a piece was written; a piece counts as written once all of its bytes were. */
  putRun(piece: PieceIndex, length: number, isRight: boolean): void {
    this.exists = true;
    const partial = this.#partial.get(piece) ?? { length: 0, isRight: true };
    partial.length += length;
    partial.isRight &&= isRight;
    this.#partial.set(piece, partial);
    if (partial.length >= this.content.lengthOf(piece)) this.put(piece, partial.isRight);
  }

  /** What is there now outlives a power cut. */
  sync(): void {
    this.#durable = this.written.copy();
    this.#durableWrong = this.wrong.copy();
    this.#isDurablyThere = this.exists;
  }

  /** The power is cut: each piece that was not durable is kept, lost or torn. */
  cutPower(random: SeededRandom): void {
    this.#partial.clear();
    for (const piece of this.written) {
      const wasDurable = this.#durable.has(piece) && this.#durableWrong.has(piece) === this.wrong.has(piece);
      const fate = wasDurable ? 0 : random.whole(0, 2);
      if (fate === 1) {
        this.written.remove(piece);
        this.wrong.remove(piece);
      }
      if (fate === 2) this.wrong.add(piece);
      if (fate !== 0) this.rotten.remove(piece);
    }
    if (this.written.isEmpty && !this.#isDurablyThere) this.exists = false;
  }

  /** The file is deleted. */
  erase(): void {
    this.exists = false;
    this.#partial.clear();
    this.written.clearAll();
    this.wrong.clearAll();
    this.rotten.clearAll();
  }
}

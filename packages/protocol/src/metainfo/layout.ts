/**
 * How the files of a torrent lie in its pieces (BEP 3, 47, 52).
 *
 *     v1, hybrid    |file one|file two  |pad|file three|       one stream without gaps; a hybrid pads every file to the border of a piece
 *     pieces        |    0    |    1    |    2    | 3 |
 *
 *     v2            |file one|. . . . . |file two      |. .    every file begins at the border of a piece; the gaps are not part of any piece
 *     pieces        |   0    |          |    1    | 2  |
 *
 * Places in the stream count the gaps of v2 too, so a piece always begins at its index times the piece length.
 * @module
 */

import { assert, BLOCK_LENGTH, type FileIndex, type PieceIndex, toHex } from "../base/index.ts";
import { SHA1_LENGTH } from "../crypto/index.ts";
import { HASH_LENGTH, leafCountOf } from "../merkle/index.ts";

/** A file of the stream as it lies on disk. */
export interface LayoutFile {
  /** Below the root, the top folder included. */
  readonly path: readonly string[];
  /** Bytes. */
  readonly length: number;
  readonly isPad: boolean;
  /** Where the file begins in the stream. */
  readonly offset: number;
  /** 32 bytes; absent in v1 and for an empty file. */
  readonly piecesRoot?: Uint8Array;
}

/** A stretch of one piece. */
export interface PieceRange {
  readonly begin: number;
  readonly length: number;
}

/** Where a stretch of a piece lies on disk. */
export interface FileSpan {
  readonly fileIndex: FileIndex;
  readonly fileOffset: number;
  readonly length: number;
}

/** What a piece must hash to; at least one of the two is there, and all that are there must agree. The shape the host asks for. */
export interface PieceExpectation {
  /** 20 bytes: SHA-1 of the piece, pad bytes as zeros. */
  readonly sha1?: Uint8Array;
  readonly merkle?: MerkleExpectation;
}

/** SHA-256 tree over the 16 KiB blocks of a piece. */
export interface MerkleExpectation {
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** A power of two; leaves past the data are 32 zero bytes. */
  readonly leafCount: number;
  /** Bytes of the piece that belong to its file: what follows is padding. */
  readonly dataLength: number;
}

export interface LayoutOptions {
  readonly pieceLength: number;
  /** In the order of the stream, with their places in it. */
  readonly files: readonly LayoutFile[];
  /** True for a v2-only torrent: gaps between files belong to no piece. */
  readonly hasGaps: boolean;
  /** SHA-1 of each piece, one behind the other; absent in v2. */
  readonly pieces?: Uint8Array;
  /** Piece layers by root in hex, of the files longer than a piece; those that are not known yet are missing. */
  readonly pieceLayers: ReadonlyMap<string, Uint8Array>;
}

interface EmptyRanges {
  readonly piece: PieceIndex;
  readonly pads: readonly PieceRange[];
  readonly all: readonly PieceRange[];
}

const NO_RANGES: readonly PieceRange[] = [];

/** Pieces, blocks, files and hashes of one torrent; immutable. */
export class Layout {
  readonly pieceLength: number;
  readonly pieceCount: number;
  /** Length of the whole stream in bytes, the gaps of v2 included. */
  readonly totalLength: number;
  readonly files: readonly LayoutFile[];
  readonly #options: LayoutOptions;
  /** Files that hold bytes, by index, and where each begins: what a place is searched in. */
  readonly #filled: readonly FileIndex[];
  readonly #hasPads: boolean;
  /** What was found last of one piece: it is asked for each of its blocks, and there may be 200,000 pads in it. */
  #empty: EmptyRanges | undefined;

  constructor(options: LayoutOptions) {
    const { files, pieceLength } = options;
    this.#options = options;
    this.files = files;
    this.pieceLength = pieceLength;
    this.#filled = [...files.keys()].filter((index) => (files[index] as LayoutFile).length > 0);
    this.#hasPads = files.some((file) => file.isPad);
    const last = files[this.#filled.at(-1) ?? -1];
    this.totalLength = last === undefined ? 0 : last.offset + last.length;
    this.pieceCount = Math.ceil(this.totalLength / pieceLength);
    assert(options.pieces === undefined || options.pieces.length === this.pieceCount * SHA1_LENGTH, "every piece has its hash");
  }

  /** The same layout with other piece layers. */
  withPieceLayers(pieceLayers: ReadonlyMap<string, Uint8Array>): Layout {
    return new Layout({ ...this.#options, pieceLayers });
  }

  /** Bytes of a piece on the wire. The last of the stream may be shorter, and in v2 the last of every file. */
  pieceByteLength(piece: PieceIndex): number {
    const begin = this.#pieceBegin(piece);
    const end = this.#options.hasGaps ? this.#fileEnd(this.#fileAt(begin)) : this.totalLength;
    return Math.min(this.pieceLength, end - begin);
  }

  blockCount(piece: PieceIndex): number {
    return Math.ceil(this.pieceByteLength(piece) / BLOCK_LENGTH);
  }

  /** The stretches of a piece that are padding, in order: known to be zeros, so nobody is asked for them. */
  padRanges(piece: PieceIndex): readonly PieceRange[] {
    return this.#hasPads ? this.#emptyOf(piece).pads : NO_RANGES;
  }

  /** What a whole piece holds that belongs to no file: its padding, and what it lacks to the piece length. */
  emptyRanges(piece: PieceIndex): readonly PieceRange[] {
    return this.#emptyOf(piece).all;
  }

  #emptyOf(piece: PieceIndex): EmptyRanges {
    if (this.#empty?.piece === piece) return this.#empty;
    const pads = this.#hasPads ? this.#findPads(piece) : NO_RANGES;
    const begin = this.pieceByteLength(piece);
    const all = begin === this.pieceLength ? pads : [...pads, { begin, length: this.pieceLength - begin }];
    this.#empty = { piece, pads, all };
    return this.#empty;
  }

  #findPads(piece: PieceIndex): readonly PieceRange[] {
    const ranges: PieceRange[] = [];
    let begin = 0;
    for (const { fileIndex, length } of this.spans(piece, 0, this.pieceByteLength(piece))) {
      if (this.#file(fileIndex).isPad) ranges.push({ begin, length });
      begin += length;
    }
    return ranges;
  }

  /** The pieces that hold bytes of a file, `end` excluded; none for an empty file. */
  piecesOf(file: FileIndex): { readonly first: PieceIndex; readonly end: PieceIndex } {
    const { offset, length } = this.#file(file);
    const first = Math.floor(offset / this.pieceLength);
    return { first, end: length === 0 ? first : Math.ceil((offset + length) / this.pieceLength) };
  }

  /** Where a stretch of a piece lies, file by file, pads included. */
  spans(piece: PieceIndex, begin: number, length: number): readonly FileSpan[] {
    assert(begin >= 0 && length >= 0 && begin + length <= this.pieceByteLength(piece), "the stretch lies in its piece");
    const spans: FileSpan[] = [];
    let place = this.#pieceBegin(piece) + begin;
    const end = place + length;
    for (let at = this.#filledAt(place); place < end; at++) {
      const fileIndex = this.#filled[at] as FileIndex;
      const file = this.#file(fileIndex);
      const taken = Math.min(end, file.offset + file.length) - place;
      spans.push({ fileIndex, fileOffset: place - file.offset, length: taken });
      place += taken;
    }
    return spans;
  }

  /** What a piece must hash to; `undefined` while a v2 torrent does not know (piece layers come from peers after a magnet link). */
  expectation(piece: PieceIndex): PieceExpectation | undefined {
    const sha1 = this.#options.pieces?.subarray(piece * SHA1_LENGTH, (piece + 1) * SHA1_LENGTH);
    const merkle = this.#merkleExpectation(piece);
    // A hybrid whose layers have not come yet goes on by its v1 half: a swarm of v1 clients will never send them.
    if (merkle === undefined) return sha1 === undefined ? undefined : { sha1 };
    return sha1 === undefined ? { merkle } : { sha1, merkle };
  }

  /** Whether the piece layer of a file is known. */
  hasPieceLayer(file: { readonly piecesRoot?: Uint8Array }): boolean {
    return file.piecesRoot !== undefined && this.#options.pieceLayers.has(toHex(file.piecesRoot));
  }

  #merkleExpectation(piece: PieceIndex): MerkleExpectation | undefined {
    const begin = this.#pieceBegin(piece);
    const { piecesRoot, offset, length } = this.#file(this.#fileAt(begin));
    if (piecesRoot === undefined) return undefined;
    const dataLength = Math.min(this.pieceLength, offset + length - begin);
    if (length <= this.pieceLength) return { root: piecesRoot, leafCount: leafCountOf(length), dataLength };
    const layer = this.#options.pieceLayers.get(toHex(piecesRoot));
    if (layer === undefined) return undefined;
    const at = ((begin - offset) / this.pieceLength) * HASH_LENGTH;
    return { root: layer.subarray(at, at + HASH_LENGTH), leafCount: this.pieceLength / BLOCK_LENGTH, dataLength };
  }

  #pieceBegin(piece: PieceIndex): number {
    assert(Number.isInteger(piece) && piece >= 0 && piece < this.pieceCount, "the piece lies in the torrent");
    return piece * this.pieceLength;
  }

  #file(index: FileIndex): LayoutFile {
    const file = this.files[index];
    assert(file !== undefined, "the file lies in the torrent");
    return file;
  }

  #fileEnd(index: FileIndex): number {
    const { offset, length } = this.#file(index);
    return offset + length;
  }

  /** The file a place belongs to. */
  #fileAt(place: number): FileIndex {
    return this.#filled[this.#filledAt(place)] as FileIndex;
  }

  /** Position among the filled files of the last that begins at `place` or before. */
  #filledAt(place: number): number {
    let low = 0;
    let high = this.#filled.length;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#file(this.#filled[middle] as FileIndex).offset <= place) low = middle;
      else high = middle;
    }
    return low;
  }
}

/**
 * The hash tree of one file (BEP 52), as far as it is known: answers hash requests, and takes answers that prove themselves.
 *
 * What is kept is the piece layer, the nodes above it once it is whole, and the leaves of the few pieces looked at last:
 * a file of 10 GiB has 20 MB of leaves, and hardly any is ever asked for. Whoever has the file can hash them again (`lacking`).
 * @module
 */
import { assert, Bitfield, BLOCK_LENGTH, equalBytes } from "../base/index.ts";
import { sha256Node } from "../crypto/index.ts";
import { HASHES_MAX, type HashRequest, isHashRequest, PIECE_LEAVES_MAX, provenLevel, uncleCount } from "./range.ts";
import { HASH_LENGTH, leafCountOf, log2, merkleRoot, parents, pieceLevel, powerOfTwoFrom, zeroHash } from "./root.ts";

/** Bytes of leaves that are kept. */
const LEAVES_LENGTH_MAX = 1024 * 1024;

export interface HashTreeOptions {
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** Bytes; not 0, an empty file has no tree. */
  readonly fileLength: number;
  readonly pieceLength: number;
}

export class HashTree {
  readonly fileLength: number;
  readonly pieceLength: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  readonly pieceCount: number;
  /** Levels between the leaves and the root. */
  readonly height: number;
  /** The level of pieces; of the root for a file of one piece. */
  readonly pieceLevel: number;
  readonly #pieceHashes: Uint8Array<ArrayBuffer>;
  readonly #known: Bitfield;
  /** Levels from the pieces to below the root, 32 bytes a node, once all pieces are known and somebody asked. */
  #upper: readonly Uint8Array[] | undefined;
  /** Leaves by piece, the latest last. */
  readonly #leaves = new Map<number, Uint8Array>();

  constructor({ root, fileLength, pieceLength: length }: HashTreeOptions) {
    assert(fileLength > 0 && root.length === HASH_LENGTH, "a tree has a root of 32 bytes over at least one byte");
    this.root = root;
    this.fileLength = fileLength;
    this.pieceLength = length;
    this.pieceCount = Math.ceil(fileLength / length);
    this.height = log2(leafCountOf(fileLength));
    this.pieceLevel = Math.min(pieceLevel(length), this.height);
    this.#pieceHashes = new Uint8Array(this.pieceCount * HASH_LENGTH);
    this.#known = new Bitfield(this.pieceCount);
    if (this.pieceCount === 1) this.#setPieceHash(0, root);
  }

  /** True once the hash of every piece is known. */
  get isWhole(): boolean {
    return this.#known.isFull;
  }

  /** Takes the whole piece layer, 32 bytes a piece; false, and nothing changes, when it does not add up to the root. Copies. */
  setLayer(layer: Uint8Array): boolean {
    if (layer.length !== this.#pieceHashes.length) return false;
    const root = merkleRoot(layer, powerOfTwoFrom(this.pieceCount), this.pieceLevel);
    if (!equalBytes(root, this.root)) return false;
    this.#pieceHashes.set(layer);
    this.#known.setAll();
    return true;
  }

  /** The whole piece layer, 32 bytes a piece; to be asked for once `isWhole`. A copy. */
  pieceLayer(): Uint8Array {
    assert(this.isWhole, "every piece hash is known");
    return this.#pieceHashes.slice();
  }

  /** The hash of a piece; `undefined` while it is not known. A view. */
  pieceHash(piece: number): Uint8Array | undefined {
    return this.#known.has(piece) ? this.#pieceHashes.subarray(piece * HASH_LENGTH, (piece + 1) * HASH_LENGTH) : undefined;
  }

  /**
   * Takes the leaves of one piece, 32 bytes a block, those past the end of the file left out; false when they do not add up to
   * the piece, or its hash is not known. Only the leaves of the latest pieces are kept.
   */
  setLeaves(piece: number, leaves: Uint8Array): boolean {
    const pieceHash = this.pieceHash(piece);
    if (pieceHash === undefined || leaves.length !== this.#leafCount(piece) * HASH_LENGTH) return false;
    if (!equalBytes(merkleRoot(leaves, 2 ** this.pieceLevel), pieceHash)) return false;
    this.#leaves.delete(piece);
    this.#leaves.set(piece, new Uint8Array(leaves));
    let oldest = this.#leaves.keys().next();
    while (this.#leaves.size * 2 ** this.pieceLevel * HASH_LENGTH > LEAVES_LENGTH_MAX && this.#leaves.size > 1 && !oldest.done) {
      this.#leaves.delete(oldest.value);
      oldest = this.#leaves.keys().next();
    }
    return true;
  }

  /** The leaves of a piece, if they are among those kept. */
  leaves(piece: number): Uint8Array | undefined {
    return this.#leaves.get(piece);
  }

  forgetLeaves(): void {
    this.#leaves.clear();
  }

  /**
   * The pieces whose leaves have to be set before the request can be answered; `undefined` when it makes no sense. Ranges below the
   * pieces cover 512 blocks at most, or one piece: so many leaves are kept, and reading more for one answer would be too much.
   */
  lacking(request: HashRequest): readonly number[] | undefined {
    const { baseLayer, index, length } = request;
    const lengthMax = baseLayer === 0 ? Math.max(HASHES_MAX, Math.min(PIECE_LEAVES_MAX, 2 ** this.pieceLevel)) : HASHES_MAX;
    if (!isHashRequest(request, this.height, lengthMax)) return undefined;
    if (baseLayer >= this.pieceLevel) return [];
    const perPiece = 2 ** (this.pieceLevel - baseLayer);
    const leafCount = length * 2 ** baseLayer;
    if (leafCount > Math.max(HASHES_MAX, 2 ** this.pieceLevel)) return undefined;
    const end = Math.min(this.pieceCount, Math.ceil((index + length) / perPiece));
    const lacking: number[] = [];
    // Uncles below the pieces are in the same piece as the hashes they go with.
    for (let piece = Math.floor(index / perPiece); piece < end; piece++) if (!this.#leaves.has(piece)) lacking.push(piece);
    return lacking;
  }

  /** The requests whose answers make the piece layer whole, without the parts that are here. */
  missingRequests(): HashRequest[] {
    const requests: HashRequest[] = [];
    const length = Math.min(HASHES_MAX, powerOfTwoFrom(this.pieceCount));
    for (let index = 0; index < this.pieceCount; index += length) {
      const end = Math.min(index + length, this.pieceCount);
      let known = 0;
      for (let piece = index; piece < end; piece++) if (this.#known.has(piece)) known++;
      // All the way up: the root is the only node that is surely known.
      if (known < end - index) requests.push({ baseLayer: this.pieceLevel, index, length, proofLayers: this.height - this.pieceLevel - 1 });
    }
    return requests;
  }

  /** The hashes a request asks for, uncles behind them; `undefined` when it makes no sense or asks for what is not known. Fresh bytes. */
  answer(request: HashRequest): Uint8Array | undefined {
    if (this.lacking(request)?.length !== 0) return undefined;
    const { baseLayer, index, length } = request;
    const uncles = uncleCount(request);
    const hashes = new Uint8Array((length + uncles) * HASH_LENGTH);
    for (let at = 0; at < length; at++) if (!this.#copyNode(baseLayer, index + at, hashes, at)) return undefined;
    let level = baseLayer + log2(length);
    let node = index / length;
    for (let uncle = 0; uncle < uncles; uncle++) {
      if (!this.#copyNode(level, siblingOf(node), hashes, length + uncle)) return undefined;
      level++;
      node = Math.floor(node / 2);
    }
    return hashes;
  }

  /**
   * Takes the answer to a request for piece hashes or for leaves; of leaves, those of whole pieces are kept. False, and nothing
   * changes, when the answer is malformed or does not add up to a node that is known: whoever sent it lied.
   */
  accept(request: HashRequest, hashes: Uint8Array): boolean {
    if (!isHashRequest(request, this.height) || hashes.length !== (request.length + uncleCount(request)) * HASH_LENGTH) return false;
    const { baseLayer, index, length } = request;
    if (baseLayer !== this.pieceLevel && baseLayer !== 0) return false;
    const base = hashes.subarray(0, length * HASH_LENGTH);
    const top = this.#fold(request, hashes);
    const level = provenLevel(request);
    const known = this.#node(level, Math.floor(index / 2 ** (level - baseLayer)));
    if (known === undefined || !equalBytes(top, known)) return false;
    if (baseLayer === this.pieceLevel) this.#storePieceHashes(index, base);
    else this.#storeLeaves(index, base);
    return true;
  }

  /** What the hashes and their uncles add up to. */
  #fold(request: HashRequest, hashes: Uint8Array): Uint8Array {
    const { index, length } = request;
    const pair = new Uint8Array(2 * HASH_LENGTH);
    let top: Uint8Array = merkleRoot(hashes.subarray(0, length * HASH_LENGTH), length);
    let node = index / length;
    for (let at = length * HASH_LENGTH; at < hashes.length; at += HASH_LENGTH) {
      const isRight = node % 2 === 1;
      pair.set(top, isRight ? HASH_LENGTH : 0);
      pair.set(hashes.subarray(at, at + HASH_LENGTH), isRight ? 0 : HASH_LENGTH);
      sha256Node(pair, 0, pair, 0);
      top = pair.slice(0, HASH_LENGTH);
      node = Math.floor(node / 2);
    }
    return top;
  }

  #storePieceHashes(index: number, hashes: Uint8Array): void {
    // Those past the last piece are the zeros that fill up the tree.
    const end = Math.min(this.pieceCount, index + hashes.length / HASH_LENGTH);
    for (let piece = index; piece < end; piece++) {
      this.#setPieceHash(piece, hashes.subarray((piece - index) * HASH_LENGTH, (piece - index + 1) * HASH_LENGTH));
    }
  }

  #setPieceHash(piece: number, hash: Uint8Array): void {
    this.#pieceHashes.set(hash, piece * HASH_LENGTH);
    this.#known.add(piece);
  }

  /** Keeps the leaves of the pieces that the range covers whole. */
  #storeLeaves(index: number, hashes: Uint8Array): void {
    const perPiece = 2 ** this.pieceLevel;
    const end = index + hashes.length / HASH_LENGTH;
    for (let piece = Math.ceil(index / perPiece); (piece + 1) * perPiece <= end && piece < this.pieceCount; piece++) {
      const from = (piece * perPiece - index) * HASH_LENGTH;
      this.setLeaves(piece, hashes.subarray(from, from + this.#leafCount(piece) * HASH_LENGTH));
    }
  }

  #copyNode(level: number, index: number, target: Uint8Array, at: number): boolean {
    const node = this.#node(level, index);
    if (node === undefined) return false;
    target.set(node, at * HASH_LENGTH);
    return true;
  }

  /** A node of the tree, as far as it is known or past the end of the file. */
  #node(level: number, index: number): Uint8Array | undefined {
    if (level === this.height) return this.root;
    if (index * 2 ** level >= Math.ceil(this.fileLength / BLOCK_LENGTH)) return zeroHash(level);
    if (level === this.pieceLevel) return this.pieceHash(index);
    if (level < this.pieceLevel) return this.#nodeBelowPiece(level, index);
    return this.isWhole
      ? this.#upperLevels()[level - this.pieceLevel]?.subarray(index * HASH_LENGTH, (index + 1) * HASH_LENGTH)
      : undefined;
  }

  #nodeBelowPiece(level: number, index: number): Uint8Array | undefined {
    const perPiece = 2 ** (this.pieceLevel - level);
    const leaves = this.#leaves.get(Math.floor(index / perPiece));
    if (leaves === undefined) return undefined;
    const width = 2 ** level * HASH_LENGTH;
    const from = (index % perPiece) * width;
    const part = leaves.subarray(from, from + width);
    return level === 0 ? part : merkleRoot(part, 2 ** level);
  }

  #upperLevels(): readonly Uint8Array[] {
    if (this.#upper !== undefined) return this.#upper;
    const levels: Uint8Array<ArrayBuffer>[] = [this.#pieceHashes];
    for (let level = this.pieceLevel; level + 1 < this.height; level++) {
      levels.push(parents((levels.at(-1) as Uint8Array<ArrayBuffer>).slice(), level).slice());
    }
    this.#upper = levels;
    return levels;
  }

  /** Blocks of a piece. */
  #leafCount(piece: number): number {
    const length = Math.min(this.pieceLength, this.fileLength - piece * this.pieceLength);
    return Math.ceil(length / BLOCK_LENGTH);
  }
}

function siblingOf(node: number): number {
  return node % 2 === 0 ? node + 1 : node - 1;
}

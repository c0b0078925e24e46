/**
 * What a simulated torrent is made of: bytes that are a function of (seed, piece, offset), so that nobody keeps them.
 *
 * One random buffer serves all pieces; each begins somewhere else in it, so any byte in a wrong place is found out.
 *
 *     byte(piece, offset) = base[(phase(piece) + offset) mod 65,521]
 *
 * In "pattern" mode a hash is a stand-in, made of the same seed, and of each block only the first bytes are written, sent, kept and
 * judged: a thousand peers hash and move no gigabytes. In "bytes" mode the hashes are SHA-1, the disks keep real files, and
 * everything is as it would be.
 * @module
 */
import { assert, BLOCK_LENGTH, type PieceIndex } from "@bittern/protocol/base";
import { sha1 } from "@bittern/protocol/crypto";
import { finish, hashText, SeededRandom } from "../random.ts";

/** A prime, so that pieces of any length begin everywhere. */
const PERIOD = 65_521;
/** Longest run that is copied at once. */
const RUN_LENGTH = BLOCK_LENGTH;
/** Bytes by which a block of a pattern is known: 128 bits, so that no two look alike that are not. */
const KEPT_BLOCK_LENGTH = 16;

export interface TorrentContentOptions {
  /** Name of the file, and what a disk knows the content by: unique in its world. */
  readonly name: string;
  readonly seed: number | string;
  readonly pieceLength: number;
  readonly totalLength: number;
  /** "pattern" unless given. */
  readonly mode?: "pattern" | "bytes";
}

/** The content of one torrent with a single file. */
export class TorrentContent {
  readonly name: string;
  readonly pieceLength: number;
  readonly totalLength: number;
  readonly mode: "pattern" | "bytes";
  readonly #salt: number;
  /** A period and a run more, so that a run never wraps. */
  readonly #base: Uint8Array;

  constructor(options: TorrentContentOptions) {
    assert(options.totalLength > 0 && options.pieceLength > 0, "a content has bytes and pieces");
    this.name = options.name;
    this.pieceLength = options.pieceLength;
    this.totalLength = options.totalLength;
    this.mode = options.mode ?? "pattern";
    this.#salt = hashText(`${options.seed}/${options.name}`, 0x51ed270b);
    this.#base = new Uint8Array(PERIOD + RUN_LENGTH);
    const random = new SeededRandom(`content/${options.seed}/${options.name}`);
    for (let at = 0; at < PERIOD; at++) this.#base[at] = random.u32() >>> 24;
    this.#base.copyWithin(PERIOD, 0, RUN_LENGTH);
  }

  /** Bytes of each block that a session has to keep, its first ones. */
  get keptBlockLength(): number {
    return this.mode === "pattern" ? KEPT_BLOCK_LENGTH : BLOCK_LENGTH;
  }

  get pieceCount(): number {
    return Math.ceil(this.totalLength / this.pieceLength);
  }

  lengthOf(piece: PieceIndex): number {
    return Math.min(this.pieceLength, this.totalLength - piece * this.pieceLength);
  }

  /** Writes bytes of a piece into `target` at `at`. Hot. */
  copyTo(target: Uint8Array, at: number, piece: PieceIndex, begin: number, length: number): void {
    let from = (this.#phase(piece) + begin) % PERIOD;
    for (let done = 0; done < length; ) {
      const count = Math.min(RUN_LENGTH, length - done);
      target.set(this.#base.subarray(from, from + count), at + done);
      done += count;
      from = (from + count) % PERIOD;
    }
  }

  /** Writes bytes of the stream, which may span pieces. */
  readStream(target: Uint8Array, offset: number): void {
    for (let done = 0; done < target.length; ) {
      const piece = Math.floor((offset + done) / this.pieceLength);
      const begin = offset + done - piece * this.pieceLength;
      const count = Math.min(this.lengthOf(piece) - begin, target.length - done);
      this.copyTo(target, done, piece, begin, count);
      done += count;
    }
  }

  /**
   * Whether the blocks in a buffer are those of a piece from `begin` on, `byteLength` bytes in all: each is known by its first bytes.
   * The buffer holds the blocks whole, or what a session keeps of each.
   */
  matches(buffer: Uint8Array, piece: PieceIndex, begin: number, byteLength: number): boolean {
    const stride = buffer.length < byteLength ? KEPT_BLOCK_LENGTH : BLOCK_LENGTH;
    const phase = this.#phase(piece) + begin;
    for (let block = 0; block * BLOCK_LENGTH < byteLength; block++) {
      const length = Math.min(KEPT_BLOCK_LENGTH, byteLength - block * BLOCK_LENGTH);
      if (!this.#isPattern(buffer, block * stride, (phase + block * BLOCK_LENGTH) % PERIOD, length)) return false;
    }
    return true;
  }

  #isPattern(bytes: Uint8Array, at: number, offset: number, length: number): boolean {
    for (let step = 0; step < length; step++) if (bytes[at + step] !== this.#base[offset + step]) return false;
    return true;
  }

  /** 20 bytes: what the torrent says the piece must hash to. */
  digest(piece: PieceIndex): Uint8Array {
    if (this.mode === "pattern") return this.#standIn(piece);
    const bytes = new Uint8Array(this.lengthOf(piece));
    this.copyTo(bytes, 0, piece, 0, bytes.length);
    return sha1(bytes);
  }

  /** All digests one after the other, as `pieces` of an info dictionary. */
  digests(): Uint8Array {
    const all = new Uint8Array(this.pieceCount * 20);
    for (let piece = 0; piece < this.pieceCount; piece++) all.set(this.digest(piece), piece * 20);
    return all;
  }

  #standIn(piece: PieceIndex): Uint8Array {
    const digest = new Uint8Array(20);
    for (let at = 0; at < 20; at++) digest[at] = finish(this.#salt ^ finish(piece * 20 + at + 1)) >>> 24;
    return digest;
  }

  #phase(piece: PieceIndex): number {
    return (finish(this.#salt ^ Math.imul(piece + 1, 0x9e3779b1)) >>> 0) % PERIOD;
  }
}

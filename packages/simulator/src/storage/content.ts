/**
 * What a simulated torrent is made of: bytes that are a function of (seed, piece, offset), so that nobody keeps them.
 *
 * One random buffer serves all pieces; each begins somewhere else in it, so any byte in a wrong place is found out.
 *
 *     byte(piece, offset) = base[(phase(piece) + offset) mod 65,521]
 *
 * In "pattern" mode a hash is a stand-in, made of the same seed: a thousand peers hash no gigabytes. In "bytes" mode the
 * hashes are SHA-1, the disks keep real files, and everything is as it would be.
 * @module
 */
import { assert, BLOCK_LENGTH, type PieceIndex } from "@bittern/protocol/base";
import { sha1 } from "@bittern/protocol/crypto";
import { finish, hashText, SeededRandom } from "../random.ts";

/** A prime, so that pieces of any length begin everywhere. */
const PERIOD = 65_521;
/** Longest run that is copied at once. */
const RUN_LENGTH = BLOCK_LENGTH;
/** Sampling looks at one byte in so many. */
const SAMPLE_STRIDE = 4093;

export interface TorrentContentOptions {
  /** Name of the file, and what a disk knows the content by: unique in its world. */
  readonly name: string;
  readonly seed: number | string;
  readonly pieceLength: number;
  readonly totalLength: number;
  /** "pattern" unless given. */
  readonly mode?: "pattern" | "bytes";
  /** How a pattern disk judges what it is given: "sampled" unless given. "off" believes everything. */
  readonly check?: "full" | "sampled" | "off";
}

/** The content of one torrent with a single file. */
export class TorrentContent {
  readonly name: string;
  readonly pieceLength: number;
  readonly totalLength: number;
  readonly mode: "pattern" | "bytes";
  readonly check: "full" | "sampled" | "off";
  readonly #salt: number;
  /** A period and a run more, so that a run never wraps. */
  readonly #base: Uint8Array;

  constructor(options: TorrentContentOptions) {
    assert(options.totalLength > 0 && options.pieceLength > 0, "a content has bytes and pieces");
    this.name = options.name;
    this.pieceLength = options.pieceLength;
    this.totalLength = options.totalLength;
    this.mode = options.mode ?? "pattern";
    this.check = options.check ?? "sampled";
    this.#salt = hashText(`${options.seed}/${options.name}`, 0x51ed270b);
    this.#base = new Uint8Array(PERIOD + RUN_LENGTH);
    const random = new SeededRandom(`content/${options.seed}/${options.name}`);
    for (let at = 0; at < PERIOD; at++) this.#base[at] = random.u32() >>> 24;
    this.#base.copyWithin(PERIOD, 0, RUN_LENGTH);
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
   * Whether bytes are those of a piece, as far as `check` looks. A sample has the first and the last byte of every block,
   * so that a block in a wrong place and a liar's first byte are always seen.
   */
  matches(bytes: Uint8Array, piece: PieceIndex, begin: number): boolean {
    if (this.check === "off") return true;
    const stride = this.check === "full" ? 1 : SAMPLE_STRIDE;
    const phase = this.#phase(piece) + begin;
    for (let from = 0; from < bytes.length; from += BLOCK_LENGTH) {
      const end = Math.min(from + BLOCK_LENGTH, bytes.length);
      if (!this.#matchesBlock(bytes, from, end, phase, stride)) return false;
    }
    return true;
  }

  #matchesBlock(bytes: Uint8Array, from: number, end: number, phase: number, stride: number): boolean {
    const base = this.#base;
    // A run never wraps: the base is a period and a block long.
    const offset = ((phase + from) % PERIOD) - from;
    for (let at = from; at < end; at += stride) if (bytes[at] !== base[offset + at]) return false;
    return bytes[end - 1] === base[offset + end - 1];
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

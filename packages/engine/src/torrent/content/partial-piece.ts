/**
 * A piece on its way: which blocks are asked for from whom, which are here, and the buffers they are gathered in.
 *
 * Most pieces are one run: one buffer that leaves for the disk as a whole. A piece longer than `RUN_LENGTH_MAX` goes
 * down in runs as they fill, so that memory does not grow with the piece length a torrent's author chose.
 * @module
 */
import { assert, BLOCK_LENGTH, MIB, type Millis, type PieceIndex } from "@bittern/protocol/base";
import type { PieceRange } from "@bittern/protocol/metainfo";
import { type BlockRun, blockOfRun } from "@bittern/protocol/peer";
import { keptLength } from "../../disk/kept.ts";
import type { Peer } from "../../peers/peer.ts";

/** Bytes. Longest piece that is gathered in one buffer. */
export const RUN_LENGTH_MAX: number = 4 * MIB;
/** Bytes. Run of a longer piece. */
const RUN_LENGTH: number = MIB;

/** What a block of the piece is. */
export const BLOCK_OPEN = 0;
export const BLOCK_REQUESTED = 1;
export const BLOCK_RECEIVED = 2;

export interface BlockRequest {
  readonly piece: PieceIndex;
  readonly begin: number;
  readonly length: number;
}

export class PartialPiece {
  readonly piece: PieceIndex;
  readonly byteLength: number;
  readonly blockCount: number;
  readonly pads: readonly PieceRange[];
  readonly runCount: number;
  readonly #blocksPerRun: number;
  /** Bytes that the buffers keep of each block. */
  readonly #keptBlockLength: number;
  /** Buffers of runs that are being filled; a whole piece is run 0. */
  readonly #runs: (Uint8Array<ArrayBuffer> | undefined)[];
  readonly #runLeft: Uint16Array;
  readonly #states: Uint8Array;
  /** Who was asked last, or who delivered. */
  readonly #from: (Peer | undefined)[];
  readonly #askedAt: Millis[];
  /** Second askers of the end game, by block. */
  #extra: Map<number, Peer> | undefined;
  /** Blocks nobody was asked for. */
  openCount: number;
  receivedCount = 0;
  /** Runs the disk has taken, or that are padding through and through; only for pieces of several runs. */
  storedRuns = 0;
  /** Runs handed to the disk and not answered. */
  runsInFlight = 0;
  /** The peer this piece is taken from, as long as it keeps delivering: a piece comes whole and fast from one. */
  owner: Peer | undefined;
  /** The one peer that all requests under way went to since none was; `undefined` when there are several. */
  #soleAsked: Peer | undefined;
  /** Who was asked before `owner` and was told to leave it: until it answers, nobody else is asked (`takeover.ts`). */
  predecessor: Peer | undefined;
  /** When that was. */
  takenOverAt: Millis = 0;
  takeoverCount = 0;
  /** After a failed hash the piece is taken from one peer alone (parole). */
  isOnParole = false;
  #firstOpen = 0;

  /** Blocks that lie in `pads` through and through are here from the start. */
  constructor(options: { piece: PieceIndex; byteLength: number; pads?: readonly PieceRange[]; keptBlockLength?: number }) {
    this.piece = options.piece;
    this.byteLength = options.byteLength;
    this.blockCount = Math.ceil(options.byteLength / BLOCK_LENGTH);
    const runLength = runLengthOf(options.byteLength);
    this.runCount = Math.ceil(options.byteLength / runLength);
    this.#blocksPerRun = Math.ceil(runLength / BLOCK_LENGTH);
    this.pads = options.pads ?? [];
    this.#keptBlockLength = options.keptBlockLength ?? BLOCK_LENGTH;
    this.#runs = new Array<undefined>(this.runCount).fill(undefined);
    this.#runLeft = new Uint16Array(this.runCount);
    this.#states = new Uint8Array(this.blockCount);
    this.#from = new Array<undefined>(this.blockCount).fill(undefined);
    this.#askedAt = new Array<Millis>(this.blockCount).fill(Number.NaN);
    this.openCount = 0;
    for (let block = 0; block < this.blockCount; block++) {
      if (this.pads.length > 0 && this.contentLength(block) === 0) {
        this.#states[block] = BLOCK_RECEIVED;
        this.receivedCount++;
        continue;
      }
      this.openCount++;
      const run = this.runOf(block);
      this.#runLeft[run] = (this.#runLeft[run] as number) + 1;
    }
    for (const left of this.#runLeft) if (left === 0) this.storedRuns++;
  }

  runOf(block: number): number {
    return Math.floor(block / this.#blocksPerRun);
  }
  runBegin(run: number): number {
    return run * this.#blocksPerRun * BLOCK_LENGTH;
  }
  runLength(run: number): number {
    return Math.min(this.#blocksPerRun * BLOCK_LENGTH, this.byteLength - this.runBegin(run));
  }
  hasBuffer(block: number): boolean {
    return this.#runs[this.runOf(block)] !== undefined;
  }
  /** Lends the buffer of a run, whose pads it fills with zeros. */
  giveBuffer(run: number, buffer: ArrayBuffer): void {
    assert(this.#runs[run] === undefined, "a run has one buffer");
    const length = this.runLength(run);
    const bytes = new Uint8Array(buffer, 0, keptLength(length, this.#keptBlockLength));
    this.#runs[run] = bytes;
    const begin = this.runBegin(run);
    for (const pad of this.pads) {
      const from = Math.max(0, pad.begin - begin);
      const to = Math.min(length, pad.begin + pad.length - begin);
      if (to > from) bytes.fill(0, keptLength(from, this.#keptBlockLength), keptLength(to, this.#keptBlockLength));
    }
  }
  /** The run's view; the caller owns it from now on. */
  takeBuffer(run: number): Uint8Array<ArrayBuffer> {
    const bytes = this.#runs[run];
    assert(bytes !== undefined, "a full run has its buffer");
    this.#runs[run] = undefined;
    return bytes;
  }
  /** Views of all runs still here; the caller owns them from now on. */
  takeAllBuffers(): Uint8Array<ArrayBuffer>[] {
    const bytes: Uint8Array<ArrayBuffer>[] = [];
    for (let run = 0; run < this.runCount; run++) if (this.#runs[run] !== undefined) bytes.push(this.takeBuffer(run));
    return bytes;
  }

  /** Bytes of a block that belong to files. */
  contentLength(block: number): number {
    const begin = block * BLOCK_LENGTH;
    const length = Math.min(BLOCK_LENGTH, this.byteLength - begin);
    return length - padLength(this.pads, begin, length);
  }

  /** Bytes of files that came from peers so far. */
  get receivedLength(): number {
    let length = 0;
    for (let block = 0; block < this.blockCount; block++) {
      if (this.#states[block] === BLOCK_RECEIVED) length += this.contentLength(block);
    }
    return length;
  }

  requestOf(block: number): BlockRequest {
    const begin = block * BLOCK_LENGTH;
    return { piece: this.piece, begin, length: Math.min(BLOCK_LENGTH, this.byteLength - begin) };
  }

  state(block: number): number {
    return this.#states[block] as number;
  }
  from(block: number): Peer | undefined {
    return this.#from[block];
  }
  second(block: number): Peer | undefined {
    return this.#extra?.get(block);
  }
  askedAt(block: number): Millis {
    return this.#askedAt[block] as number;
  }
  /** Who was asked for all of it and has delivered nothing yet; `undefined` when there is no such peer. */
  get waitsFor(): Peer | undefined {
    return this.receivedCount === 0 && this.openCount === 0 ? this.#soleAsked : undefined;
  }
  get isReceived(): boolean {
    return this.receivedCount === this.blockCount;
  }

  /** The first block nobody was asked for, or -1. */
  nextOpen(): number {
    if (this.openCount === 0) return -1;
    let block = this.#firstOpen;
    while (block < this.blockCount && this.#states[block] !== BLOCK_OPEN) block++;
    this.#firstOpen = block;
    return block < this.blockCount ? block : -1;
  }

  ask(block: number, peer: Peer, now: Millis): void {
    assert(this.#states[block] === BLOCK_OPEN, "only an open block is asked for");
    if (this.openCount + this.receivedCount === this.blockCount) this.#soleAsked = peer;
    else if (this.#soleAsked !== peer) this.#soleAsked = undefined;
    this.#states[block] = BLOCK_REQUESTED;
    this.#from[block] = peer;
    this.#askedAt[block] = now;
    this.openCount--;
  }

  /** End game: a second peer is asked for a block that is under way. */
  askAgain(block: number, peer: Peer): void {
    assert(this.#states[block] === BLOCK_REQUESTED && !this.isAskedOf(block, peer), "a block under way is asked of another peer");
    this.#soleAsked = undefined;
    this.#extra ??= new Map();
    this.#extra.set(block, peer);
  }

  isAskedOf(block: number, peer: Peer): boolean {
    return this.#states[block] === BLOCK_REQUESTED && (this.#from[block] === peer || this.#extra?.get(block) === peer);
  }

  /** Some of it came from the peer, or is asked of it. */
  hasPartOf(peer: Peer): boolean {
    return this.#from.includes(peer);
  }

  /** Takes back what was asked of `peer`; true when the block is open again. */
  unask(block: number, peer: Peer): boolean {
    if (!this.isAskedOf(block, peer)) return false;
    const second = this.#extra?.get(block);
    if (second !== undefined) {
      this.#extra?.delete(block);
      if (second !== peer) this.#from[block] = second;
      return false;
    }
    this.#states[block] = BLOCK_OPEN;
    this.#from[block] = undefined;
    this.openCount++;
    if (block < this.#firstOpen) this.#firstOpen = block;
    return true;
  }

  /** Copies a block into its run; hot. True when its run is complete with it. */
  receive(block: number, bytes: Uint8Array, peer: Peer): boolean {
    assert(this.#states[block] !== BLOCK_RECEIVED, "a block is received once");
    const run = this.runOf(block);
    const buffer = this.#runs[run];
    assert(buffer !== undefined, "an asked block has a buffer");
    if (this.#states[block] === BLOCK_OPEN) this.openCount--;
    this.#states[block] = BLOCK_RECEIVED;
    this.#from[block] = peer;
    this.#extra?.delete(block);
    const kept = this.#keptBlockLength;
    const at = keptLength(block * BLOCK_LENGTH - this.runBegin(run), kept);
    buffer.set(bytes.length > kept ? bytes.subarray(0, kept) : bytes, at);
    this.receivedCount++;
    const left = (this.#runLeft[run] as number) - 1;
    this.#runLeft[run] = left;
    return left === 0;
  }

  /** Whole blocks from `first` on, in one run, that were asked of `peer` and of nobody else: so many follow each other, `countMax` at most. */
  countAskedOf(peer: Peer, first: number, countMax: number): number {
    if (this.#extra !== undefined && this.#extra.size > 0) return 0;
    const runEnd = (this.runOf(first) + 1) * this.#blocksPerRun;
    const end = Math.min(first + countMax, runEnd, Math.floor(this.byteLength / BLOCK_LENGTH));
    let block = first;
    while (block < end && this.#states[block] === BLOCK_REQUESTED && this.#from[block] === peer) block++;
    return block - first;
  }

  /** Copies blocks that `countAskedOf` counted, from one of `blocks` on; hot. True when their run is complete with them. */
  receiveRun(first: number, count: number, blocks: BlockRun, from: number): boolean {
    const run = this.runOf(first);
    const buffer = this.#runs[run];
    assert(buffer !== undefined, "an asked block has a buffer");
    const kept = this.#keptBlockLength;
    let at = keptLength(first * BLOCK_LENGTH - this.runBegin(run), kept);
    for (let block = 0; block < count; block++) {
      this.#states[first + block] = BLOCK_RECEIVED;
      buffer.set(blockOfRun(blocks, from + block, kept), at);
      at += kept;
    }
    this.receivedCount += count;
    const left = (this.#runLeft[run] as number) - count;
    this.#runLeft[run] = left;
    return left === 0;
  }

  /** Who delivered the blocks, each once. */
  contributors(): Set<Peer> {
    const peers = new Set<Peer>();
    for (const peer of this.#from) if (peer !== undefined) peers.add(peer);
    return peers;
  }

  /** Laws of the counters; tests call it after every step. */
  check(): void {
    let open = 0;
    let received = 0;
    for (const state of this.#states) {
      if (state === BLOCK_OPEN) open++;
      if (state === BLOCK_RECEIVED) received++;
    }
    assert(open === this.openCount, "open blocks are counted");
    assert(received === this.receivedCount, "received blocks are counted");
  }
}

/** Bytes of the buffers that a piece of this length is gathered in. */
export function runLengthOf(byteLength: number): number {
  return byteLength <= RUN_LENGTH_MAX ? byteLength : RUN_LENGTH;
}

/** Bytes of a stretch of a piece that are padding; `pads` are in order. Found by halves: who made the torrent may have made 200,000. */
export function padLength(pads: readonly PieceRange[], begin: number, length: number): number {
  let low = 0;
  let high = pads.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const pad = pads[middle] as PieceRange;
    if (pad.begin + pad.length <= begin) low = middle + 1;
    else high = middle;
  }
  let padded = 0;
  for (let pad = pads[low]; pad !== undefined && pad.begin < begin + length; pad = pads[++low])
    padded += Math.min(begin + length, pad.begin + pad.length) - Math.max(begin, pad.begin);
  return padded;
}

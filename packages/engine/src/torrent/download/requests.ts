/**
 * What is asked for and has no verdict yet, and what to do with what comes: the download side of a torrent. What is asked next, and of
 * whom, is `asking.ts`.
 *
 * Hot: `receive` runs once a block, and allocates nothing.
 * @module
 */
import { BLOCK_LENGTH, type Millis, type PieceIndex } from "@bittern/protocol/base";
import { type BlockRun, encodeMessage } from "@bittern/protocol/peer";
import type { Peer } from "../../peers/peer.ts";
import { isEndgame } from "../../picker/endgame.ts";
import type { SessionOutput } from "../../session/output.ts";
import { BLOCK_RECEIVED, BLOCK_REQUESTED, type BlockRequest, type PartialPiece, padLength } from "../content/partial-piece.ts";
import { Asking, type RequestsOptions } from "./asking.ts";
import { owe, settlesOwed } from "./owed.ts";
import { isUnanswered } from "./takeover.ts";

/** Payload nobody asked for that a peer may send before it is a flood: cancels cross with blocks on the way. */
const UNSOLICITED_LENGTH_MAX = 8 * 1024 * 1024;

/** What became of a block. */
export type BlockArrival =
  | { readonly type: "taken" }
  /** A run is complete and its buffer leaves with this. */
  | { readonly type: "run-complete"; readonly partial: PartialPiece; readonly run: number }
  /** It answers a request that was taken back. */
  | { readonly type: "wasted" }
  /** Nobody asked for it. */
  | { readonly type: "unasked" }
  | { readonly type: "flood" };

/** What became of blocks that followed each other. */
export interface RunArrival {
  readonly count: number;
  readonly partial: PartialPiece;
  readonly run: number;
  /** The run is, and its buffer leaves with this. */
  readonly isComplete: boolean;
}

const NOBODY: readonly Peer[] = [];
const TAKEN: BlockArrival = { type: "taken" };
const WASTED: BlockArrival = { type: "wasted" };
const UNASKED: BlockArrival = { type: "unasked" };

export class Requests {
  readonly #options: RequestsOptions;
  /** All pieces between their first request and their verdict. */
  readonly #partials = new Map<PieceIndex, PartialPiece>();
  /** Those of them with blocks nobody was asked for. */
  readonly #open = new Set<PartialPiece>();
  readonly #asking: Asking;
  /** Who takes over a piece that its predecessor has left. */
  readonly #successors = new Set<Peer>();

  constructor(options: RequestsOptions) {
    this.#options = options;
    this.#asking = new Asking({ ...options, partials: this.#partials, open: this.#open });
  }

  /** Pieces are asked for in the order of the torrent. */
  get isSequential(): boolean {
    return this.#asking.isSequential;
  }
  set isSequential(isSequential: boolean) {
    this.#asking.isSequential = isSequential;
  }

  get partials(): ReadonlyMap<PieceIndex, PartialPiece> {
    return this.#partials;
  }

  /** Tops up what is outstanding with `peer`; the requests go out as one message. */
  fill(peer: Peer, now: Millis, out: SessionOutput[]): void {
    this.#asking.fill(peer, now, out);
  }

  /** Those who are to be asked now, because what they take over was left to them. */
  takeSuccessors(): readonly Peer[] {
    if (this.#successors.size === 0) return NOBODY;
    const peers = [...this.#successors];
    this.#successors.clear();
    return peers;
  }

  /** Bytes of a block that belong to files, whoever asked for it. */
  contentLength(piece: PieceIndex, begin: number, length: number): number {
    const { shapes } = this.#options;
    // Hot: what was asked for knows its pads.
    const pads = this.#partials.get(piece)?.pads ?? (piece < shapes.pieceCount ? shapes.padRanges(piece) : []);
    return length - padLength(pads, begin, length);
  }

  /** Takes a block as it comes from `peer`. The bytes are copied. */
  receive(peer: Peer, piece: PieceIndex, begin: number, bytes: Uint8Array, now: Millis, out: SessionOutput[]): BlockArrival {
    const partial = this.#partials.get(piece);
    const block = begin / BLOCK_LENGTH;
    const wasOwed = settlesOwed(peer, piece, block);
    if (partial === undefined || !Number.isInteger(block) || block >= partial.blockCount || !partial.isAskedOf(block, peer)) {
      return this.#unsolicited(peer, bytes.length, wasOwed);
    }
    if (bytes.length !== Math.min(BLOCK_LENGTH, partial.byteLength - begin)) return this.#unsolicited(peer, bytes.length, false);
    const state = peer.requests;
    state.outstanding--;
    state.pipeline.blockArrived(now, now - state.progressAt);
    state.progressAt = now;
    if (state.outstanding === 0 && state.isFull) state.pipeline.ranDry();
    state.unjudged++;
    peer.isSnubbed = false;
    const first = partial.from(block);
    const second = partial.second(block);
    const other = first === peer ? second : first;
    if (other !== undefined && other !== peer) this.#cancel(other, partial, block, out);
    // It answered what we had taken back, and will answer the second request as well unless that is taken back too.
    if (wasOwed) this.#sendCancel(peer, partial, block, out);
    if (!partial.receive(block, bytes, peer)) return TAKEN;
    if (partial.isReceived) this.#asking.arrived(partial, now);
    return { type: "run-complete", partial, run: partial.runOf(block) };
  }

  /**
   * Takes blocks of a run, from one of them on: all that were asked of the peer and of nobody else, and lie in one run of a piece
   * without padding. The same as taking each of them, in one go. `undefined` where the first is no such block, and comes by itself.
   */
  receiveRun(peer: Peer, blocks: BlockRun, from: number, now: Millis): RunArrival | undefined {
    const state = peer.requests;
    const partial = this.#partials.get(blocks.piece);
    const first = blocks.begin / BLOCK_LENGTH + from;
    if (partial === undefined || partial.pads.length > 0 || !Number.isInteger(first)) return undefined;
    if (state.owed !== undefined && state.owed.size > 0) return undefined;
    const count = partial.countAskedOf(peer, first, blocks.count - from);
    if (count === 0) return undefined;
    state.outstanding -= count;
    state.pipeline.blocksArrived(count, now, now - state.progressAt);
    state.progressAt = now;
    if (state.outstanding === 0 && state.isFull) state.pipeline.ranDry();
    state.unjudged += count;
    peer.isSnubbed = false;
    const isComplete = partial.receiveRun(first, count, blocks, from);
    if (partial.isReceived) this.#asking.arrived(partial, now);
    return { count, partial, run: partial.runOf(first), isComplete };
  }

  #unsolicited(peer: Peer, length: number, wasOwed: boolean): BlockArrival {
    // µTorrent 3.5 answers a cancelled request anyway, so a block nobody waits for is waste and no offence.
    peer.requests.unsolicited += length;
    return peer.requests.unsolicited > UNSOLICITED_LENGTH_MAX ? { type: "flood" } : wasOwed ? WASTED : UNASKED;
  }

  #cancel(peer: Peer, partial: PartialPiece, block: number, out: SessionOutput[]): void {
    peer.requests.outstanding--;
    this.#sendCancel(peer, partial, block, out);
  }

  /** With the fast extension a cancelled request is still answered, by a block or by a reject. */
  #sendCancel(peer: Peer, partial: PartialPiece, block: number, out: SessionOutput[]): void {
    if (peer.canFast) owe(peer, partial.piece, block);
    out.push({ type: "send", link: peer.link, bytes: encodeMessage({ type: "cancel", ...partial.requestOf(block) }) });
  }

  /** BEP 6: the peer will not answer this request. */
  rejected(peer: Peer, request: BlockRequest): void {
    const partial = this.#partials.get(request.piece);
    const block = Math.floor(request.begin / BLOCK_LENGTH);
    // Answers come in order: this one is for the request that was taken back, and the second one still waits.
    if (settlesOwed(peer, request.piece, block) || partial === undefined || !partial.isAskedOf(block, peer)) return;
    peer.requests.outstanding--;
    if (partial.predecessor === peer && partial.owner !== undefined) this.#successors.add(partial.owner);
    this.#reopen(partial, block, peer);
  }

  #reopen(partial: PartialPiece, block: number, peer: Peer): void {
    if (partial.unask(block, peer)) this.#open.add(partial);
  }

  /** Without the fast extension a choke throws away what was asked for (BEP 3); with it, rejects follow. */
  choked(peer: Peer): void {
    // Nothing is to be found where nothing was asked: a choke is five bytes, and a look at all blocks takes a while.
    if (!peer.canFast && peer.requests.outstanding > 0) this.forget(peer);
  }

  /** Takes back everything asked of `peer`. */
  forget(peer: Peer): void {
    for (const partial of this.#partials.values()) {
      for (let block = 0; block < partial.blockCount; block++) this.#reopen(partial, block, peer);
      if (partial.owner === peer) partial.owner = undefined;
    }
    peer.requests.outstanding = 0;
    this.#successors.delete(peer);
  }

  /** Takes back everything asked of one that stays and is to send nothing more. */
  leave(peer: Peer, out: SessionOutput[]): void {
    if (peer.requests.outstanding === 0) return;
    for (const partial of this.#partials.values()) {
      for (let block = 0; block < partial.blockCount; block++) {
        if (partial.isAskedOf(block, peer)) this.#sendCancel(peer, partial, block, out);
      }
    }
    this.forget(peer);
  }

  /**
   * Once a second: takes back requests that are late. A peer that answers out of order or drops requests silently
   * (rtorrent past its queue) loses the single request; one that sends nothing at all for long is snubbing us.
   */
  tick(now: Millis, out: SessionOutput[]): void {
    const longest = this.#options.settings().requestTimeoutMillis;
    for (const partial of this.#partials.values()) {
      if (partial.isReceived) continue;
      if (isUnanswered(partial, now)) this.#stopWaiting(partial);
      for (let block = 0; block < partial.blockCount; block++) {
        if (partial.state(block) !== BLOCK_REQUESTED) continue;
        const peer = partial.from(block);
        if (peer === undefined || now - Math.max(partial.askedAt(block), peer.requests.progressAt - longest) < patience(peer, longest, now))
          continue;
        peer.requests.pipeline.shrink();
        this.#cancel(peer, partial, block, out);
        this.#reopen(partial, block, peer);
      }
    }
  }

  /** Whoever was told to leave the piece says nothing: it is asked of its successor without more ado. */
  #stopWaiting(partial: PartialPiece): void {
    const { predecessor, owner } = partial;
    if (predecessor === undefined) return;
    predecessor.requests.keepsCancelled = true;
    for (let block = 0; block < partial.blockCount; block++) {
      if (!partial.isAskedOf(block, predecessor)) continue;
      predecessor.requests.outstanding--;
      owe(predecessor, partial.piece, block);
      this.#reopen(partial, block, predecessor);
    }
    if (owner !== undefined) this.#successors.add(owner);
  }

  /** The disk took the last run: everything of the piece is handed over. */
  partial(piece: PieceIndex): PartialPiece | undefined {
    return this.#partials.get(piece);
  }

  /** The piece is verified and written. */
  succeeded(piece: PieceIndex): void {
    for (const peer of this.#partials.get(piece)?.contributors() ?? NOBODY) peer.requests.isProven = true;
    this.#drop(piece);
  }

  /** The piece has to be fetched again; returns the bytes of files that came for nothing. */
  failed(piece: PieceIndex, out: SessionOutput[]): number {
    const partial = this.#partials.get(piece);
    if (partial !== undefined) this.#takeBack(partial, out);
    this.#drop(piece);
    this.#options.picker.markStopped(piece);
    return partial?.receivedLength ?? 0;
  }

  /** Cancels what is under way of a piece: who still owes a block must not be asked for it a second time. */
  #takeBack(partial: PartialPiece, out: SessionOutput[]): void {
    for (let block = 0; block < partial.blockCount; block++) {
      while (partial.state(block) === BLOCK_REQUESTED) {
        const peer = partial.second(block) ?? partial.from(block);
        if (peer === undefined) break;
        this.#cancel(peer, partial, block, out);
        this.#reopen(partial, block, peer);
      }
    }
  }

  #drop(piece: PieceIndex): void {
    const partial = this.#partials.get(piece);
    if (partial === undefined) return;
    for (const bytes of partial.takeAllBuffers()) this.#options.pool.give(bytes.buffer);
    for (let block = 0; block < partial.blockCount; block++) {
      const from = partial.state(block) === BLOCK_RECEIVED ? partial.from(block) : undefined;
      if (from !== undefined) from.requests.unjudged--;
    }
    this.#open.delete(partial);
    this.#partials.delete(piece);
  }

  /** Lets go of everything that is not at the disk: pause, error, end. Returns the bytes of files that came for nothing. */
  clear(out: SessionOutput[]): number {
    let wasted = 0;
    for (const partial of [...this.#partials.values()]) {
      if (partial.runsInFlight > 0) this.#takeBack(partial, out);
      else wasted += this.failed(partial.piece, out);
    }
    return wasted;
  }

  /** Every block that is missing was asked for: only second requests can hurry it. */
  get isEnding(): boolean {
    const { picker } = this.#options;
    return isEndgame({ openBlocks: this.#open.size, wantedMissing: picker.wantedMissing, started: this.#partials.size });
  }

  /** Whether any block is open or on its way that a cancelled peer could be asked for. */
  get isIdle(): boolean {
    return this.#partials.size === 0;
  }

  check(): void {
    for (const partial of this.#partials.values()) partial.check();
  }
}

/** How long a request to this peer may stay open: four times what its queue should take, within bounds. */
function patience(peer: Peer, longest: Millis, now: Millis): Millis {
  const rate = peer.down.rate(now);
  if (rate <= 0) return longest;
  const expected = (peer.requests.outstanding * BLOCK_LENGTH * 1000) / rate;
  return Math.min(longest, Math.max(5_000, 4 * expected));
}

/**
 * What to ask of whom, and what to do with what comes: the download side of a torrent.
 *
 * Order of wishes for one peer: the piece it is delivering already; a piece whose owner left or went silent; a new
 * piece, as long as the pool has a buffer; then to help with somebody else's piece; at the very end a second request
 * for blocks that are late (end game). So a piece comes whole and fast from one peer, and is there to be passed on.
 *
 * Hot: `receive` runs once a block and `fill` once a read; neither allocates beyond the requests it sends.
 * @module
 */
import { BLOCK_LENGTH, type Millis, type PieceIndex } from "@bittern/protocol/base";
import type { PieceRange } from "@bittern/protocol/metainfo";
import { encodeMessage, encodeRequests } from "@bittern/protocol/peer";
import type { PiecePool } from "../disk/pool.ts";
import type { Peer } from "../peers/peer.ts";
import { PIPELINE_START } from "../peers/pipeline.ts";
import { isEndgame, type LateQueue, mayDuplicate, type Queue } from "../picker/endgame.ts";
import { type PiecePicker, RANDOM_PIECES } from "../picker/picker.ts";
import type { Limiter } from "../rate/limiter.ts";
import type { SessionOutput } from "../session/output.ts";
import type { Settings } from "../session/settings.ts";
import type { Blame } from "./blame.ts";
import { BLOCK_RECEIVED, BLOCK_REQUESTED, PartialPiece, padLength, runLengthOf } from "./partial-piece.ts";
import { chooseTakeover, isUnanswered } from "./takeover.ts";

/** Payload nobody asked for that a peer may send before it is a flood: cancels cross with blocks on the way. */
const UNSOLICITED_LENGTH_MAX = 8 * 1024 * 1024;
/** Blocks a fast peer may owe an answer for; who owes more does not answer what is taken back at all. */
const OWED_MAX = 4096;
/** More blocks than any piece has: a piece of 256 MiB has 16,384. */
const BLOCKS_PER_PIECE_MAX = 16_384;
/** Requests worth a write: 1 MiB of blocks, as much as one write of a fast seed. */
const REQUESTS_AT_ONCE = 64;

export interface BlockRequest {
  readonly piece: PieceIndex;
  readonly begin: number;
  readonly length: number;
}

/** What a torrent tells its requests about pieces. */
export interface PieceShapes {
  readonly pieceCount: number;
  pieceByteLength(piece: PieceIndex): number;
  /** Ranges of a piece that are padding. */
  padRanges(piece: PieceIndex): readonly PieceRange[];
}

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

/** Pieces asked of those who take turns that have not begun to come. */
const WAITING_MAX = 4;
/** Blocks of a piece, or of the rest of one, that are asked for together. */
const WHOLE_BLOCKS_MAX: number = PIPELINE_START;

/**
 * Pieces, or as many blocks as a peer is asked for at first, that one of whom nothing was verified may have under way and in wait of
 * a verdict. One that lies fast was asked for hundreds of blocks before the first verdict; an honest one proves itself with its first
 * piece, and is held up for no longer than that takes to be hashed.
 */
const UNPROVEN_PIECES_MAX = 2;
const UNPROVEN_BLOCKS_MAX: number = PIPELINE_START;

const NOBODY: readonly Peer[] = [];
const TAKEN: BlockArrival = { type: "taken" };
const WASTED: BlockArrival = { type: "wasted" };
const UNASKED: BlockArrival = { type: "unasked" };

export interface RequestsOptions {
  readonly picker: PiecePicker;
  readonly pool: PiecePool;
  readonly blame: Blame;
  readonly shapes: PieceShapes;
  readonly settings: () => Settings;
  /** What may be asked for: the download limits of session and torrent. */
  readonly limiter: Limiter;
}

export class Requests {
  readonly #options: RequestsOptions;
  /** All pieces between their first request and their verdict. */
  readonly #partials = new Map<PieceIndex, PartialPiece>();
  /** Those of them with blocks nobody was asked for. */
  readonly #open = new Set<PartialPiece>();
  isSequential = false;
  /** Who takes over a piece that its predecessor has left. */
  readonly #successors = new Set<Peer>();
  /** Blocks asked for twice so far. */
  #twiceCount = 0;

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  get partials(): ReadonlyMap<PieceIndex, PartialPiece> {
    return this.#partials;
  }

  /** Tops up what is outstanding with `peer`; the requests go out as one message. */
  fill(peer: Peer, now: Millis, out: SessionOutput[]): void {
    if (peer.isDistrusted) return;
    const state = peer.requests;
    if (state.takesTurns) return this.#takeTurn(peer, now, out);
    const target = Math.min(state.pipeline.target, peer.queueMax, this.#options.settings().requestsOutstandingMax);
    const unproven = state.isProven ? target : this.#unprovenMax - state.unjudged;
    if (unproven <= state.outstanding) return this.#finish(peer, target - state.outstanding, now, out);
    const room = Math.min(target, unproven) - state.outstanding;
    // A few requests at a time cost a write each; wait until a quarter of the pipeline is free, or what one message may ask for.
    if (room <= 0 || (state.outstanding > 0 && room < Math.min(REQUESTS_AT_ONCE, target / 4))) return;
    const { limiter } = this.#options;
    const granted = limiter.isUnlimited ? room : Math.min(room, Math.floor(limiter.available(now) / BLOCK_LENGTH));
    if (granted === 0) return;
    const wanted: BlockRequest[] = [];
    this.#choose(peer, granted, now, wanted);
    if (wanted.length === 0 && state.outstanding === 0) this.#takeOver(peer, now, out);
    if (wanted.length === 0) return;
    this.#send(peer, wanted, now, out);
    state.isFull = state.outstanding >= target;
  }

  /** Blocks of one of whom nothing was verified. */
  get #unprovenMax(): number {
    const { shapes } = this.#options;
    return Math.max(UNPROVEN_BLOCKS_MAX, UNPROVEN_PIECES_MAX * Math.ceil(shapes.pieceByteLength(0) / BLOCK_LENGTH));
  }

  /**
   * Asks one that waits for its first verdict for no more than the rest of the pieces it has a part in: left to itself, a piece whose
   * other blocks were asked of somebody who is gone would never be judged.
   */
  #finish(peer: Peer, room: number, now: Millis, out: SessionOutput[]): void {
    const { limiter } = this.#options;
    const count = limiter.isUnlimited ? room : Math.min(room, Math.floor(limiter.available(now) / BLOCK_LENGTH));
    if (count <= 0) return;
    const wanted: BlockRequest[] = [];
    for (const partial of this.#open) {
      if (wanted.length >= count) break;
      if (partial.isOnParole && partial.owner !== peer) continue;
      if (this.#mayAsk(peer, partial) && partial.hasPartOf(peer)) this.#askFrom(partial, peer, count, now, wanted);
    }
    if (wanted.length === 0 && peer.requests.outstanding === 0) this.#askTwice(peer, count, now, wanted);
    if (wanted.length > 0) this.#send(peer, wanted, now, out);
  }

  /**
   * Asks one that offers a piece when it is served (`offers.ts`): for one piece, to its end. Few may wait to begin, because what waits at
   * one cannot be asked of another.
   */
  #takeTurn(peer: Peer, now: Millis, out: SessionOutput[]): void {
    const { settings, limiter, shapes } = this.#options;
    const state = peer.requests;
    const room = Math.min(peer.queueMax, settings().requestsOutstandingMax) - state.outstanding;
    const granted = limiter.isUnlimited ? room : Math.min(room, Math.floor(limiter.available(now) / BLOCK_LENGTH));
    if (granted <= 0) return;
    const wanted: BlockRequest[] = [];
    for (const partial of this.#open) {
      if (partial.owner === peer && wanted.length < granted && this.#mayAsk(peer, partial))
        this.#askFrom(partial, peer, granted, now, wanted);
    }
    if (state.isOffered) {
      const count = Math.min(granted, Math.ceil(shapes.pieceByteLength(0) / BLOCK_LENGTH));
      if (wanted.length === 0 && this.#waitingCount() < WAITING_MAX) this.#choose(peer, count, now, wanted);
    }
    if (wanted.length === 0) return;
    state.isOffered = false;
    this.#send(peer, wanted, now, out);
  }

  /** Pieces that somebody was asked for and has not begun with. */
  #waitingCount(): number {
    let count = 0;
    for (const { waitsFor } of this.#partials.values()) if (waitsFor?.requests.takesTurns === true) count++;
    return count;
  }

  #send(peer: Peer, wanted: readonly BlockRequest[], now: Millis, out: SessionOutput[]): void {
    const state = peer.requests;
    this.#options.limiter.spend(wanted.length * BLOCK_LENGTH, now);
    if (state.outstanding === 0) state.progressAt = now;
    state.outstanding += wanted.length;
    peer.sentAt = now;
    out.push({ type: "send", link: peer.link, bytes: encodeRequests(wanted) });
  }

  #choose(peer: Peer, count: number, now: Millis, wanted: BlockRequest[]): void {
    for (const partial of this.#open) {
      if (wanted.length >= count) return;
      if (partial.owner === peer && this.#mayAsk(peer, partial))
        this.#askFrom(partial, peer, this.#countOf(partial, peer, count, wanted), now, wanted);
    }
    for (const partial of this.#open) {
      if (wanted.length >= count) return;
      if (this.#isOrphan(partial) && this.#mayAsk(peer, partial)) {
        partial.owner = peer;
        // It was told to leave the piece, and is asked for it anew: it is not waited for to leave it again.
        if (partial.predecessor === peer) partial.predecessor = undefined;
        this.#askFrom(partial, peer, this.#countOf(partial, peer, count, wanted), now, wanted);
      }
    }
    while (wanted.length < count) {
      const partial = this.#start(peer, now);
      if (partial === undefined) break;
      if (!this.#askFrom(partial, peer, this.#countOf(partial, peer, count, wanted), now, wanted)) break;
    }
    for (const partial of this.#open) {
      if (wanted.length >= count) return;
      if (!partial.isOnParole && partial.predecessor !== peer && this.#mayAsk(peer, partial))
        this.#askFrom(partial, peer, count, now, wanted);
    }
    if (wanted.length === 0) this.#askTwice(peer, count, now, wanted);
  }

  /**
   * How far to go with a piece: to its end, when that is near, although the peer then owes a few blocks more than meant. Who serves
   * in turns sends what was asked for of a piece and goes on to the next peer; the last blocks, asked for later, wait for another turn,
   * and the piece lies here and cannot be passed on.
   */
  #countOf(partial: PartialPiece, peer: Peer, count: number, wanted: readonly BlockRequest[]): number {
    if (partial.openCount > WHOLE_BLOCKS_MAX || !this.#options.limiter.isUnlimited) return count;
    const { queueMax, requests } = peer;
    const countMax = Math.min(queueMax, this.#options.settings().requestsOutstandingMax) - requests.outstanding;
    return Math.max(count, Math.min(wanted.length + partial.openCount, countMax));
  }

  /** Nothing is left to ask the peer for: it may have what waits in somebody's queue. */
  #takeOver(peer: Peer, now: Millis, out: SessionOutput[]): void {
    const partial = peer.isChokingUs ? undefined : chooseTakeover(this.#partials.values(), peer, now);
    const asked = partial?.waitsFor;
    if (partial === undefined || asked === undefined) return;
    partial.predecessor = asked;
    partial.owner = peer;
    partial.takenOverAt = now;
    partial.takeoverCount++;
    peer.requests.hasTakenOver = true;
    for (let block = 0; block < partial.blockCount; block++) {
      out.push({ type: "send", link: asked.link, bytes: encodeMessage({ type: "cancel", ...blockRequest(partial, block) }) });
    }
  }

  /** Those who are to be asked now, because what they take over was left to them. */
  takeSuccessors(): readonly Peer[] {
    if (this.#successors.size === 0) return NOBODY;
    const peers = [...this.#successors];
    this.#successors.clear();
    return peers;
  }

  #mayAsk(peer: Peer, partial: PartialPiece): boolean {
    return peer.has(partial.piece) && (!peer.isChokingUs || peer.requests.allowedFast.has(partial.piece));
  }

  #isOrphan(partial: PartialPiece): boolean {
    const owner = partial.owner;
    return owner === undefined || owner.isSnubbed || (owner.isChokingUs && !owner.requests.allowedFast.has(partial.piece));
  }

  /** Asks for open blocks in order; false when no buffer was left. */
  #askFrom(partial: PartialPiece, peer: Peer, count: number, now: Millis, wanted: BlockRequest[]): boolean {
    while (wanted.length < count) {
      const block = partial.nextOpen();
      if (block < 0) break;
      if (!partial.hasBuffer(block) && !this.#lendBuffer(partial, partial.runOf(block))) return false;
      partial.ask(block, peer, now);
      wanted.push(blockRequest(partial, block));
    }
    if (partial.openCount === 0) this.#open.delete(partial);
    return true;
  }

  #start(peer: Peer, now: Millis): PartialPiece | undefined {
    const { picker, pool, shapes, blame } = this.#options;
    // Asked for after nearly every read: without a buffer no dice are rolled.
    if (!pool.canTake(runLengthOf(shapes.pieceByteLength(0)))) return undefined;
    if (peer.requests.suggested.length === 0 && (peer.pieces === undefined || !picker.mayPick(peer.pieces))) return undefined;
    const mayTake = (piece: PieceIndex): boolean =>
      (!peer.isChokingUs || peer.requests.allowedFast.has(piece)) &&
      (blame.falsePieceCount === 0 || blame.mayAskFor(piece, peer, picker.availability(piece), now));
    const piece =
      this.#suggested(peer, mayTake) ??
      (peer.pieces === undefined
        ? undefined
        : picker.pickNew(peer.pieces, {
            sequential: this.isSequential,
            rarestFirst: picker.haveCount >= RANDOM_PIECES,
            ...(peer.isChokingUs || blame.falsePieceCount > 0 ? { accept: mayTake } : {}),
          }));
    if (piece === undefined) return undefined;
    const partial = new PartialPiece({
      piece,
      byteLength: shapes.pieceByteLength(piece),
      pads: shapes.padRanges(piece),
      keptBlockLength: pool.keptBlockLength,
    });
    if (!this.#lendBuffer(partial, 0)) return undefined;
    partial.owner = peer;
    partial.isOnParole = blame.isOnParole(piece);
    this.#partials.set(piece, partial);
    this.#open.add(partial);
    picker.markStarted(piece);
    return partial;
  }

  /** BEP 6: what a peer suggests is warm in its cache. */
  #suggested(peer: Peer, mayTake: (piece: PieceIndex) => boolean): PieceIndex | undefined {
    for (let piece = peer.requests.suggested.pop(); piece !== undefined; piece = peer.requests.suggested.pop()) {
      if (peer.has(piece) && this.#options.picker.wants(piece) && !this.#partials.has(piece) && mayTake(piece)) return piece;
    }
    return undefined;
  }

  #lendBuffer(partial: PartialPiece, run: number): boolean {
    const buffer = this.#options.pool.take(partial.runLength(run));
    if (buffer === undefined) return false;
    partial.giveBuffer(run, buffer);
    return true;
  }

  #lateQueue(partial: PartialPiece, block: number, asked: Peer, now: Millis): LateQueue {
    return { rate: asked.down.rate(now), outstanding: asked.requests.outstanding, askedAt: partial.askedAt(block) };
  }

  #queue({ down, requests }: Peer, more: number, now: Millis): Queue {
    return { rate: down.rate(now), outstanding: requests.outstanding + more };
  }

  #askTwice(peer: Peer, count: number, now: Millis, wanted: BlockRequest[]): void {
    const { picker, shapes } = this.#options;
    if (!isEndgame({ openBlocks: this.#open.size, wantedMissing: picker.wantedMissing, started: this.#partials.size })) return;
    const wantedLength = picker.wantedCount * shapes.pieceByteLength(0);
    for (const partial of this.#partials.values()) {
      if (partial.isOnParole || partial.isReceived || !this.#mayAsk(peer, partial)) continue;
      for (let block = 0; block < partial.blockCount && wanted.length < count; block++) {
        if (partial.state(block) !== BLOCK_REQUESTED || partial.second(block) !== undefined) continue;
        const asked = partial.from(block);
        if (asked === undefined || asked === peer) continue;
        const late = this.#lateQueue(partial, block, asked, now);
        const budget = { askedTwiceLength: this.#twiceCount * BLOCK_LENGTH, wantedLength };
        if (!mayDuplicate(late, this.#queue(peer, wanted.length, now), budget, now)) continue;
        this.#twiceCount++;
        partial.askAgain(block, peer);
        wanted.push(blockRequest(partial, block));
      }
    }
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
    return { type: "run-complete", partial, run: partial.runOf(block) };
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
    out.push({ type: "send", link: peer.link, bytes: encodeMessage({ type: "cancel", ...blockRequest(partial, block) }) });
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

  /** Whether any block is open or on its way that a cancelled peer could be asked for. */
  get isIdle(): boolean {
    return this.#partials.size === 0;
  }

  check(): void {
    for (const partial of this.#partials.values()) partial.check();
  }
}

/** Notes that `peer` still owes an answer for a block that was taken back. */
function owe({ requests }: Peer, piece: PieceIndex, block: number): void {
  requests.owed ??= new Map();
  if (requests.owed.size >= OWED_MAX) requests.owed.clear();
  const key = piece * BLOCKS_PER_PIECE_MAX + block;
  requests.owed.set(key, (requests.owed.get(key) ?? 0) + 1);
}

/** Whether an answer that came is one that was owed; it is so no longer. */
function settlesOwed({ requests: { owed } }: Peer, piece: PieceIndex, block: number): boolean {
  if (owed === undefined || owed.size === 0) return false;
  const key = piece * BLOCKS_PER_PIECE_MAX + block;
  const count = owed.get(key);
  if (count === undefined) return false;
  if (count > 1) owed.set(key, count - 1);
  else owed.delete(key);
  return true;
}

/** How long a request to this peer may stay open: four times what its queue should take, within bounds. */
function patience(peer: Peer, longest: Millis, now: Millis): Millis {
  const rate = peer.down.rate(now);
  if (rate <= 0) return longest;
  const expected = (peer.requests.outstanding * BLOCK_LENGTH * 1000) / rate;
  return Math.min(longest, Math.max(5_000, 4 * expected));
}

function blockRequest(partial: PartialPiece, block: number): BlockRequest {
  const begin = block * BLOCK_LENGTH;
  return { piece: partial.piece, begin, length: Math.min(BLOCK_LENGTH, partial.byteLength - begin) };
}

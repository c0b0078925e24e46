/**
 * What to ask of whom.
 *
 * Order of wishes for one peer: the piece it is delivering already; a piece whose owner left or went silent; a new
 * piece, as long as the pool has a buffer; then to help with somebody else's piece; at the very end a second request
 * for blocks that are late (end game). So a piece comes whole and fast from one peer, and is there to be passed on.
 *
 * Hot: `fill` runs once a read, and allocates nothing beyond the requests it sends.
 * @module
 */
import { BLOCK_LENGTH, type Millis, type PieceIndex } from "@bittern/protocol/base";
import type { PieceRange } from "@bittern/protocol/metainfo";
import { encodeMessage, encodeRequests } from "@bittern/protocol/peer";
import type { PiecePool } from "../../disk/pool.ts";
import type { Peer } from "../../peers/peer.ts";
import { PIPELINE_START } from "../../peers/pipeline.ts";
import { ArrivalPace } from "../../picker/arrival-pace.ts";
import { isEndgame, type LateQueue, mayDuplicate, type Queue } from "../../picker/endgame.ts";
import { type PiecePicker, RANDOM_PIECES } from "../../picker/picker.ts";
import type { Limiter } from "../../rate/limiter.ts";
import type { SessionOutput } from "../../session/output.ts";
import type { Settings } from "../../session/settings.ts";
import { BLOCK_REQUESTED, type BlockRequest, PartialPiece, runLengthOf } from "../content/partial-piece.ts";
import type { Blame } from "./blame.ts";
import { owe } from "./owed.ts";
import { chooseTakeover, isWayBlocked } from "./takeover.ts";
import { unprovenBlocksMax } from "./unproven.ts";

/** Requests worth a write: 1 MiB of blocks, as much as one write of a fast seed. */
const REQUESTS_AT_ONCE = 64;
/** Pieces asked of those who take turns that have not begun to come, while there are few: what waits at one cannot be asked of another. */
const WAITING_MAX = 4;
/**
 * Among many, pieces under way from those who take turns, at least; more where more arrive in two fifths of a second. Who has more than its way in carries keeps uplinks
 * waiting that others want something of (simulated with equal links, up to 0.04 of the least possible time).
 */
const UNDER_WAY_MIN = 5;
/** Share of them that have not begun to come: what waits at one cannot be asked of another. */
const WAITING_SHARE = 0.6;
/** Blocks of a piece, or of the rest of one, that are asked for together. */
const WHOLE_BLOCKS_MAX: number = PIPELINE_START;

/** What a torrent tells of its pieces. */
export interface PieceShapes {
  readonly pieceCount: number;
  pieceByteLength(piece: PieceIndex): number;
  /** Ranges of a piece that are padding. */
  padRanges(piece: PieceIndex): readonly PieceRange[];
}

export interface RequestsOptions {
  readonly picker: PiecePicker;
  readonly pool: PiecePool;
  readonly blame: Blame;
  readonly shapes: PieceShapes;
  readonly settings: () => Settings;
  /** What may be asked for: the download limits of session and torrent. */
  readonly limiter: Limiter;
  /** So many peers that each link is used now and then only. */
  readonly hasManyLinks: () => boolean;
}

export interface AskingOptions extends RequestsOptions {
  /** All pieces between their first request and their verdict. */
  readonly partials: Map<PieceIndex, PartialPiece>;
  /** Those of them with blocks nobody was asked for. */
  readonly open: Set<PartialPiece>;
}

export class Asking {
  readonly #options: AskingOptions;
  /** Of the options: asked for after each read. */
  readonly #open: Set<PartialPiece>;
  isSequential = false;
  readonly #pace = new ArrivalPace();
  /** Blocks asked for twice so far. */
  #twiceCount = 0;

  constructor(options: AskingOptions) {
    this.#options = options;
    this.#open = options.open;
  }

  /** Tops up what is outstanding with `peer`; the requests go out as one message. */
  fill(peer: Peer, now: Millis, out: SessionOutput[]): void {
    if (peer.isDistrusted) return;
    const state = peer.requests;
    if (state.takesTurns) return this.#takeTurn(peer, now, out);
    const target = Math.min(state.pipeline.target, peer.queueMax, this.#options.settings().requestsOutstandingMax);
    const unproven = state.isProven ? target : unprovenBlocksMax(this.#options.shapes.pieceByteLength(0)) - state.unjudged;
    if (unproven <= state.outstanding) return this.#finish(peer, target - state.outstanding, now, out);
    const room = Math.min(target, unproven) - state.outstanding;
    // A few requests at a time cost a write each; wait until a quarter of the pipeline is free, or what one message may ask for.
    if (room <= 0 || (state.outstanding > 0 && room < Math.min(REQUESTS_AT_ONCE, target / 4))) return;
    const { limiter } = this.#options;
    const granted = limiter.isUnlimited ? room : Math.min(room, Math.floor(limiter.available(now) / BLOCK_LENGTH));
    if (granted === 0) return;
    const wanted: BlockRequest[] = [];
    this.#choose(peer, granted, now, wanted);
    if (wanted.length === 0 && state.outstanding === 0 && this.#takeOver(peer, now, out)) this.#choose(peer, granted, now, wanted);
    if (wanted.length === 0) return;
    this.#send(peer, wanted, now, out);
    state.isFull = state.outstanding >= target;
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

  /** Asks one that offers a piece when it is served (`offers.ts`): for one piece, to its end. */
  #takeTurn(peer: Peer, now: Millis, out: SessionOutput[]): void {
    const state = peer.requests;
    const open = this.#open;
    // Hot: after most reads nothing is offered and nothing is left over.
    if (!state.isOffered && open.size === 0) return;
    const { settings, limiter, shapes } = this.#options;
    const room = Math.min(peer.queueMax, settings().requestsOutstandingMax) - state.outstanding;
    const granted = limiter.isUnlimited ? room : Math.min(room, Math.floor(limiter.available(now) / BLOCK_LENGTH));
    if (granted <= 0) return;
    const wanted: BlockRequest[] = [];
    for (const partial of open) {
      if (partial.owner === peer && wanted.length < granted && this.#mayAsk(peer, partial))
        this.#askFrom(partial, peer, granted, now, wanted);
    }
    if (state.isOffered) {
      const count = Math.min(granted, Math.ceil(shapes.pieceByteLength(0) / BLOCK_LENGTH));
      if (wanted.length === 0 && this.#mayTakeMore()) this.#choose(peer, count, now, wanted);
      if (wanted.length === 0 && state.outstanding === 0 && this.#takeOver(peer, now, out, { onlyUnheard: true }))
        this.#choose(peer, count, now, wanted);
    }
    if (wanted.length === 0) return;
    state.isOffered = false;
    this.#send(peer, wanted, now, out);
  }

  /** Whether a piece more may come from those who take turns. */
  #mayTakeMore(): boolean {
    let count = 0;
    let waitingCount = 0;
    for (const partial of this.#options.partials.values()) {
      if (partial.isReceived) continue;
      count++;
      if (partial.waitsFor?.requests.takesTurns === true) waitingCount++;
    }
    if (!this.#options.hasManyLinks()) return waitingCount < WAITING_MAX;
    const countMax = Math.max(UNDER_WAY_MIN, this.#pace.pieces);
    return count < countMax && waitingCount < WAITING_SHARE * countMax;
  }

  /** All blocks of the piece are here. */
  arrived(partial: PartialPiece, now: Millis): void {
    const askedAt = partial.askedAt(0);
    // A block that is padding was never asked for.
    if (!Number.isNaN(askedAt)) this.#pace.arrived(askedAt, now);
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
    while (wanted.length < count && !this.#endsWithPiece(peer, count - wanted.length, wanted)) {
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

  /**
   * Whether a list for one that has enough to do is better off without the beginning of another piece. A downloader begins with few
   * blocks, so that its later lists would begin and end inside of pieces for ever: two runs for each of them, and two reads for the seed.
   */
  #endsWithPiece({ requests }: Peer, room: number, wanted: readonly BlockRequest[]): boolean {
    if (wanted.length === 0 || requests.outstanding + wanted.length < REQUESTS_AT_ONCE) return false;
    return room < Math.min(REQUESTS_AT_ONCE, Math.ceil(this.#options.shapes.pieceByteLength(0) / BLOCK_LENGTH));
  }

  /** Nothing is left to ask the peer for: it may have what waits in somebody's queue. True when it may be asked for it at once. */
  #takeOver(peer: Peer, now: Millis, out: SessionOutput[], options: { onlyUnheard?: boolean } = {}): boolean {
    const { partials, open } = this.#options;
    const takeover = peer.isChokingUs ? undefined : chooseTakeover(partials.values(), peer, now, options);
    if (takeover === undefined) return false;
    const { partial, asked, isUnheard } = takeover;
    const wasTold = partial.predecessor === asked;
    partial.predecessor = asked;
    partial.owner = peer;
    partial.takenOverAt = now;
    partial.takeoverCount++;
    peer.requests.hasTakenOver = true;
    for (let block = 0; block < partial.blockCount; block++) {
      const isWaiting = partial.isAskedOf(block, asked);
      if (!wasTold) out.push({ type: "send", link: asked.link, bytes: encodeMessage({ type: "cancel", ...partial.requestOf(block) }) });
      if (!isUnheard || !isWaiting) continue;
      asked.requests.outstanding--;
      owe(asked, partial.piece, block);
      if (partial.unask(block, asked)) open.add(partial);
    }
    return isUnheard;
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
      wanted.push(partial.requestOf(block));
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
    this.#options.partials.set(piece, partial);
    this.#open.add(partial);
    picker.markStarted(piece);
    return partial;
  }

  /** BEP 6: what a peer suggests is warm in its cache. */
  #suggested(peer: Peer, mayTake: (piece: PieceIndex) => boolean): PieceIndex | undefined {
    for (let piece = peer.requests.suggested.pop(); piece !== undefined; piece = peer.requests.suggested.pop()) {
      if (peer.has(piece) && this.#options.picker.wants(piece) && !this.#options.partials.has(piece) && mayTake(piece)) return piece;
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
    if (isWayBlocked(peer, now)) return;
    if (!isEndgame({ openBlocks: this.#open.size, wantedMissing: picker.wantedMissing, started: this.#options.partials.size })) return;
    const wantedLength = picker.wantedCount * shapes.pieceByteLength(0);
    for (const partial of this.#options.partials.values()) {
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
        wanted.push(partial.requestOf(block));
      }
    }
  }
}

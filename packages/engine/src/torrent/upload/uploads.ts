/**
 * What we give to whom: requests queue a peer, and leave in turns (`turns.ts`), in runs the host can read and write at once.
 *
 * Payload never crosses the engine. Bounded twice: requests a peer may queue (`reqq`, beyond it they are rejected),
 * and bytes handed to the host that it has not sent yet.
 * @module
 */
import { type Bitfield, BLOCK_LENGTH, MIB, type Millis, type PieceIndex } from "@bittern/protocol/base";
import type { PieceRange } from "@bittern/protocol/metainfo";
import { encodeMessage } from "@bittern/protocol/peer";
import { isFreeRider } from "../../choker/leeching.ts";
import type { Peer, QueuedRequest } from "../../peers/peer.ts";
import type { Limiter } from "../../rate/limiter.ts";
import type { LinkId, TorrentId } from "../../session/ids.ts";
import type { SessionOutput } from "../../session/output.ts";
import { padLength } from "../content/partial-piece.ts";
import { Turns } from "./turns.ts";

/** Bytes of one `send-blocks`: one write of this size is where a socket is cheapest (measured: from 256 KiB on, best 1 MiB). */
const BATCH_LENGTH_MAX: number = MIB;
/**
 * The same for a peer that takes `FAST_RATE_MIN`: each batch costs a walk through code and objects that the batch before it has driven out of
 * the caches (measured: 0.07 of 0.75 CPU seconds a GiB).
 */
const FAST_BATCH_LENGTH_MAX: number = 2 * MIB;
/** Bytes a second that only this machine itself, or the next one by a quick cable, takes. */
const FAST_RATE_MIN: number = 100 * MIB;
/** Bytes handed to the host and not yet sent, a link, below which the next batch is read while the last one leaves. */
const IN_FLIGHT_LENGTH_MAX: number = 512 * 1024;
/** Turns of a lone peer that are remembered before they are looked through: not everybody announces what it got. */
const TURNS_KEPT_MAX = 64;
/** And milliseconds between two such looks: a fast peer has more than that under way all the time. */
const LOOK_THROUGH_MILLIS: Millis = 100;
/** Milliseconds of silence after which a link begins slowly again: TCP halves what may be under way for each timeout, a quarter of a second or so. */
const SILENT_MILLIS: Millis = 2_000;
/** Requests that a choked peer may queue for its allowed-fast pieces. */
const FAST_QUEUE_MAX = 32;

/**
 * So many are served side by side. With two and four, turns left a real uplink idle for a tenth of the time (measured in
 * namespaces; not in the simulator): a connection that was silent for a while begins slowly.
 */
export const SIDE_BY_SIDE_MAX = 4;

export type RequestVerdict = "queued" | "rejected" | "ignored" | "flood" | "invalid";

export interface UploadsOptions {
  readonly torrent: TorrentId;
  readonly have: Bitfield;
  readonly pieceByteLength: (piece: PieceIndex) => number;
  /** Ranges of a piece that belong to no file, and are zeros. */
  readonly emptyRanges: (piece: PieceIndex) => readonly PieceRange[];
  /** More want something than are served side by side. */
  readonly isCrowded: () => boolean;
  /** So many peers that each link is used now and then only. */
  readonly hasManyLinks: () => boolean;
  readonly queueMax: () => number;
  /** How many peers have the piece, as far as we know. */
  readonly holders: (piece: PieceIndex) => number;
  /** Whether a peer keeps for itself what a seed gives to it. */
  readonly isMiser?: (peer: Peer) => boolean;
  /** So many bytes of a piece are on their way. */
  readonly onServed?: (peer: Peer, piece: PieceIndex, byteLength: number) => void;
  /** What may be sent: the upload limits of session and torrent. */
  readonly limiter: Limiter;
}

/** A piece that may leave for a peer next. */
interface Candidate {
  readonly peer: Peer;
  readonly piece: PieceIndex;
  /** It took and did not give: it comes last. */
  readonly owes: boolean;
  /** What it has under way. */
  readonly turns: number;
  readonly holders: number;
}

export class Uploads {
  readonly #options: UploadsOptions;
  readonly #turns: Turns;
  /** Those with something in their queue. */
  readonly #waiting = new Set<Peer>();
  readonly #byLink = new Map<LinkId, Peer>();
  /** Bytes that were asked for and have not left. */
  #pendingLength = 0;
  /** Until then nothing can leave, unless something happens to a queue, a turn, or what is on its way. */
  #restsUntil: Millis = Number.NEGATIVE_INFINITY;
  /** When the turns of a lone peer are looked through again. */
  #lookThroughAt: Millis = Number.NEGATIVE_INFINITY;

  constructor(options: UploadsOptions) {
    this.#options = options;
    this.#turns = new Turns({
      pieceByteLength: options.pieceByteLength,
      isAskedFor: (link, piece) => this.#asksFor(link, piece),
      isUnsent: (link) => (this.#byLink.get(link)?.uploads.inFlight ?? 0) > 0,
    });
  }

  get pendingLength(): number {
    return this.#pendingLength;
  }

  /** Nobody waits for anything. */
  get isIdle(): boolean {
    return this.#waiting.size === 0;
  }

  /** Blocks wait for the uplink, and not for a turn: another upload would only divide what there is. */
  get isUplinkBusy(): boolean {
    for (const { uploads } of this.#waiting) if (uploads.inFlight > 0) return true;
    return false;
  }

  /** Takes a request as it comes. `invalid` and `flood` end the connection. */
  requested(peer: Peer, request: QueuedRequest, out: SessionOutput[]): RequestVerdict {
    const { have, pieceByteLength, queueMax } = this.#options;
    if (request.piece >= have.length || request.length === 0 || request.length > BLOCK_LENGTH) return "invalid";
    if (request.begin + request.length > pieceByteLength(request.piece)) return "invalid";
    const queue = peer.uploads.queue;
    if (!have.has(request.piece)) return this.#refuse(peer, request, out);
    if (peer.isChokedByUs && !this.#takeAllowedFast(peer, request)) return this.#refuse(peer, request, out);
    if (queue.length < queueMax()) {
      queue.push(request);
      this.#pendingLength += request.length;
      this.#stir();
      this.#waiting.add(peer);
      this.#byLink.set(peer.link, peer);
      return "queued";
    }
    // Without the fast extension nobody can be told; to drop the request silently would stall an honest peer for minutes.
    if (!peer.canFast) return "flood";
    peer.uploads.overflow++;
    return peer.uploads.overflow > queueMax() ? "flood" : this.#refuse(peer, request, out);
  }

  /**
   * Takes as many requests of a run of whole blocks as are good and have room in the queue, from the first on; returns how many. The
   * others are taken one by one.
   */
  requestedRun(peer: Peer, piece: PieceIndex, begin: number, count: number): number {
    const { have, pieceByteLength, queueMax } = this.#options;
    const { queue } = peer.uploads;
    if (peer.isChokedByUs || piece >= have.length || !have.has(piece)) return 0;
    if (begin + count * BLOCK_LENGTH > pieceByteLength(piece)) return 0;
    const taken = Math.min(count, queueMax() - queue.length);
    if (taken <= 0) return 0;
    for (let block = 0; block < taken; block++) queue.push({ piece, begin: begin + block * BLOCK_LENGTH, length: BLOCK_LENGTH });
    this.#pendingLength += taken * BLOCK_LENGTH;
    this.#stir();
    this.#waiting.add(peer);
    this.#byLink.set(peer.link, peer);
    return taken;
  }

  /** BEP 6: allowed-fast pieces are served while choked, as many bytes of each as it has: else nobody would have to be unchoked. */
  #takeAllowedFast({ uploads }: Peer, { piece, length }: QueuedRequest): boolean {
    if (!uploads.allowedFast.includes(piece) || uploads.queue.length >= FAST_QUEUE_MAX) return false;
    uploads.fastTaken ??= new Map();
    const taken = (uploads.fastTaken.get(piece) ?? 0) + length;
    if (taken > this.#options.pieceByteLength(piece)) return false;
    uploads.fastTaken.set(piece, taken);
    return true;
  }

  #refuse(peer: Peer, { piece, begin, length }: QueuedRequest, out: SessionOutput[]): RequestVerdict {
    if (!peer.canFast) return "ignored";
    // Named one by one: what is refused may be the whole message of a cancel, whose type must not come along.
    out.push({ type: "send", link: peer.link, bytes: encodeMessage({ type: "reject", piece, begin, length }) });
    return "rejected";
  }

  cancelled(peer: Peer, request: QueuedRequest, out: SessionOutput[]): void {
    const queue = peer.uploads.queue;
    const at = queue.findIndex(
      (queued) => queued.piece === request.piece && queued.begin === request.begin && queued.length === request.length,
    );
    if (at < 0) return;
    this.#stir();
    queue.splice(at, 1);
    this.#pendingLength -= request.length;
    if (queue.length === 0) this.#waiting.delete(peer);
    this.#refuse(peer, request, out);
  }

  /** Everything queued is refused: the peer is choked, or the torrent pauses. Allowed-fast pieces stay (BEP 6). */
  refuseAll(peer: Peer, out: SessionOutput[]): void {
    this.#stir();
    const kept = peer.uploads.queue.filter((request) => peer.canFast && peer.uploads.allowedFast.includes(request.piece));
    for (const request of peer.uploads.queue) {
      if (kept.includes(request)) continue;
      this.#pendingLength -= request.length;
      this.#refuse(peer, request, out);
    }
    peer.uploads.queue.length = 0;
    peer.uploads.queue.push(...kept);
    if (kept.length === 0) this.#waiting.delete(peer);
    this.#turns.forget(peer.link);
  }

  /** Hands as much as may leave now to the host. Hot: once a read, not once a block. */
  serve(now: Millis, out: SessionOutput[]): void {
    const waiting = this.#waiting;
    if (waiting.size === 0 || now < this.#restsUntil) return;
    const [first] = waiting;
    const isAlone = waiting.size === 1 && first !== undefined && this.#turns.areAllOf(first.link, now);
    if (!isAlone || (this.#turns.size > TURNS_KEPT_MAX && now >= this.#lookThroughAt)) {
      this.#turns.expire(now);
      this.#lookThroughAt = now + LOOK_THROUGH_MILLIS;
    }
    // With nobody to wait for there are no turns, only a record of them for whoever comes.
    if ((isAlone && !this.owes(first)) || !this.#options.isCrowded()) {
      for (const peer of waiting) this.#serveAll(peer, now, out);
      return;
    }
    for (const { peer, piece } of this.#turns.all) {
      const asking = this.#byLink.get(peer);
      if (asking !== undefined) this.#servePiece(asking, piece, now, out);
    }
    while (this.#turns.hasRoom(this.#options.pieceByteLength(0), now)) {
      const next = this.#next(now);
      if (next === undefined) return;
      const isSilent = this.#options.hasManyLinks() && isLongSilent(next.peer, now);
      this.#turns.begin(next.peer.link, next.piece, now, isSilent);
      next.peer.uploads.servedAt = now;
      this.#servePiece(next.peer, next.piece, now, out);
    }
    // Asked again after each read of anybody, with a dozen turns under way: nearly always for nothing.
    if (this.#options.limiter.isUnlimited) this.#restsUntil = this.#turns.firstOverAt(now);
  }

  /** Something changed that may let more leave. */
  #stir(): void {
    this.#restsUntil = Number.NEGATIVE_INFINITY;
  }

  #asksFor(link: LinkId, piece: PieceIndex): boolean {
    return this.#byLink.get(link)?.uploads.queue.some((request) => request.piece === piece) ?? false;
  }

  /** True of who took and gave nothing: to us, while we download and ask for something, or to anybody, while we seed. */
  owes(peer: Peer): boolean {
    const { areWeInterested, down, up, requests } = peer;
    if (this.#options.isMiser?.(peer) === true) return true;
    const asksOfIt = areWeInterested || requests.outstanding > 0;
    return !this.#options.have.isFull && isFreeRider({ areWeInterested: asksOfIt, downloaded: down.total, uploaded: up.total });
  }

  /** Whose turn is next, and with what. */
  #next(now: Millis): Candidate | undefined {
    let best: Candidate | undefined;
    for (const peer of this.#waiting) {
      if (peer.uploads.inFlight >= IN_FLIGHT_LENGTH_MAX) continue;
      const turns = this.#turns.countOf(peer.link, now);
      const owes = this.owes(peer);
      if (owes && (turns > 0 || !this.#turns.areAllOf(peer.link, now))) continue;
      if (best !== undefined && (owes === best.owes ? turns > best.turns : owes)) continue;
      let last = -1;
      for (const { piece } of peer.uploads.queue) {
        if (piece === last || this.#turns.has(peer.link, piece)) continue;
        last = piece;
        const holders = this.#options.holders(piece);
        const isBetter =
          best === undefined ||
          owes !== best.owes ||
          turns < best.turns ||
          holders < best.holders ||
          (holders === best.holders && peer.uploads.servedAt < best.peer.uploads.servedAt);
        if (isBetter) best = { peer, piece, owes, turns, holders };
      }
    }
    return best;
  }

  /** Hands over all that the peer asks for of one piece, as far as it may leave now. */
  #servePiece(peer: Peer, piece: PieceIndex, now: Millis, out: SessionOutput[]): void {
    const state = peer.uploads;
    while (state.inFlight < IN_FLIGHT_LENGTH_MAX && state.queue.length > 0) {
      const blocks = takeOf(piece, state.queue, Math.min(BATCH_LENGTH_MAX, this.#options.limiter.available(now)));
      if (blocks === undefined) return;
      this.#hand(peer, blocks, now, out);
    }
  }

  #serveAll(peer: Peer, now: Millis, out: SessionOutput[]): void {
    const state = peer.uploads;
    const batchMax = peer.up.rate(now) < FAST_RATE_MIN ? BATCH_LENGTH_MAX : FAST_BATCH_LENGTH_MAX;
    while (state.queue.length > 0 && state.inFlight < IN_FLIGHT_LENGTH_MAX) {
      const count = countWithin(state.queue, Math.min(batchMax, this.#options.limiter.available(now)));
      if (count === 0) return;
      const blocks = state.queue.splice(0, count);
      this.#beginTurns(peer, blocks, now);
      this.#hand(peer, blocks, now, out);
    }
  }

  #beginTurns(peer: Peer, blocks: readonly QueuedRequest[], now: Millis): void {
    let last = -1;
    for (const { piece } of blocks) {
      if (piece !== last && !this.#turns.has(peer.link, piece)) this.#turns.begin(peer.link, piece, now);
      last = piece;
    }
    peer.uploads.servedAt = now;
  }

  #hand(peer: Peer, blocks: readonly QueuedRequest[], now: Millis, out: SessionOutput[]): void {
    const state = peer.uploads;
    state.overflow = 0;
    let byteLength = 0;
    let ofPiece = 0;
    for (let at = 0; at < blocks.length; at++) {
      const { piece, length } = blocks[at] as QueuedRequest;
      ofPiece += length;
      if (at + 1 < blocks.length && (blocks[at + 1] as QueuedRequest).piece === piece) continue;
      this.#turns.sent(peer.link, piece, ofPiece);
      this.#options.onServed?.(peer, piece, ofPiece);
      byteLength += ofPiece;
      ofPiece = 0;
    }
    this.#options.limiter.spend(byteLength, now);
    if (state.inFlight === 0) state.unsentSince = now;
    state.inFlight += byteLength;
    state.paddingInFlight += this.#paddingOf(blocks);
    peer.sentAt = now;
    if (state.queue.length === 0) this.#waiting.delete(peer);
    out.push({ type: "send-blocks", link: peer.link, torrent: this.#options.torrent, blocks });
  }

  /** Whether any turn of the peer is under way, so that what it announces may end one. */
  hasTurns(peer: Peer): boolean {
    return this.#turns.isTurnOf(peer.link);
  }

  /** The peer announced a piece: its turn is over. */
  peerHas(peer: Peer, piece: PieceIndex, now: Millis): void {
    if (this.#turns.arrived(peer.link, piece, now)) this.#stir();
  }

  left(peer: Peer): void {
    this.#stir();
    const { queue, inFlight } = peer.uploads;
    this.#pendingLength -= inFlight;
    for (const { length } of queue) this.#pendingLength -= length;
    this.#waiting.delete(peer);
    this.#byLink.delete(peer.link);
    this.#turns.forget(peer.link);
  }

  /** The host sent `byteLength` bytes of blocks; returns how many of them belong to files. */
  sent(peer: Peer, byteLength: number, now: Millis): number {
    this.#stir();
    const state = peer.uploads;
    state.inFlight -= byteLength;
    state.unsentSince = now;
    this.#pendingLength -= byteLength;
    state.sinceUnchoke += byteLength;
    peer.up.add(byteLength, now);
    peer.sentAt = now;
    const padding = Math.min(byteLength, state.paddingInFlight);
    state.paddingInFlight -= padding;
    return byteLength - padding;
  }

  /** The host could not read the blocks. */
  unsent(peer: Peer, blocks: readonly QueuedRequest[]): void {
    this.#stir();
    for (const block of blocks) {
      peer.uploads.inFlight -= block.length;
      this.#pendingLength -= block.length;
    }
    peer.uploads.paddingInFlight -= this.#paddingOf(blocks);
  }

  #paddingOf(blocks: readonly QueuedRequest[]): number {
    let padding = 0;
    let last = -1;
    let ranges: readonly PieceRange[] = [];
    for (const { piece, begin, length } of blocks) {
      if (piece !== last) ranges = this.#options.emptyRanges(piece);
      last = piece;
      if (ranges.length > 0) padding += padLength(ranges, begin, length);
    }
    return padding;
  }
}

/**
 * Takes the first requests of a piece that fit into `byteLength` out of the queue; `undefined` when there is none. Hot: it is asked
 * of every turn that is under way after every read, and most turns have nothing left to send.
 */
function takeOf(piece: PieceIndex, queue: QueuedRequest[], byteLength: number): QueuedRequest[] | undefined {
  let from = 0;
  while (from < queue.length && (queue[from] as QueuedRequest).piece !== piece) from++;
  if (from === queue.length || (queue[from] as QueuedRequest).length > byteLength) return undefined;
  const taken: QueuedRequest[] = [];
  let room = byteLength;
  let kept = from;
  for (let at = from; at < queue.length; at++) {
    const request = queue[at] as QueuedRequest;
    if (request.piece === piece && request.length <= room) {
      taken.push(request);
      room -= request.length;
      continue;
    }
    // What comes behind one that does not fit waits with it.
    if (request.piece === piece) room = 0;
    queue[kept++] = request;
  }
  queue.length = kept;
  return taken;
}

/** How many requests from the front fit into `byteLength`. */
function countWithin(queue: readonly QueuedRequest[], byteLength: number): number {
  let length = 0;
  let count = 0;
  for (const request of queue) {
    length += request.length;
    if (length > byteLength) break;
    count++;
  }
  return count;
}

/** Nothing has left for it for long, or ever. */
function isLongSilent({ up, uploads }: Peer, now: Millis): boolean {
  return up.total === 0 || now - uploads.servedAt >= SILENT_MILLIS;
}

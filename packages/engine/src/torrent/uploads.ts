/**
 * What we give to whom: requests queue a peer, and leave in runs the host can read and write at once.
 *
 * Payload never crosses the engine. Bounded twice: requests a peer may queue (`reqq`, beyond it they are rejected),
 * and bytes handed to the host that it has not sent yet.
 * @module
 */
import { type Bitfield, BLOCK_LENGTH, MIB, type Millis, type PieceIndex } from "@bittern/protocol/base";
import { encodeMessage } from "@bittern/protocol/peer";
import type { Peer, QueuedRequest } from "../peers/peer.ts";
import type { Limiter } from "../rate/limiter.ts";
import type { TorrentId } from "../session/ids.ts";
import type { SessionOutput } from "../session/output.ts";

/** Bytes of one `send-blocks`: one write of this size is where a socket is cheapest (measured: from 256 KiB on, best 1 MiB). */
const BATCH_LENGTH_MAX: number = MIB;
/** Bytes handed to the host and not yet sent, a link, below which the next batch is read while the last one leaves. */
const IN_FLIGHT_LENGTH_MAX: number = 512 * 1024;

export type RequestVerdict = "queued" | "rejected" | "ignored" | "flood" | "invalid";

export interface UploadsOptions {
  readonly torrent: TorrentId;
  readonly have: Bitfield;
  readonly pieceByteLength: (piece: PieceIndex) => number;
  readonly queueMax: () => number;
  /** Blocks are on their way. */
  readonly onServed?: (peer: Peer, blocks: readonly QueuedRequest[]) => void;
  /** What may be sent: the upload limits of session and torrent. */
  readonly limiter: Limiter;
}

export class Uploads {
  readonly #options: UploadsOptions;

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  /** Takes a request as it comes. `invalid` and `flood` end the connection. */
  requested(peer: Peer, request: QueuedRequest, out: SessionOutput[]): RequestVerdict {
    const { have, pieceByteLength, queueMax } = this.#options;
    if (request.piece >= have.length || request.length === 0 || request.length > BLOCK_LENGTH) return "invalid";
    if (request.begin + request.length > pieceByteLength(request.piece)) return "invalid";
    const queue = peer.uploads.queue;
    const mayAsk = !peer.isChokedByUs || this.#takeAllowedFast(peer, request.piece);
    if (!mayAsk || !have.has(request.piece)) return this.#refuse(peer, request, out);
    if (queue.length < queueMax()) {
      queue.push(request);
      return "queued";
    }
    // Without the fast extension nobody can be told; to drop the request silently would stall an honest peer for minutes.
    if (!peer.canFast) return "flood";
    peer.uploads.overflow++;
    return peer.uploads.overflow > queueMax() ? "flood" : this.#refuse(peer, request, out);
  }

  /** BEP 6: allowed-fast pieces are served while choked, each block of them once. */
  #takeAllowedFast(peer: Peer, piece: PieceIndex): boolean {
    return peer.uploads.allowedFast.includes(piece) && peer.uploads.queue.length < 32;
  }

  #refuse(peer: Peer, request: QueuedRequest, out: SessionOutput[]): RequestVerdict {
    if (!peer.canFast) return "ignored";
    out.push({ type: "send", link: peer.link, bytes: encodeMessage({ type: "reject", ...request }) });
    return "rejected";
  }

  cancelled(peer: Peer, request: QueuedRequest, out: SessionOutput[]): void {
    const queue = peer.uploads.queue;
    const at = queue.findIndex(
      (queued) => queued.piece === request.piece && queued.begin === request.begin && queued.length === request.length,
    );
    if (at < 0) return;
    queue.splice(at, 1);
    this.#refuse(peer, request, out);
  }

  /** Everything queued is refused: the peer is choked, or the torrent pauses. Allowed-fast pieces stay (BEP 6). */
  refuseAll(peer: Peer, out: SessionOutput[]): void {
    const kept = peer.uploads.queue.filter((request) => peer.canFast && peer.uploads.allowedFast.includes(request.piece));
    for (const request of peer.uploads.queue) if (!kept.includes(request)) this.#refuse(peer, request, out);
    peer.uploads.queue.length = 0;
    peer.uploads.queue.push(...kept);
  }

  /** Hands as much as may leave now to the host. Hot: once a read, not once a block. */
  serve(peer: Peer, now: Millis, out: SessionOutput[]): void {
    const state = peer.uploads;
    while (state.queue.length > 0 && state.inFlight < IN_FLIGHT_LENGTH_MAX) {
      const { limiter } = this.#options;
      const count = countWithin(state.queue, Math.min(BATCH_LENGTH_MAX, limiter.available(now)));
      if (count === 0) return;
      const blocks = state.queue.splice(0, count);
      state.overflow = 0;
      let byteLength = 0;
      for (const block of blocks) byteLength += block.length;
      limiter.spend(byteLength, now);
      this.#options.onServed?.(peer, blocks);
      state.inFlight += byteLength;
      peer.sentAt = now;
      out.push({ type: "send-blocks", link: peer.link, torrent: this.#options.torrent, blocks });
    }
  }

  /** The host sent `byteLength` payload bytes. */
  sent(peer: Peer, byteLength: number, now: Millis): void {
    peer.uploads.inFlight -= byteLength;
    peer.uploads.sinceUnchoke += byteLength;
    peer.up.add(byteLength, now);
    peer.sentAt = now;
  }
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

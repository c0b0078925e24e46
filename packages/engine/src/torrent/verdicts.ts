/**
 * What it means to everybody that a piece is good, bad or lost, and that nothing is missing any more.
 * @module
 */
import { formatEndpoint } from "@bittern/protocol/address";
import type { Millis, PieceIndex } from "@bittern/protocol/base";
import { encodeMessage } from "@bittern/protocol/peer";
import type { Peer } from "../peers/peer.ts";
import type { LinkId } from "../session/ids.ts";
import type { SessionOutput } from "../session/output.ts";
import type { Body } from "./body.ts";
import { updateInterest } from "./conversation.ts";
import type { TorrentCore } from "./core.ts";
import { sendDontHave, sendUploadOnly } from "./greeting.ts";
import type { Traffic } from "./traffic.ts";
import { mayWait } from "./upload/offers.ts";

export class Verdicts {
  readonly #core: TorrentCore;
  readonly #traffic: Traffic;

  constructor(core: TorrentCore, traffic: Traffic) {
    this.#core = core;
    this.#traffic = traffic;
  }

  good(body: Body, piece: PieceIndex, bytes: Uint8Array | undefined, now: Millis, out: SessionOutput[]): void {
    const { id, blame, peers } = this.#core;
    const wasWanted = body.picker.wants(piece);
    const partial = body.requests.partial(piece);
    if (partial !== undefined) blame.succeeded(partial);
    body.requests.succeeded(piece);
    body.picker.markHave(piece);
    for (const sentence of blame.verified(piece, bytes)) this.#core.punish(sentence, now, out);
    const have = encodeMessage({ type: "have", piece });
    const givers = partial?.contributors();
    let news: LinkId[] | undefined;
    for (const peer of peers.values()) {
      // Also to those that have it: it is how they learn that we are complete. Who gave of it counts its turns by our word.
      const isPatient = !peer.isSeed && mayWait(peer) && givers?.has(peer) !== true;
      if (isPatient) (news ??= beginNews(have, out)).push(peer.link);
      else if (!peer.isSeed) out.push({ type: "send", link: peer.link, bytes: have });
      if (!wasWanted) continue;
      if (peer.has(piece)) peer.wantedPieces--;
      const wereWeInterested = peer.areWeInterested;
      updateInterest(peer, this.#traffic.wants(peer), out);
      // Words that may wait leave in the order in which their links first had one.
      if (!isPatient && peer.areWeInterested !== wereWeInterested) news = undefined;
    }
    body.offers.make(now, out);
    this.#traffic.wish(out);
    this.#core.tell({ type: "piece", torrent: id, piece }, out);
    for (const file of body.content.filesCompletedBy(piece)) this.#core.tell({ type: "file", torrent: id, file }, out);
    this.finishIfDone(body, now, out, true);
  }

  bad(body: Body, piece: PieceIndex, bytes: Uint8Array | undefined, now: Millis, out: SessionOutput[]): void {
    const partial = body.requests.partial(piece);
    this.#core.tell({ type: "piece-corrupt", torrent: this.#core.id, piece }, out);
    if (partial === undefined) return;
    const distrusted = this.#core.blame.failed(partial, bytes, now);
    this.#core.wasted += body.requests.failed(piece, out);
    if (distrusted !== undefined) this.#distrust(body, distrusted, now, out);
  }

  /** All it sent alone was false: it is asked no more, and neither are others from its place. */
  #distrust(body: Body, peer: Peer, now: Millis, out: SessionOutput[]): void {
    const { id, blame, peers } = this.#core;
    const message = `${formatEndpoint(peer.remote)} sent false pieces and none that was good: it is asked for no more`;
    this.#core.tell({ type: "warning", torrent: id, code: "PEER_DISTRUSTED", message }, out);
    for (const other of peers.values()) {
      other.isDistrusted = blame.isDistrusted(other, now);
      if (other.isDistrusted) body.requests.leave(other, out);
      updateInterest(other, this.#traffic.wants(other), out);
    }
  }

  /** What was verified is no longer what it was. */
  lost(body: Body, pieces: readonly PieceIndex[], now: Millis, out: SessionOutput[]): void {
    const { fields, peers } = this.#core;
    for (const piece of pieces) body.picker.markMissing(piece);
    for (const peer of peers.values()) sendDontHave(peer, pieces, out);
    this.#core.isDoneTold = false;
    fields.recount(peers.values());
    this.#traffic.wishAndAskAll(now, out);
  }

  finishIfDone(body: Body, now: Millis, out: SessionOutput[], wasDownloading: boolean): void {
    const core = this.#core;
    if (core.isDoneTold || body.picker.wantedMissing > 0) return;
    core.isDoneTold = true;
    core.tell({ type: "done", torrent: core.id }, out);
    body.content.completed(now, out);
    // Tens of megabytes that a seed has no use for; who still downloads makes its own.
    core.context.pool.trim();
    const { isFull } = body.content.have;
    if (wasDownloading && isFull) core.discovery.announces.completed(now);
    for (const peer of core.peers.values()) {
      updateInterest(peer, false, out);
      sendUploadOnly(peer, out);
      if (isFull && peer.isSeed) core.context.drop(peer, "both are complete");
    }
  }
}

/** The same word for all whose links are entered into what it returns. */
function beginNews(bytes: Uint8Array, out: SessionOutput[]): LinkId[] {
  const links: LinkId[] = [];
  out.push({ type: "send-news", links, bytes });
  return links;
}

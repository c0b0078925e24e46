/**
 * Passes on what WebTorrent peers say: each offer to another peer of its swarm, each answer to whom it names.
 *
 * Offers that find nobody here, and answers to whom is not here, go to the trackers that share our swarms, and theirs come to peers of
 * ours.
 * @module
 */
import { fromUtf8, latin1, ProtocolError, utf8 } from "@bittern/protocol/base";
import { decodeSignalRequest, encodeSignalAnswer, SignalAnnounce, type SignalRequest, signalOfferEnd } from "@bittern/protocol/tracker";
import type { TrackerOutput } from "../output.ts";
import { readSharedSignal, writeSharedSignal } from "../shared/shared-signal.ts";
import { DOWNLOADER, PARTIAL_SEED, SEED, type Zone } from "../swarms/zone.ts";
import type { Frames } from "./frames.ts";
import { NOWHERE, type OfferMaker, type WebSocketPeer, type WebSocketSwarms } from "./swarms.ts";

export type SignalAnswer = SignalRequest & { readonly type: "answer" };

export class Relay {
  readonly #swarms: WebSocketSwarms;
  readonly #frames: Frames;
  readonly #sharesSwarms: boolean;
  /** What another tracker's peer announces. */
  readonly #heard = new SignalAnnounce();

  constructor(swarms: WebSocketSwarms, frames: Frames, sharesSwarms: boolean) {
    this.#swarms = swarms;
    this.#frames = frames;
    this.#sharesSwarms = sharesSwarms;
  }

  /** Passes on the offers of a peer's announce; `text` is the whole message. Hot. */
  offers(peer: WebSocketPeer, announce: SignalAnnounce, text: Uint8Array, out: TrackerOutput[]): void {
    const count = this.#give(peer, announce, 0, out);
    if (count < announce.offerCount && this.#sharesSwarms) out.push({ type: "share-signal", bytes: writeSharedSignal(count, text) });
  }

  /** Passes on the answer of a peer; `text` is the whole message. */
  answer(answer: SignalAnswer, text: string, out: TrackerOutput[]): void {
    if (this.#hand(answer, out) || !this.#sharesSwarms) return;
    out.push({ type: "share-signal", bytes: writeSharedSignal(0, utf8(text)) });
  }

  /** Takes what a peer of another tracker says to peers of ours. */
  hear(bytes: Uint8Array, out: TrackerOutput[]): void {
    const { given, text } = readSharedSignal(bytes);
    if (this.#heard.read(text)) return this.#spread(given, out);
    try {
      const request = decodeSignalRequest(fromUtf8(text));
      if (request.type === "answer") this.#hand(request, out);
      if (request.type !== "announce") return;
      this.#heard.fill(request);
      this.#spread(given, out);
    } catch (fault) {
      // No peer of ours sent it.
      if (!(fault instanceof ProtocolError)) throw fault;
    }
  }

  /** Gives offers, from one on, to a peer each; returns how many found one. */
  #give(maker: OfferMaker, announce: SignalAnnounce, first: number, out: TrackerOutput[]): number {
    if (announce.offerCount <= first) return 0;
    maker.offerEnd ??= signalOfferEnd(maker.swarm.infoHash, latin1(announce.peerId));
    const count = this.#swarms.sample(maker, announce.offerCount - first);
    for (let at = 0; at < count; at++) {
      this.#frames.offer((this.#swarms.chosen[at] as WebSocketPeer).link, announce, first + at, maker.offerEnd, out);
    }
    return count;
  }

  /** Gives the offers that another tracker had nobody for to peers of ours. */
  #spread(first: number, out: TrackerOutput[]): void {
    const announce = this.#heard;
    const swarm = this.#swarms.get(latin1(announce.infoHash));
    if (swarm === undefined || announce.event === "stopped") return;
    // A client of both trackers does not get its own.
    const known = swarm.byId.get(latin1(announce.peerId));
    this.#give(known ?? { swarm, zone: zoneOf(announce), place: NOWHERE, offerEnd: undefined }, announce, first, out);
  }

  /** Gives an answer to whom it names; false when that one is not here. */
  #hand(answer: SignalAnswer, out: TrackerOutput[]): boolean {
    const to = this.#swarms.get(answer.infoHash)?.byId.get(answer.toPeerId);
    if (to !== undefined) this.#frames.text(to.link, encodeSignalAnswer(answer), out);
    return to !== undefined;
  }
}

/** What a peer is, from what it says. */
export function zoneOf({ left, event }: SignalAnnounce): Zone {
  if (left === 0) return SEED;
  return event === "paused" ? PARTIAL_SEED : DOWNLOADER;
}

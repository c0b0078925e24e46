/**
 * Bringing peers together that cannot be dialled (BEP 55): we ask a peer that both know, we are told to dial now, and we carry
 * the word for others.
 *
 * Both sides dial by uTP at the same time; each one's first packet opens its own router for the other's. A word to dial is a
 * stranger's: where it points is judged like a candidate of a peer exchange, and nobody makes us dial more often than is
 * worth a real swarm, because a packet to an address of their choice is what an attacker wants of us.
 * @module
 */
import { type Endpoint, formatEndpoint } from "@bittern/protocol/address";
import type { Millis } from "@bittern/protocol/base";
import { decodeHolepunch, encodeHolepunch, type HolepunchError, type HolepunchMessage } from "@bittern/protocol/extension";
import { encodeMessage } from "@bittern/protocol/peer";
import type { Peer } from "../../peers/peer.ts";
import type { LinkId } from "../../session/ids.ts";
import type { SessionOutput } from "../../session/output.ts";

/** Messages of one peer within the time below that are answered. */
const MESSAGES_MAX = 20;
const COUNTED_MILLIS: Millis = 60_000;

export interface HolepunchOptions {
  readonly isEnabled: () => boolean;
  readonly peers: ReadonlyMap<LinkId, Peer>;
  /** Dials by uTP, now; `from`: whose word it is. */
  readonly dial: (to: Endpoint, from: Endpoint, now: Millis, out: SessionOutput[]) => void;
}

/** A peer that answered by neither way, and who told us of it. */
export interface HiddenPeer {
  readonly endpoint: Endpoint;
  /** An endpoint as text. */
  readonly namedBy: string;
}

interface Tally {
  count: number;
  since: Millis;
}

export class Holepunch {
  readonly #options: HolepunchOptions;
  readonly #tallies = new Map<Peer, Tally>();

  constructor(options: HolepunchOptions) {
    this.#options = options;
  }

  /** We take part: then peers are told so. */
  get isOffered(): boolean {
    return this.#options.isEnabled();
  }

  left(peer: Peer): void {
    this.#tallies.delete(peer);
  }

  /** Asks those who named hidden peers to bring us together. */
  seek(hidden: readonly HiddenPeer[], out: SessionOutput[]): void {
    if (hidden.length === 0 || !this.isOffered) return;
    for (const { endpoint, namedBy } of hidden) {
      const relay = this.#find((peer) => formatEndpoint(peer.remote) === namedBy && peer.extensions.holepunch > 0);
      if (relay !== undefined) say(relay, { type: "rendezvous", endpoint }, out);
    }
  }

  heard(peer: Peer, payload: Uint8Array, now: Millis, out: SessionOutput[]): void {
    const message = decodeHolepunch(payload);
    // Who does not take part is not answered (BEP 55), and who speaks without end is not heard.
    if (message === undefined || !this.isOffered || peer.extensions.holepunch === 0 || this.#isTooMuch(peer, now)) return;
    switch (message.type) {
      case "rendezvous":
        return this.#bringTogether(peer, message.endpoint, out);
      case "connect":
        return this.#dial(message.endpoint, peer, now, out);
      case "error":
        // The candidate is put off already, and is tried again like any other.
        return;
    }
  }

  #isTooMuch(peer: Peer, now: Millis): boolean {
    const tally = this.#tallies.get(peer) ?? { count: 0, since: now };
    if (now - tally.since >= COUNTED_MILLIS) Object.assign(tally, { count: 0, since: now });
    this.#tallies.set(peer, tally);
    return ++tally.count > MESSAGES_MAX;
  }

  #bringTogether(asking: Peer, target: Endpoint, out: SessionOutput[]): void {
    const key = formatEndpoint(target);
    const other = this.#find((peer) => formatEndpoint(peer.remote) === key || formatEndpoint(peer.endpoint) === key);
    const error = refusal(asking, other);
    if (error !== undefined) return say(asking, { type: "error", endpoint: target, error }, out);
    say(asking, { type: "connect", endpoint: target }, out);
    say(other as Peer, { type: "connect", endpoint: asking.endpoint }, out);
  }

  #dial(to: Endpoint, from: Peer, now: Millis, out: SessionOutput[]): void {
    const key = formatEndpoint(to);
    if (this.#find((peer) => formatEndpoint(peer.remote) === key || formatEndpoint(peer.endpoint) === key) !== undefined) return;
    this.#options.dial(to, from.remote, now, out);
  }

  #find(isIt: (peer: Peer) => boolean): Peer | undefined {
    for (const peer of this.#options.peers.values()) if (isIt(peer)) return peer;
    return undefined;
  }
}

function refusal(asking: Peer, other: Peer | undefined): HolepunchError | undefined {
  if (other === undefined) return "not-connected";
  if (other === asking) return "no-such-peer";
  return other.extensions.holepunch === 0 ? "no-support" : undefined;
}

function say(peer: Peer, message: HolepunchMessage, out: SessionOutput[]): void {
  const payload = encodeHolepunch(message);
  out.push({ type: "send", link: peer.link, bytes: encodeMessage({ type: "extended", id: peer.extensions.holepunch, payload }) });
}

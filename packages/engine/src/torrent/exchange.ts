/**
 * Peers tell each other who else is there (PEX, BEP 11): whom we tell of whom, and whom of those we hear of we believe.
 *
 * A peer is told of those we are connected to, at most fifty at a time and a hundred altogether, and told again when they are
 * gone; so what it hears is alive. What we hear is a stranger's word: it goes to the candidates, who judge it, and whoever
 * speaks too often or too long is ignored and then let go. A private torrent knows its tracker's peers and no others (BEP 27).
 * @module
 */
import { addressScope, type Endpoint, formatEndpoint } from "@bittern/protocol/address";
import { type Millis, ProtocolError } from "@bittern/protocol/base";
import { decodePex, type ExchangedPeer, encodePex, PEX_INTERVAL_MILLIS, PEX_PEERS_MAX } from "@bittern/protocol/extension";
import { encodeMessage } from "@bittern/protocol/peer";
import type { Peer } from "../peers/peer.ts";
import type { SessionOutput } from "../session/output.ts";

/** Peers of ours that one peer knows of by us at a time. */
const TOLD_MAX = 100;
/** Peers looked at for one message: in a crowd of thousands the next message looks at others. */
const LOOKED_AT_MAX = 200;
/** A peer that has just come hears of the others so soon; when there is no news, it is looked again after that. */
const FIRST_MILLIS = 1000;
const NO_NEWS_MILLIS = 5000;
/** Clocks differ, and networks gather: who speaks a little early is forgiven (limits table). */
const HEARD_INTERVAL_MILLIS_MIN = 45_000;
/** Messages too early or too long after which a peer is let go. */
const BREAKS_MAX = 3;

export interface PeerExchangeOptions {
  readonly isPrivate: () => boolean;
  /** We want nothing more, so that seeds are of no use to us. */
  readonly isUploadOnly: () => boolean;
  readonly isEnabled: () => boolean;
}

interface Member {
  readonly peer: Peer;
  /** Where others can dial it, as text; "" while nobody knows. */
  key: string;
  /** Everybody on the internet can dial it there. */
  isGlobal: boolean;
  nextAt: Millis;
  /** Places it was told of and not told that they are gone; made with the first. */
  told: Map<string, Endpoint> | undefined;
  heardAt: Millis | undefined;
  breaks: number;
}

export class PeerExchange {
  readonly #options: PeerExchangeOptions;
  readonly #members = new Map<Peer, Member>();
  /** How many members there are at each place. */
  readonly #places = new Map<string, number>();
  /** Where the next message begins to look for news, so that in a crowd not everybody hears of the same few. */
  #turn = 0;

  constructor(options: PeerExchangeOptions) {
    this.#options = options;
  }

  get isAllowed(): boolean {
    return this.#options.isEnabled() && !this.#options.isPrivate();
  }

  /** The peer shook hands, or told where it can be dialled. */
  learn(peer: Peer, now: Millis): void {
    let member = this.#members.get(peer);
    if (member === undefined) {
      member = { peer, key: "", isGlobal: false, nextAt: now + FIRST_MILLIS, told: undefined, heardAt: undefined, breaks: 0 };
      this.#members.set(peer, member);
    }
    if (!peer.dialledByUs && peer.endpoint === peer.remote) return;
    this.#leavePlace(member);
    member.key = formatEndpoint(peer.endpoint);
    member.isGlobal = addressScope(peer.endpoint.address) === "global";
    this.#places.set(member.key, (this.#places.get(member.key) ?? 0) + 1);
  }

  left(peer: Peer): void {
    const member = this.#members.get(peer);
    if (member === undefined) return;
    this.#leavePlace(member);
    this.#members.delete(peer);
  }

  #leavePlace({ key }: Member): void {
    const count = this.#places.get(key) ?? 0;
    if (count > 1) this.#places.set(key, count - 1);
    else this.#places.delete(key);
  }

  /** Once a second: tells everybody whose turn it is. */
  tick(now: Millis, out: SessionOutput[]): void {
    if (!this.isAllowed) return;
    let members: readonly Member[] | undefined;
    for (const member of this.#members.values()) {
      if (member.peer.extensions.exchange === 0 || now < member.nextAt) continue;
      members ??= [...this.#members.values()].filter(({ key }) => key !== "");
      member.nextAt = now + (this.#tell(member, members, out) ? PEX_INTERVAL_MILLIS : NO_NEWS_MILLIS);
    }
  }

  /** False when there is nothing to tell. */
  #tell(member: Member, members: readonly Member[], out: SessionOutput[]): boolean {
    const dropped = this.#gone(member);
    const added = this.#news(member, members);
    if (added.length === 0 && dropped.length === 0) return false;
    const { peer } = member;
    const payload = encodePex({ added, dropped });
    out.push({ type: "send", link: peer.link, bytes: encodeMessage({ type: "extended", id: peer.extensions.exchange, payload }) });
    return true;
  }

  #gone({ told }: Member): Endpoint[] {
    const gone: Endpoint[] = [];
    for (const [key, endpoint] of told ?? []) {
      if (this.#places.has(key)) continue;
      gone.push(endpoint);
      told?.delete(key);
      if (gone.length === PEX_PEERS_MAX) break;
    }
    return gone;
  }

  #news(member: Member, members: readonly Member[]): ExchangedPeer[] {
    const news: ExchangedPeer[] = [];
    if ((member.told?.size ?? 0) >= TOLD_MAX) {
      // It knows as many as it may; the next one begins behind those it was not told of.
      this.#turn += Math.min(members.length, LOOKED_AT_MAX);
      return news;
    }
    for (let looked = 0; looked < Math.min(members.length, LOOKED_AT_MAX) && news.length < PEX_PEERS_MAX; looked++) {
      const other = members[this.#turn++ % members.length] as Member;
      if (other.key === member.key || (member.told?.size ?? 0) >= TOLD_MAX || member.told?.has(other.key) === true) continue;
      if (!isOfUse(member.peer, other)) continue;
      member.told ??= new Map();
      member.told.set(other.key, other.peer.endpoint);
      news.push(asExchanged(other.peer));
    }
    return news;
  }

  /** Peers that a peer tells of, as far as we believe and can use it. Throws `ProtocolError` for what it must not send. */
  heard(peer: Peer, payload: Uint8Array, now: Millis): readonly Endpoint[] {
    const member = this.#members.get(peer);
    if (member === undefined || !this.isAllowed) return [];
    const { added, addedCount, droppedCount } = decodePex(payload);
    const isFirst = member.heardAt === undefined;
    const isEarly = member.heardAt !== undefined && now - member.heardAt < HEARD_INTERVAL_MILLIS_MIN;
    const isLong = !isFirst && (addedCount > PEX_PEERS_MAX || droppedCount > PEX_PEERS_MAX);
    if ((isEarly || isLong) && ++member.breaks >= BREAKS_MAX)
      throw new ProtocolError("EXCHANGE_FLOOD", "tells of peers too often or of too many");
    if (isEarly) return [];
    member.heardAt = now;
    const isSeedOfUse = !this.#options.isUploadOnly();
    return added.slice(0, PEX_PEERS_MAX).filter(({ uploadOnly }) => isSeedOfUse || !uploadOnly);
  }
}

/** Nobody on the internet can dial into our own network, and seeds have nothing to say to each other. */
function isOfUse(to: Peer, { peer: other, isGlobal }: Member): boolean {
  if (isComplete(to) && isComplete(other)) return false;
  return isGlobal || addressScope(to.remote.address) !== "global";
}

function isComplete(peer: Peer): boolean {
  return peer.isSeed || peer.isUploadOnly;
}

function asExchanged(peer: Peer): ExchangedPeer {
  const { address, port } = peer.endpoint;
  return {
    address,
    port,
    prefersEncryption: false,
    uploadOnly: isComplete(peer),
    utp: peer.transport === "utp",
    holepunch: peer.extensions.holepunch > 0,
    reachable: peer.dialledByUs,
  };
}

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
import type { Peer } from "../../peers/peer.ts";
import type { SessionOutput } from "../../session/output.ts";

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

/** Where somebody can be dialled. */
interface Place {
  /** As text. */
  readonly key: string;
  readonly endpoint: Endpoint;
  /** Everybody on the internet can dial it there. */
  readonly isGlobal: boolean;
  /** Members who are there; with none it is known no more, but by those who were told of it. */
  memberCount: number;
}

interface Member {
  readonly peer: Peer;
  /** `undefined` while nobody knows. */
  place: Place | undefined;
  nextAt: Millis;
  /**
   * What it was told of and not told that it is gone; made with the first. A list: with a hundred links, a table for each was four times
   * the memory, and to look through a hundred is quick.
   */
  told: Place[] | undefined;
  heardAt: Millis | undefined;
  breaks: number;
}

export class PeerExchange {
  readonly #options: PeerExchangeOptions;
  readonly #members = new Map<Peer, Member>();
  /** Places of members. */
  readonly #places = new Map<string, Place>();
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
      member = { peer, place: undefined, nextAt: now + FIRST_MILLIS, told: undefined, heardAt: undefined, breaks: 0 };
      this.#members.set(peer, member);
    }
    if (!peer.dialledByUs && peer.endpoint === peer.remote) return;
    this.#leavePlace(member);
    member.place = this.#placeAt(peer.endpoint);
    member.place.memberCount++;
  }

  left(peer: Peer): void {
    const member = this.#members.get(peer);
    if (member === undefined) return;
    this.#leavePlace(member);
    this.#members.delete(peer);
  }

  #placeAt(endpoint: Endpoint): Place {
    const key = formatEndpoint(endpoint);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place: Place = { key, endpoint, isGlobal: addressScope(endpoint.address) === "global", memberCount: 0 };
    this.#places.set(key, place);
    return place;
  }

  #leavePlace(member: Member): void {
    const { place } = member;
    member.place = undefined;
    if (place !== undefined && --place.memberCount === 0) this.#places.delete(place.key);
  }

  /** Once a second: tells everybody whose turn it is. */
  tick(now: Millis, out: SessionOutput[]): void {
    if (!this.isAllowed) return;
    let members: readonly Member[] | undefined;
    for (const member of this.#members.values()) {
      if (member.peer.extensions.exchange === 0 || now < member.nextAt) continue;
      members ??= [...this.#members.values()].filter(({ place }) => place !== undefined);
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
    if (told === undefined) return gone;
    let kept = 0;
    for (const place of told) {
      // Who left may be back.
      const current = place.memberCount > 0 ? place : this.#places.get(place.key);
      if (current === undefined && gone.length < PEX_PEERS_MAX) gone.push(place.endpoint);
      else told[kept++] = current ?? place;
    }
    told.length = kept;
    return gone;
  }

  #news(member: Member, members: readonly Member[]): ExchangedPeer[] {
    const news: ExchangedPeer[] = [];
    const told = (member.told ??= []);
    if (told.length >= TOLD_MAX) {
      // It knows as many as it may; the next one begins behind those it was not told of.
      this.#turn += Math.min(members.length, LOOKED_AT_MAX);
      return news;
    }
    for (let looked = 0; looked < Math.min(members.length, LOOKED_AT_MAX) && news.length < PEX_PEERS_MAX; looked++) {
      const { peer: other, place } = members[this.#turn++ % members.length] as Member;
      if (place === undefined || place === member.place || told.length >= TOLD_MAX || told.includes(place)) continue;
      if (!isOfUse(member.peer, other, place)) continue;
      told.push(place);
      news.push(asExchanged(other));
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
function isOfUse(to: Peer, other: Peer, { isGlobal }: Place): boolean {
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

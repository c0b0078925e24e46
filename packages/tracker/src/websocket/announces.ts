/**
 * What an announce over a WebSocket does: who it makes a peer of which swarm, what it is answered, whom its offers reach.
 * @module
 */
import { assert, equalBytes, latin1, type Millis } from "@bittern/protocol/base";
import { type SignalAnnounce, signalAnnouncedEnd, signalAnnouncedHead } from "@bittern/protocol/tracker";
import type { Access } from "../access/access.ts";
import { Announce, LEFT_UNKNOWN } from "../announce.ts";
import type { Announcer } from "../announcer.ts";
import type { FailureCode } from "../failure.ts";
import type { HttpLink } from "../http/links.ts";
import type { TrackerOutput } from "../output.ts";
import type { TrackerSettings } from "../settings.ts";
import { type AnnounceEvent, COMPLETED, NO_EVENT, PAUSED, STARTED, STOPPED, type Statistics } from "../statistics.ts";
import type { Dice } from "../swarms/sample.ts";
import { NO_TORRENT } from "../swarms/torrent-table.ts";
import { SEED, type Zone } from "../swarms/zone.ts";
import { type Conversation, keyOf } from "./conversation.ts";
import type { PeersElsewhere } from "./elsewhere.ts";
import type { Frames } from "./frames.ts";
import { type Relay, zoneOf } from "./relay.ts";
import type { WebSocketPeer, WebSocketSwarm, WebSocketSwarms } from "./swarms.ts";
import type { WebSocketLink } from "./websocket-link.ts";

/** Peers that one connection may be. */
export const PEERS_PER_LINK_MAX: number = 1000;

const EVENT_NUMBERS = { started: STARTED, completed: COMPLETED, stopped: STOPPED, paused: PAUSED } as const;

/** What announces are taken with. */
interface SignalAnnouncesParts {
  readonly settings: TrackerSettings;
  readonly announcer: Announcer;
  readonly access: Access;
  readonly statistics: Statistics;
  readonly swarms: WebSocketSwarms;
  readonly frames: Frames;
  readonly relay: Relay;
  readonly elsewhere: PeersElsewhere;
  /** The link of a number, as long as it is open. */
  readonly linkOf: (link: number) => HttpLink | undefined;
}

export class SignalAnnounces {
  readonly #settings: TrackerSettings;
  readonly #announcer: Announcer;
  readonly #access: Access;
  readonly #statistics: Statistics;
  readonly #swarms: WebSocketSwarms;
  readonly #frames: Frames;
  readonly #relay: Relay;
  readonly #elsewhere: PeersElsewhere;
  readonly #linkOf: SignalAnnouncesParts["linkOf"];
  readonly #dice: Dice;
  readonly #request = new Announce();
  readonly #announcedEnd: Uint8Array;

  constructor({ settings, announcer, access, statistics, swarms, frames, relay, elsewhere, linkOf }: SignalAnnouncesParts) {
    this.#settings = settings;
    this.#announcer = announcer;
    this.#access = access;
    this.#statistics = statistics;
    this.#swarms = swarms;
    this.#frames = frames;
    this.#relay = relay;
    this.#elsewhere = elsewhere;
    this.#linkOf = linkOf;
    this.#dice = announcer.swarms.dice;
    this.#announcedEnd = signalAnnouncedEnd(settings.warning === "" ? undefined : settings.warning);
  }

  /** Takes the peers of a connection out of their swarms. */
  forget(conversation: Conversation): void {
    for (const peer of conversation.peers.values()) this.#swarms.remove(peer);
    conversation.peers.clear();
    conversation.last = undefined;
  }

  /** Takes everybody out of a swarm; their connections stay. */
  forgetSwarm(infoHash: string): void {
    for (const peer of [...(this.#swarms.get(infoHash)?.byId.values() ?? [])]) {
      const link = this.#linkOf(peer.link);
      assert(link?.conversation !== undefined, "a peer goes with its connection");
      this.#drop(link as WebSocketLink, peer);
    }
  }

  /** Takes an announce, whose whole message `bytes` are; a code says why it was refused. Hot. */
  take(link: WebSocketLink, given: SignalAnnounce, bytes: Uint8Array, now: Millis, out: TrackerOutput[]): FailureCode | undefined {
    const request = this.#fill(link, given);
    const refusal = this.#access.judge(request, now);
    if (refusal !== undefined) return refusal;
    this.#statistics.announce("websocket", request.event, request.family, false);
    this.#access.report(request, Math.floor(now / 1000));
    const known = this.#knownTo(link, given);
    if (given.event === "stopped") {
      if (known !== undefined) this.#drop(link, known);
      this.#sendAnnounced(link, given, known?.swarm ?? this.#swarms.get(latin1(given.infoHash)), out);
      return undefined;
    }
    const zone = zoneOf(given);
    const peer = known ?? this.#admit(link, latin1(given.infoHash), latin1(given.peerId), zone);
    if (typeof peer === "string") return peer;
    link.conversation.last = peer;
    // Lists, pages and histories go by the tables: the torrent stands there too, without this peer.
    this.#announcer.swarms.admit(request.infoHash, Math.floor(now / 1000));
    const isCompletion = given.event === "completed" && zone === SEED && known !== undefined && known.zone !== SEED;
    this.#swarms.rezone(peer, zone);
    if (isCompletion) this.#complete(request, now);
    this.#sendAnnounced(link, given, peer.swarm, out);
    this.#relay.offers(peer, given, bytes, out);
    return undefined;
  }

  /** The peer of an announce among those of its connection. */
  #knownTo({ conversation }: WebSocketLink, { infoHash, peerId }: SignalAnnounce): WebSocketPeer | undefined {
    const { last, peers } = conversation;
    if (last !== undefined && isSpelt(last.peerId, peerId) && isSpelt(last.swarm.infoHash, infoHash)) return last;
    return peers.size === 0 ? undefined : peers.get(keyOf(latin1(infoHash), latin1(peerId)));
  }

  /** Makes the peer of an announce. */
  #admit(link: WebSocketLink, infoHash: string, peerId: string, zone: Zone): WebSocketPeer | FailureCode {
    const { peers } = link.conversation;
    const other = this.#swarms.get(infoHash)?.byId.get(peerId);
    if (other !== undefined) {
      // Whoever reconnects is at the same address. Peer ids are no secret, and answers go to whom they name.
      const holder = this.#linkOf(other.link);
      if (holder === undefined || !equalBytes(holder.address, link.address)) return "PEER_ID_TAKEN";
      this.#drop(holder as WebSocketLink, other);
    }
    if (peers.size >= PEERS_PER_LINK_MAX || this.#swarms.peerCount >= this.#settings.peersMax) return "TRACKER_FULL";
    const peer = this.#swarms.add(infoHash, peerId, link.id, zone);
    peers.set(keyOf(infoHash, peerId), peer);
    return peer;
  }

  #drop({ conversation }: WebSocketLink, peer: WebSocketPeer): void {
    this.#swarms.remove(peer);
    conversation.peers.delete(keyOf(peer.swarm.infoHash, peer.peerId));
    if (conversation.last === peer) conversation.last = undefined;
  }

  /** Completions are remembered, and told to other trackers, beside those of other peers. */
  #complete({ infoHash }: Announce, now: Millis): void {
    const { swarms, shared } = this.#announcer;
    const torrent = swarms.admit(infoHash, Math.floor(now / 1000));
    if (torrent === NO_TORRENT) return;
    swarms.open(torrent);
    swarms.complete();
    shared?.completed(infoHash.bytes);
  }

  #fill(link: WebSocketLink, given: SignalAnnounce): Announce {
    const request = this.#request;
    request.reset();
    for (let at = 0; at < given.infoHash.length; at++) {
      request.infoHash.bytes[at] = given.infoHash[at] as number;
      request.peerId[at] = given.peerId[at] as number;
    }
    request.left = given.left ?? LEFT_UNKNOWN;
    request.uploaded = given.uploaded;
    request.downloaded = given.downloaded;
    request.event = eventOf(given);
    request.credential = link.conversation.credential;
    request.setAsker(link.address, link.address.length);
    request.sealEndpoint();
    return request;
  }

  /** Answers an announce about a swarm, `undefined` where nobody is in it. */
  #sendAnnounced(link: WebSocketLink, given: SignalAnnounce, swarm: WebSocketSwarm | undefined, out: TrackerOutput[]): void {
    const head = swarm?.head ?? signalAnnouncedHead(latin1(given.infoHash));
    const seeds = swarm?.seeds ?? 0;
    const said = { interval: this.#interval(), complete: seeds, incomplete: (swarm?.byId.size ?? 0) - seeds };
    const elsewhere = this.#elsewhere.peerCount === 0 ? undefined : this.#elsewhere.countsOf(swarm?.infoHash ?? latin1(given.infoHash));
    if (elsewhere !== undefined) {
      said.complete += elsewhere.seeds;
      said.incomplete += elsewhere.partialSeeds + elsewhere.downloaders;
    }
    this.#frames.announced(link.id, head, said, this.#announcedEnd, out);
  }

  /** Seconds, with jitter; follows the load. */
  #interval(): number {
    const { webSocketIntervalSeconds, announceRateMax, intervalJitter } = this.#settings;
    const base = Math.max(webSocketIntervalSeconds, Math.ceil(this.#swarms.peerCount / announceRateMax));
    return base + this.#dice.below(Math.floor(base * intervalJitter) + 1);
  }
}

/** Whether a text of one character a byte says these bytes. */
function isSpelt(text: string, bytes: Uint8Array): boolean {
  // Peer ids begin alike and end at random.
  for (let at = bytes.length - 1; at >= 0; at--) if (text.charCodeAt(at) !== bytes[at]) return false;
  return true;
}

function eventOf({ event }: SignalAnnounce): AnnounceEvent {
  return event === undefined ? NO_EVENT : EVENT_NUMBERS[event];
}

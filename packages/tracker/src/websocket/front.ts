/**
 * The tracker's WebSocket side: introduces WebTorrent peers to each other by passing on what their browsers have to say.
 *
 * An announce brings offers, each of which goes to another peer of the swarm; that peer's answer comes back through us. A peer
 * is in its swarms as long as its connection lasts.
 * @module
 */
import { equalBytes, fromLatin1, latin1, type Millis, ProtocolError, utf8 } from "@bittern/protocol/base";
import {
  decodeSignalRequest,
  encodeSignalFailure,
  encodeSignalScraped,
  OFFERS_MAX,
  SignalAnnounce,
  type SignalRequest,
  type SwarmCounts,
  signalAnnouncedEnd,
  signalAnnouncedHead,
} from "@bittern/protocol/tracker";
import {
  acceptOf,
  CLOSE_CODE,
  encodeWebSocketClose,
  encodeWebSocketFrame,
  OPCODE,
  textOfWebSocket,
  type WebSocketMessage,
} from "@bittern/protocol/websocket";
import type { Access } from "../access/access.ts";
import { Announce, LEFT_UNKNOWN } from "../announce.ts";
import type { Announcer } from "../announcer.ts";
import { type FailureCode, failureOf } from "../failure.ts";
import type { HttpLink } from "../http/links.ts";
import type { TrackerOutput } from "../output.ts";
import type { TrackerSettings } from "../settings.ts";
import { type AnnounceEvent, COMPLETED, NO_EVENT, PAUSED, STARTED, STOPPED, type Statistics } from "../statistics.ts";
import { paired } from "../swarms/keyed-hash.ts";
import type { Dice } from "../swarms/sample.ts";
import { NO_TORRENT } from "../swarms/torrent-table.ts";
import { SEED, type Zone } from "../swarms/zone.ts";
import type { Conversation } from "./conversation.ts";
import { Frames } from "./frames.ts";
import { Relay, type SignalAnswer, zoneOf } from "./relay.ts";
import { type WebSocketPeer, type WebSocketSwarm, WebSocketSwarms } from "./swarms.ts";

/** Peers that one connection may be. */
export const PEERS_PER_LINK_MAX: number = 1000;

/** Swarms of a scrape of all: some 50 KiB. */
const SCRAPED_SWARMS_MAX = 400;

const EVENT_NUMBERS = { started: STARTED, completed: COMPLETED, stopped: STOPPED, paused: PAUSED } as const;
const CLOSE_CODES: Readonly<Record<string, number>> = { WEBSOCKET_LENGTH: CLOSE_CODE.tooLong, WEBSOCKET_TEXT: CLOSE_CODE.notUtf8 };

type SignalScrape = SignalRequest & { readonly type: "scrape" };

/** A link that has become a WebSocket. */
export type WebSocketLink = HttpLink & { readonly conversation: Conversation };

export class WebSocketFront {
  readonly swarms: WebSocketSwarms;
  readonly #settings: TrackerSettings;
  readonly #announcer: Announcer;
  readonly #access: Access;
  readonly #statistics: Statistics;
  readonly #dice: Dice;
  readonly #request = new Announce();
  /** The announce at hand. */
  readonly #signal = new SignalAnnounce();
  readonly #frames = new Frames();
  readonly #relay: Relay;
  readonly #announcedEnd: Uint8Array;
  readonly #hash = paired(20);
  readonly #linkOf: (link: number) => HttpLink | undefined;

  /** `linkOf`: the link of a number, as long as it is open. */
  constructor(
    settings: TrackerSettings,
    announcer: Announcer,
    access: Access,
    statistics: Statistics,
    linkOf: (link: number) => HttpLink | undefined,
  ) {
    this.#settings = settings;
    this.#announcer = announcer;
    this.#access = access;
    this.#statistics = statistics;
    this.#linkOf = linkOf;
    this.#announcedEnd = signalAnnouncedEnd(settings.warning === "" ? undefined : settings.warning);
    this.#dice = announcer.swarms.dice;
    this.swarms = new WebSocketSwarms(this.#dice, OFFERS_MAX);
    this.#relay = new Relay(this.swarms, this.#frames, settings.sharesSwarms);
    announcer.swarms.guests = this.swarms;
  }

  /** The head that turns a connection into a WebSocket. */
  headOf(key: string): Uint8Array {
    const lines = [
      "HTTP/1.1 101 Switching Protocols",
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Accept: ${acceptOf(key)}`,
    ];
    return fromLatin1(`${lines.join("\r\n")}\r\n\r\n`);
  }

  /** Takes what arrived; false when the connection ends with it. */
  receive(link: WebSocketLink, bytes: Uint8Array, now: Millis, out: TrackerOutput[]): boolean {
    try {
      for (const message of link.conversation.reader.push(bytes)) if (!this.#take(link, message, now, out)) return false;
      return true;
    } catch (fault) {
      if (!(fault instanceof ProtocolError)) throw fault;
      this.#statistics.malformed++;
      this.#sendFrame(link.id, encodeWebSocketClose(CLOSE_CODES[fault.code] ?? CLOSE_CODE.wrong), out);
      return false;
    }
  }

  /** Asks whether somebody is still there. */
  ping(link: HttpLink, out: TrackerOutput[]): void {
    this.#sendFrame(link.id, encodeWebSocketFrame(OPCODE.ping, new Uint8Array(0)), out);
  }

  /** Takes what a peer of another tracker says to peers of ours. */
  hear(bytes: Uint8Array, out: TrackerOutput[]): void {
    this.#relay.hear(bytes, out);
  }

  /** Takes the peers of a connection out of their swarms. */
  forget(conversation: Conversation): void {
    for (const peer of conversation.peers.values()) this.swarms.remove(peer);
    conversation.peers.clear();
    conversation.last = undefined;
  }

  #take(link: WebSocketLink, message: WebSocketMessage, now: Millis, out: TrackerOutput[]): boolean {
    switch (message.type) {
      case "lent-text":
        // Announces are read as they lie; what else there is, and what is odd, as JSON.
        if (this.#signal.read(message.bytes)) this.#takeAnnounce(link, message.bytes, now, out);
        else this.#takeText(link, textOfWebSocket(message.bytes), now, out);
        return true;
      case "text":
        this.#takeText(link, message.text, now, out);
        return true;
      case "ping":
        this.#sendFrame(link.id, encodeWebSocketFrame(OPCODE.pong, message.bytes), out);
        return true;
      case "pong":
        return true;
      case "binary":
        this.#sendFrame(link.id, encodeWebSocketClose(CLOSE_CODE.unsupported), out);
        return false;
      case "close":
        this.#sendFrame(link.id, encodeWebSocketClose(message.code ?? CLOSE_CODE.normal), out);
        return false;
    }
  }

  #takeText(link: WebSocketLink, text: string, now: Millis, out: TrackerOutput[]): void {
    let request: SignalRequest;
    try {
      request = decodeSignalRequest(text);
    } catch (fault) {
      if (!(fault instanceof ProtocolError)) throw fault;
      this.#statistics.malformed++;
      return this.#frames.text(link.id, encodeSignalFailure(fault.message, {}), out);
    }
    if (request.type === "scrape") return this.#scrape(link, request, out);
    if (request.type === "answer") return this.#relayAnswer(link, request, text, out);
    this.#signal.fill(request);
    this.#takeAnnounce(link, utf8(text), now, out);
  }

  /** Takes the announce that was read; `bytes` are the whole of it. */
  #takeAnnounce(link: WebSocketLink, bytes: Uint8Array, now: Millis, out: TrackerOutput[]): void {
    const failure = this.#announce(link, bytes, now, out);
    if (failure === undefined) return;
    if (failure === "ASKING") return this.#await(link, textOfWebSocket(bytes));
    this.#statistics.fail(failure);
    const infoHash = latin1(this.#signal.infoHash);
    this.#frames.text(link.id, encodeSignalFailure(this.#access.reasonOf(failure), { action: "announce", infoHash }), out);
  }

  /** Takes a message again when its announce has a verdict. */
  #await(link: WebSocketLink, text: string): void {
    this.#access.welcome?.whenAnswered((now, out) => {
      if (this.#linkOf(link.id) === link) this.#takeText(link, text, now, out);
    });
  }

  // Hot.
  #announce(link: WebSocketLink, bytes: Uint8Array, now: Millis, out: TrackerOutput[]): FailureCode | undefined {
    const given = this.#signal;
    const request = this.#fill(link, given);
    const refusal = this.#access.judge(request, now);
    if (refusal !== undefined) return refusal;
    this.#statistics.announce("websocket", request.event, request.family, false);
    this.#access.report(request, Math.floor(now / 1000));
    const known = this.#knownTo(link, given);
    if (given.event === "stopped") {
      if (known !== undefined) this.#drop(link, known);
      this.#sendAnnounced(link, known?.swarm ?? this.swarms.get(latin1(given.infoHash)), out);
      return undefined;
    }
    const zone = zoneOf(given);
    const peer = known ?? this.#admit(link, latin1(given.infoHash), latin1(given.peerId), zone);
    if (typeof peer === "string") return peer;
    link.conversation.last = peer;
    // Lists, pages and histories go by the tables: the torrent stands there too, without this peer.
    this.#announcer.swarms.admit(request.infoHash, Math.floor(now / 1000));
    const isCompletion = given.event === "completed" && zone === SEED && known !== undefined && known.zone !== SEED;
    this.swarms.rezone(peer, zone);
    if (isCompletion) this.#complete(request, now);
    this.#sendAnnounced(link, peer.swarm, out);
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
    const other = this.swarms.get(infoHash)?.byId.get(peerId);
    if (other !== undefined) {
      // Whoever reconnects is at the same address. Peer ids are no secret, and answers go to whom they name.
      const holder = this.#linkOf(other.link);
      if (holder === undefined || !equalBytes(holder.address, link.address)) return "PEER_ID_TAKEN";
      this.#drop(holder as WebSocketLink, other);
    }
    if (peers.size >= PEERS_PER_LINK_MAX || this.swarms.peerCount >= this.#settings.peersMax) return "TRACKER_FULL";
    const peer = this.swarms.add(infoHash, peerId, link.id, zone);
    peers.set(keyOf(infoHash, peerId), peer);
    return peer;
  }

  #drop({ conversation }: WebSocketLink, peer: WebSocketPeer): void {
    this.swarms.remove(peer);
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

  #relayAnswer(link: WebSocketLink, answer: SignalAnswer, text: string, out: TrackerOutput[]): void {
    // Only who is in the swarm may speak to it, and only under its own name.
    if (!link.conversation.peers.has(keyOf(answer.infoHash, answer.peerId))) return;
    this.#relay.answer(answer, text, out);
  }

  #scrape(link: WebSocketLink, { infoHashes }: SignalScrape, out: TrackerOutput[]): void {
    const failure = this.#judgeScrape(link, infoHashes.length);
    if (failure !== undefined) {
      this.#statistics.fail(failure);
      return this.#frames.text(link.id, encodeSignalFailure(failureOf(failure).reason, { action: "scrape" }), out);
    }
    this.#statistics.scrapes.websocket++;
    const counts = new Map<string, SwarmCounts>();
    for (const infoHash of infoHashes.length > 0 ? infoHashes : this.swarms.infoHashes) {
      this.#hash.bytes.set(fromLatin1(infoHash));
      if (this.#access.judgeTorrent(this.#hash, link.conversation.credential) === undefined) counts.set(infoHash, this.#countsOf(infoHash));
    }
    this.#frames.text(link.id, encodeSignalScraped(counts, this.#settings.minIntervalSeconds), out);
  }

  #judgeScrape({ address, conversation }: WebSocketLink, hashes: number): FailureCode | undefined {
    if (this.#settings.scrapes === "none") return "SCRAPE_OFF";
    const isFull = hashes === 0;
    // The list of all torrents is one message; over HTTP it leaves in pieces.
    if (isFull && (this.#settings.scrapes === "named" || this.swarms.swarmCount > SCRAPED_SWARMS_MAX)) return "SCRAPE_FULL";
    if (hashes > this.#settings.scrapeHashesMax) return "SCRAPE_HASHES";
    return this.#access.judgeAsker(address, address.length, conversation.credential);
  }

  /** The hash is in `#hash` too. */
  #countsOf(infoHash: string): SwarmCounts {
    const swarm = this.swarms.get(infoHash);
    const { torrents } = this.#announcer.swarms;
    const torrent = torrents.find(this.#hash);
    const downloaded = torrent === NO_TORRENT ? 0 : torrents.completed(torrent);
    return { complete: swarm?.seeds ?? 0, incomplete: (swarm?.byId.size ?? 0) - (swarm?.seeds ?? 0), downloaded };
  }

  /** Answers an announce about a swarm, `undefined` where nobody is in it. */
  #sendAnnounced(link: WebSocketLink, swarm: WebSocketSwarm | undefined, out: TrackerOutput[]): void {
    const head = swarm?.head ?? signalAnnouncedHead(latin1(this.#signal.infoHash));
    const complete = swarm?.seeds ?? 0;
    const said = { interval: this.#interval(), complete, incomplete: (swarm?.byId.size ?? 0) - complete };
    this.#frames.announced(link.id, head, said, this.#announcedEnd, out);
  }

  /** Seconds, with jitter; follows the load. */
  #interval(): number {
    const { webSocketIntervalSeconds, announceRateMax, intervalJitter } = this.#settings;
    const base = Math.max(webSocketIntervalSeconds, Math.ceil(this.swarms.peerCount / announceRateMax));
    return base + this.#dice.below(Math.floor(base * intervalJitter) + 1);
  }

  #sendFrame(link: number, bytes: Uint8Array, out: TrackerOutput[]): void {
    out.push({ type: "send-whole", link, bytes });
  }
}

/** One peer of one swarm, among those of a connection. */
function keyOf(infoHash: string, peerId: string): string {
  return infoHash + peerId;
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

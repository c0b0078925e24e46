/**
 * The tracker's WebSocket side: introduces WebTorrent peers to each other by passing on what their browsers have to say.
 *
 * An announce brings offers, each of which goes to another peer of the swarm; that peer's answer comes back through us. A peer
 * is in its swarms as long as its connection lasts.
 * @module
 */
import { fromLatin1, latin1, type Millis, ProtocolError, type Random, utf8 } from "@bittern/protocol/base";
import { decodeSignalRequest, encodeSignalFailure, OFFERS_MAX, SignalAnnounce, type SignalRequest } from "@bittern/protocol/tracker";
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
import type { Announcer } from "../announcer.ts";
import type { HttpLink } from "../http/links.ts";
import type { TrackerOutput } from "../output.ts";
import type { TrackerSettings } from "../settings.ts";
import { readSharedCounts } from "../shared/shared-counts.ts";
import type { Statistics } from "../statistics.ts";
import { paired } from "../swarms/keyed-hash.ts";
import { SignalAnnounces } from "./announces.ts";
import { type Conversation, keyOf } from "./conversation.ts";
import { CountTeller } from "./count-teller.ts";
import { PeersElsewhere } from "./elsewhere.ts";
import { Frames } from "./frames.ts";
import { WebSocketGuests } from "./guests.ts";
import { Relay, type SignalAnswer } from "./relay.ts";
import { SignalScrapes } from "./scrapes.ts";
import { WebSocketSwarms } from "./swarms.ts";
import type { WebSocketLink } from "./websocket-link.ts";

const CLOSE_CODES: Readonly<Record<string, number>> = { WEBSOCKET_LENGTH: CLOSE_CODE.tooLong, WEBSOCKET_TEXT: CLOSE_CODE.notUtf8 };

export class WebSocketFront {
  readonly swarms: WebSocketSwarms;
  /** Those and the ones that other trackers have told of. */
  readonly guests: WebSocketGuests;
  readonly #announcer: Announcer;
  readonly #access: Access;
  readonly #statistics: Statistics;
  /** The announce at hand. */
  readonly #signal = new SignalAnnounce();
  readonly #frames = new Frames();
  readonly #relay: Relay;
  readonly #elsewhere = new PeersElsewhere();
  /** Tells other trackers, where there are any. */
  readonly #teller: CountTeller | undefined;
  readonly #hash = paired(20);
  readonly #announces: SignalAnnounces;
  readonly #scrapes: SignalScrapes;
  readonly #linkOf: (link: number) => HttpLink | undefined;

  /** `linkOf`: the link of a number, as long as it is open. */
  constructor(
    settings: TrackerSettings,
    announcer: Announcer,
    access: Access,
    statistics: Statistics,
    random: Random,
    linkOf: (link: number) => HttpLink | undefined,
  ) {
    this.#announcer = announcer;
    this.#access = access;
    this.#statistics = statistics;
    this.#linkOf = linkOf;
    const swarms = new WebSocketSwarms(announcer.swarms.dice, OFFERS_MAX);
    const frames = this.#frames;
    this.swarms = swarms;
    this.#relay = new Relay(swarms, frames, settings.sharesSwarms);
    const elsewhere = this.#elsewhere;
    this.guests = new WebSocketGuests(swarms, elsewhere);
    announcer.swarms.guests = this.guests;
    this.#teller = settings.sharesSwarms ? new CountTeller(swarms, random) : undefined;
    const parts = { settings, announcer, access, statistics, frames };
    this.#announces = new SignalAnnounces({ ...parts, swarms, relay: this.#relay, elsewhere, linkOf });
    this.#scrapes = new SignalScrapes({ ...parts, guests: this.guests });
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

  /** Takes what another tracker says: how many peers it has, or what one of them says to peers of ours. */
  hear(bytes: Uint8Array, now: Millis, out: TrackerOutput[]): void {
    const counts = readSharedCounts(bytes);
    if (counts === undefined) return this.#relay.hear(bytes, out);
    if (this.#elsewhere.hear(counts, now)) this.#teller?.tellAll();
    // Lists, pages and histories go by the tables.
    for (const { infoHash } of counts.swarms) {
      if (this.#elsewhere.countsOf(infoHash) === undefined) continue;
      this.#hash.bytes.set(fromLatin1(infoHash));
      this.#announcer.swarms.admit(this.#hash, Math.floor(now / 1000));
    }
  }

  tick(now: Millis, out: TrackerOutput[]): void {
    this.#elsewhere.tick(now);
    this.#teller?.tick(now, out);
  }

  /** We end, and those who share our swarms are to count our peers no more. */
  end(out: TrackerOutput[]): void {
    this.#teller?.end(out);
  }

  /** Our own law; for tests. */
  check(): void {
    this.swarms.check();
    this.#elsewhere.check();
  }

  /** Takes the peers of a connection out of their swarms. */
  forget(conversation: Conversation): void {
    this.#announces.forget(conversation);
  }

  /** Takes everybody out of the swarm of a torrent that is forgotten. */
  forgetSwarm(infoHash: Uint8Array): void {
    this.#announces.forgetSwarm(latin1(infoHash));
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
    if (request.type === "scrape") return this.#scrapes.answer(link, request, out);
    if (request.type === "answer") return this.#relayAnswer(link, request, text, out);
    this.#signal.fill(request);
    this.#takeAnnounce(link, utf8(text), now, out);
  }

  /** Takes the announce that was read; `bytes` are the whole of it. */
  #takeAnnounce(link: WebSocketLink, bytes: Uint8Array, now: Millis, out: TrackerOutput[]): void {
    const failure = this.#announces.take(link, this.#signal, bytes, now, out);
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

  #relayAnswer(link: WebSocketLink, answer: SignalAnswer, text: string, out: TrackerOutput[]): void {
    // Only who is in the swarm may speak to it, and only under its own name.
    if (!link.conversation.peers.has(keyOf(answer.infoHash, answer.peerId))) return;
    this.#relay.answer(answer, text, out);
  }

  #sendFrame(link: number, bytes: Uint8Array, out: TrackerOutput[]): void {
    out.push({ type: "send-whole", link, bytes });
  }
}

/**
 * The tracker's HTTP side: connections in, announces and scrapes answered, everything else handed out (BEPs 3, 7 and 48).
 *
 * Requests of one read are answered in one write, in order. A request for another path stops its connection until the
 * answer comes. Whoever sends slowly, reads slowly or never ends a request loses the connection.
 * @module
 */
import { canonicalAddress, formatAddress, parseAddress } from "@bittern/protocol/address";
import { concatBytes, type Millis, NO_BYTES, type Random } from "@bittern/protocol/base";
import type { Access } from "../access/access.ts";
import type { Announcer } from "../announcer.ts";
import type { LinkId, TrackerInput } from "../input.ts";
import type { TrackerOutput } from "../output.ts";
import type { TrackerSettings } from "../settings.ts";
import type { Statistics } from "../statistics.ts";
import { isOfOwnNetwork } from "../trust.ts";
import { Conversation } from "../websocket/conversation.ts";
import { WebSocketFront } from "../websocket/front.ts";
import type { WebSocketLink } from "../websocket/websocket-link.ts";
import { AnswerBuffer } from "./answer-buffer.ts";
import { Crowd } from "./crowd.ts";
import { headersOf } from "./headers.ts";
import { type Ending, plainHead } from "./heads.ts";
import { HttpLink, Links } from "./links.ts";
import { otherRequestOf, upgradeFault } from "./other-request.ts";
import { HEAD_LENGTH_MAX, RequestScanner } from "./request-scanner.ts";
import { Responder } from "./responder.ts";

/** Bytes of a request's body; trackers need none, the pages beside them little. */
export const BODY_LENGTH_MAX: number = 64 * 1024;
/** Bytes of answers after which a connection has to read before more of its requests are looked at. */
const TURN_LENGTH_MAX = 32 * 1024;
/** Bytes that may wait behind one stopped connection: what one read brings, and a request. */
const REST_LENGTH_MAX = 512 * 1024 + HEAD_LENGTH_MAX + BODY_LENGTH_MAX;
/** Bytes that may wait behind all connections together. */
const HELD_LENGTH_MAX = 64 * 1024 * 1024;

type AnswerInput = TrackerInput & { readonly type: "answer" };

export class HttpFront {
  readonly #settings: TrackerSettings;
  readonly #statistics: Statistics;
  readonly #access: Access;
  readonly #links = new Links();
  readonly #crowd = new Crowd();
  readonly #scanner = new RequestScanner();
  readonly #buffer = new AnswerBuffer();
  readonly #responder: Responder;
  readonly webSockets: WebSocketFront;
  #hasToldOfProxy = false;

  constructor(settings: TrackerSettings, announcer: Announcer, access: Access, statistics: Statistics, random: Random) {
    this.#settings = settings;
    this.#statistics = statistics;
    this.#access = access;
    this.#responder = new Responder(settings, announcer, access, statistics, this.#scanner, this.#buffer);
    this.webSockets = new WebSocketFront(settings, announcer, access, statistics, random, (link) => this.#links.get(link));
  }

  get linkCount(): number {
    return this.#links.count;
  }

  link(input: TrackerInput & { readonly type: "linked" }, now: Millis, out: TrackerOutput[]): void {
    const { remote } = input;
    if (!this.#crowd.come()) {
      this.#statistics.linksShed++;
      out.push({ type: "close", link: input.link });
      return;
    }
    if (this.#links.count >= this.#settings.linksMax) {
      const idlest = this.#links.idlest;
      if (idlest !== undefined) {
        this.#statistics.linksShed++;
        this.#close(idlest, out);
      }
    }
    this.#statistics.linksOpened++;
    this.#links.add(new HttpLink(input.link, remote, this.#responder.isProxy(remote.address), now));
  }

  unlink(id: LinkId): void {
    const link = this.#links.get(id);
    if (link !== undefined) this.#forget(link);
  }

  receive(id: LinkId, bytes: Uint8Array, now: Millis, out: TrackerOutput[]): void {
    const link = this.#links.get(id);
    if (link === undefined) return;
    if (link.isFresh) {
      link.isFresh = false;
      this.#crowd.serve();
    }
    if (isWebSocket(link)) return this.#converse(link, bytes, now, out);
    const { rest } = link;
    const unread = rest.length === 0 ? bytes : concatBytes([rest, bytes]);
    // Where reading is paused, what was on its way still comes.
    if (!isServed(link)) return this.#hold(link, unread.slice(), out);
    this.#hold(link, NO_BYTES, out);
    this.#work(link, unread, now, out);
  }

  /** More of what was sent is unsent than anybody who reads would leave. */
  stall(id: LinkId, now: Millis, out: TrackerOutput[]): void {
    const link = this.#links.get(id);
    // What is passed on to a peer that does not read would pile up.
    if (link !== undefined && isWebSocket(link)) return this.#close(link, out);
    // An answer that is still being made comes first; the sending of it will stall again.
    if (link === undefined || !isServed(link)) return;
    this.#links.enter(link, "draining", now);
    link.staysOpen = true;
    out.push({ type: "await-drain", link: id });
  }

  drain(id: LinkId, now: Millis, out: TrackerOutput[]): void {
    const link = this.#links.get(id);
    if (link === undefined || (link.phase !== "draining" && link.phase !== "delivering")) return;
    if (link.fullScrape !== undefined) return this.#awaitTurn(link, now, out);
    if (!link.staysOpen) return this.#close(link, out);
    out.push({ type: "resume-reading", link: id });
    this.#goOn(link, now, out);
  }

  /** The turn of a connection that reads a full scrape, after an `await-turn`. */
  turn(id: LinkId, now: Millis, out: TrackerOutput[]): void {
    const link = this.#links.get(id);
    if (link?.fullScrape === undefined) return;
    const hasMore = link.fullScrape.step(this.#buffer);
    if (!hasMore) {
      this.#responder.fullScrapes.end(link.fullScrape);
      link.fullScrape = undefined;
    }
    this.#flush(link, out);
    this.#links.enter(link, "draining", now);
    out.push({ type: "await-drain", link: id });
  }

  /** Sends what somebody else made of a request, and goes on when it has left. */
  answer(input: AnswerInput, now: Millis, out: TrackerOutput[]): void {
    const link = this.#links.get(input.link);
    if (link === undefined || link.phase !== "answering") return;
    const head = plainHead(input.status, input.headers, input.body.length, endingOf(link.staysOpen, link.isNew));
    const hasBody = !link.isHead && input.status !== 204 && input.status !== 304;
    out.push({ type: "send-whole", link: link.id, bytes: hasBody ? concatBytes([head, input.body]) : head });
    this.#links.enter(link, "delivering", now);
    out.push({ type: "await-drain", link: link.id });
  }

  /** Closes whoever took too long. */
  tick(now: Millis, out: TrackerOutput[]): void {
    this.#crowd.tick(now);
    this.#responder.fullScrapes.tick(now);
    for (let link = this.#links.overdue(now); link !== undefined; link = this.#links.overdue(now)) {
      if (link.phase === "conversing") {
        this.#links.enter(link, "pinged", now);
        this.webSockets.ping(link, out);
        continue;
      }
      this.#statistics.linksTimedOut++;
      this.#close(link, out);
    }
  }

  #goOn(link: HttpLink, now: Millis, out: TrackerOutput[]): void {
    const unread = link.rest;
    this.#hold(link, NO_BYTES, out);
    this.#links.enter(link, unread.length > 0 ? "reading" : "idle", now);
    if (unread.length > 0) this.#work(link, unread, now, out);
  }

  /** Keeps bytes for later; too many of them, over all connections, cost this one its life. */
  #hold(link: HttpLink, bytes: Uint8Array, out: TrackerOutput[]): void {
    this.#heldLength += bytes.length - link.rest.length;
    link.rest = bytes;
    if (bytes.length > 0 && (bytes.length > REST_LENGTH_MAX || this.#heldLength > HELD_LENGTH_MAX)) this.#close(link, out);
  }
  #heldLength = 0;

  /** Answers the requests in `bytes`, as far as they are whole. */
  #work(link: HttpLink, bytes: Uint8Array, now: Millis, out: TrackerOutput[]): void {
    const wasIdle = link.phase === "idle";
    let at = 0;
    let isOpen = true;
    while (isOpen && at < bytes.length && this.#buffer.length < TURN_LENGTH_MAX && isServed(link)) {
      const found = this.#scanner.scan(bytes, at);
      if (found === "more") break;
      const { bodyLength, end } = this.#scanner;
      const fault = found !== "head" ? found : bodyLength > BODY_LENGTH_MAX ? 413 : undefined;
      if (fault === undefined && bytes.length < end + bodyLength) break;
      const start = at;
      at = end + bodyLength;
      isOpen = fault === undefined ? this.#answer(link, bytes, now, out) : this.#refuse(fault);
      if (link.phase === "asking") at = start;
    }
    const isTurnOver = this.#buffer.length >= TURN_LENGTH_MAX;
    this.#flush(link, out);
    if (!isOpen) return this.#close(link, out);
    if (isWebSocket(link)) return at < bytes.length ? this.#converse(link, bytes.subarray(at), now, out) : undefined;
    if (isServed(link)) this.#rest(link, at < bytes.length, at > 0 || wasIdle, isTurnOver, now, out);
    if (at < bytes.length) this.#hold(link, bytes.slice(at), out);
  }

  /** What a connection does next after a turn. */
  #rest(link: HttpLink, hasMore: boolean, beginsAnew: boolean, isTurnOver: boolean, now: Millis, out: TrackerOutput[]): void {
    if (hasMore && isTurnOver) {
      link.staysOpen = true;
      this.#links.enter(link, "draining", now);
      out.push({ type: "await-drain", link: link.id });
    } else if (beginsAnew) {
      // The clock of a request begins with its first byte and does not stop for those that trickle in after it.
      this.#links.enter(link, hasMore ? "reading" : "idle", now);
    }
  }

  #flush(link: HttpLink, out: TrackerOutput[]): void {
    if (this.#buffer.length === 0) return;
    out.push({ type: "send", link: link.id, bytes: this.#buffer.view() });
    this.#buffer.clear();
  }

  #close(link: HttpLink, out: TrackerOutput[]): void {
    this.#forget(link);
    out.push({ type: "close", link: link.id });
  }

  #forget(link: HttpLink): void {
    this.#heldLength -= link.rest.length;
    if (link.fullScrape !== undefined) this.#responder.fullScrapes.end(link.fullScrape);
    if (link.conversation !== undefined) {
      this.#heldLength -= link.conversation.reader.heldLength;
      this.webSockets.forget(link.conversation);
    }
    this.#links.remove(link);
  }

  /** Says what is wrong with the bytes; the connection cannot go on. */
  #refuse(status: 400 | 405 | 413 | 426 | 431 | 501 | 505): false {
    this.#statistics.malformed++;
    const head = plainHead(status, REFUSAL_HEADERS[status] ?? {}, 0, "closes");
    this.#buffer.reserve(head.length);
    this.#buffer.bytes(head);
    return false;
  }

  /** Answers the request the scanner stands on; false when the connection ends with it. */
  #answer(link: HttpLink, bytes: Uint8Array, now: Millis, out: TrackerOutput[]): boolean {
    const { isGet, isHead, staysOpen, isNew, wantsWebSocket } = this.#scanner;
    if (!this.#hasToldOfProxy && this.#scanner.forwardedEnd > this.#scanner.forwardedAt) this.#tellOfProxy(link, out);
    if (wantsWebSocket && isGet && isNew) return this.#upgrade(link, bytes, now);
    const action = this.#responder.action(bytes);
    if (action === "other") {
      if (!this.#scanner.isQueryClean(bytes)) return this.#refuse(400);
      this.#handOut(link, bytes, now, out);
      return true;
    }
    if (!isGet && !isHead) return this.#refuse(405);
    const ending = endingOf(staysOpen, isNew);
    if (action === "announce") {
      if (this.#responder.announce(link, bytes, now, ending)) return staysOpen;
      this.#await(link, now, out);
      return true;
    }
    link.fullScrape = this.#responder.scrape(link, bytes, now, ending);
    if (link.fullScrape === undefined) return staysOpen;
    link.staysOpen = staysOpen && isNew;
    out.push({ type: "pause-reading", link: link.id });
    this.#awaitTurn(link, now, out);
    return true;
  }

  /** Says once that somebody of our own network passes requests of others on, all of whom are one address to us. */
  #tellOfProxy(link: HttpLink, out: TrackerOutput[]): void {
    const address = formatAddress(link.address);
    if (link.isProxy || !isOfOwnNetwork(address)) return;
    this.#hasToldOfProxy = true;
    out.push({ type: "unnamed-proxy", address });
  }

  /** Stops a connection until the announce at hand has its verdict; it is then handled as if it had just come. */
  #await(link: HttpLink, now: Millis, out: TrackerOutput[]): void {
    this.#links.enter(link, "asking", now);
    out.push({ type: "pause-reading", link: link.id });
    this.#access.welcome?.whenAnswered((then, outputs) => {
      if (link.phase !== "asking" || this.#links.get(link.id) !== link) return;
      outputs.push({ type: "resume-reading", link: link.id });
      this.#goOn(link, then, outputs);
    });
  }

  /** Lets a full scrape go on in its turn, as soon as what it sent before has left. */
  #awaitTurn(link: HttpLink, now: Millis, out: TrackerOutput[]): void {
    if (link.fullScrape !== undefined && now >= link.fullScrape.endsAt) {
      this.#statistics.linksTimedOut++;
      return this.#close(link, out);
    }
    this.#links.enter(link, "draining", now);
    out.push({ type: "await-turn", link: link.id });
  }

  /** Turns a connection into a WebSocket (RFC 6455, 4.2), whatever its path. */
  #upgrade(link: HttpLink, bytes: Uint8Array, now: Millis): boolean {
    const scanner = this.#scanner;
    const headers = headersOf(bytes, scanner.headersAt, scanner.end);
    const fault = upgradeFault(headers, scanner.bodyLength);
    if (fault !== undefined) return this.#refuse(fault);
    // Behind a configured proxy the peer is whoever the proxy names, for as long as the connection lasts.
    const forwarded = link.isProxy ? this.#responder.forwarded(headers.get("x-forwarded-for") ?? "") : undefined;
    link.address = parseAddress(canonicalAddress(forwarded ?? "") ?? "") ?? link.address;
    link.conversation = new Conversation(this.#responder.credential(bytes));
    const head = this.webSockets.headOf(headers.get("sec-websocket-key") ?? "");
    this.#buffer.reserve(head.length);
    this.#buffer.bytes(head);
    this.#links.enter(link, "conversing", now);
    return true;
  }

  #converse(link: WebSocketLink, bytes: Uint8Array, now: Millis, out: TrackerOutput[]): void {
    const { reader } = link.conversation;
    const before = reader.heldLength;
    const staysOpen = this.webSockets.receive(link, bytes, now, out);
    this.#heldLength += reader.heldLength - before;
    if (!staysOpen || this.#heldLength > HELD_LENGTH_MAX) return this.#close(link, out);
    this.#links.enter(link, "conversing", now);
  }

  #handOut(link: HttpLink, bytes: Uint8Array, now: Millis, out: TrackerOutput[]): void {
    const scanner = this.#scanner;
    this.#statistics.otherRequests++;
    this.#flush(link, out);
    link.staysOpen = scanner.staysOpen;
    link.isNew = scanner.isNew;
    link.isHead = scanner.isHead;
    this.#links.enter(link, "answering", now);
    const headers = headersOf(bytes, scanner.headersAt, scanner.end);
    const forwarded = link.isProxy ? this.#responder.forwarded(headers.get("x-forwarded-for") ?? "") : undefined;
    const request = otherRequestOf(scanner, bytes, headers, forwarded ?? formatAddress(link.address));
    out.push({ type: "pause-reading", link: link.id }, { type: "other", link: link.id, request });
  }
}

const REFUSAL_HEADERS: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  405: { Allow: "GET, HEAD" },
  426: { "Sec-WebSocket-Version": "13" },
};

function isWebSocket(link: HttpLink): link is WebSocketLink {
  return link.conversation !== undefined;
}

/** Whether its next request may be looked at. */
function isServed({ phase }: HttpLink): boolean {
  return phase === "reading" || phase === "idle";
}

function endingOf(staysOpen: boolean, isNew: boolean): Ending {
  if (!staysOpen) return "closes";
  return isNew ? "stays" : "kept";
}

/**
 * The tracker's HTTP side: connections in, announces and scrapes answered, everything else handed out (BEPs 3, 7 and 48).
 *
 * Requests of one read are answered in one write, in order. A request for another path stops its connection until the
 * answer comes. Whoever sends slowly, reads slowly or never ends a request loses the connection.
 * @module
 */
import { canonicalAddress, formatAddress, parseAddress, parseEndpoint } from "@bittern/protocol/address";
import { concatBytes, latin1, type Millis, NO_BYTES } from "@bittern/protocol/base";
import { Announce } from "../announce.ts";
import type { Announcer } from "../announcer.ts";
import type { FailureCode } from "../failure.ts";
import type { LinkId, TrackerInput } from "../input.ts";
import type { OtherRequest, TrackerOutput } from "../output.ts";
import type { TrackerSettings } from "../settings.ts";
import { NO_EVENT, type Statistics, STOPPED } from "../statistics.ts";
import { paired } from "../swarms/keyed-hash.ts";
import { NO_TORRENT } from "../swarms/torrent-table.ts";
import { maySpeakForOthers } from "../trust.ts";
import { AnnounceQuery } from "./announce-query.ts";
import { AnswerBuffer } from "./answer-buffer.ts";
import { Answers, type Ending, plainHead } from "./answers.ts";
import { isWord } from "./ascii.ts";
import { forwardedAddress, headersOf } from "./headers.ts";
import { HttpLink, Links } from "./links.ts";
import { HEAD_LENGTH_MAX, RequestScanner } from "./request-scanner.ts";
import { ScrapeQuery } from "./scrape-query.ts";

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
  readonly #announcer: Announcer;
  readonly #statistics: Statistics;
  readonly #proxies: ReadonlySet<string>;
  readonly #links = new Links();
  readonly #scanner = new RequestScanner();
  readonly #query: AnnounceQuery;
  readonly #scrape: ScrapeQuery;
  readonly #buffer = new AnswerBuffer();
  readonly #answers: Answers;
  readonly #request = new Announce();
  readonly #hash = paired(20);

  constructor(settings: TrackerSettings, announcer: Announcer, statistics: Statistics) {
    this.#settings = settings;
    this.#announcer = announcer;
    this.#statistics = statistics;
    this.#proxies = new Set(settings.proxies.map((proxy) => canonicalAddress(proxy) ?? proxy));
    this.#query = new AnnounceQuery(settings.trackerId);
    this.#scrape = new ScrapeQuery(settings.scrapeHashesMax);
    this.#answers = new Answers(this.#buffer, settings);
  }

  get linkCount(): number {
    return this.#links.count;
  }

  link(input: TrackerInput & { readonly type: "linked" }, now: Millis, out: TrackerOutput[]): void {
    const { remote } = input;
    if (this.#links.count >= this.#settings.linksMax) {
      const idlest = this.#links.idlest;
      if (idlest !== undefined) {
        this.#statistics.linksShed++;
        this.#close(idlest, out);
      }
    }
    this.#statistics.linksOpened++;
    this.#links.add(new HttpLink(input.link, remote, this.#proxies.has(remote.address), now));
  }

  unlink(id: LinkId): void {
    const link = this.#links.get(id);
    if (link !== undefined) this.#forget(link);
  }

  receive(id: LinkId, bytes: Uint8Array, now: Millis, out: TrackerOutput[]): void {
    const link = this.#links.get(id);
    if (link === undefined) return;
    const { rest } = link;
    const unread = rest.length === 0 ? bytes : concatBytes([rest, bytes]);
    // Where reading is paused, what was on its way still comes.
    if (link.phase !== "reading" && link.phase !== "idle") return this.#hold(link, unread.slice(), out);
    this.#hold(link, NO_BYTES, out);
    this.#work(link, unread, now, out);
  }

  /** More of what was sent is unsent than anybody who reads would leave. */
  stall(id: LinkId, now: Millis, out: TrackerOutput[]): void {
    const link = this.#links.get(id);
    // An answer that is still being made comes first; the sending of it will stall again.
    if (link === undefined || (link.phase !== "reading" && link.phase !== "idle")) return;
    this.#links.enter(link, "draining", now);
    link.staysOpen = true;
    out.push({ type: "await-drain", link: id });
  }

  drain(id: LinkId, now: Millis, out: TrackerOutput[]): void {
    const link = this.#links.get(id);
    if (link === undefined || (link.phase !== "draining" && link.phase !== "delivering")) return;
    if (!link.staysOpen) return this.#close(link, out);
    out.push({ type: "resume-reading", link: id });
    this.#goOn(link, now, out);
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
    for (let link = this.#links.overdue(now); link !== undefined; link = this.#links.overdue(now)) {
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
    while (isOpen && at < bytes.length && this.#buffer.length < TURN_LENGTH_MAX && link.phase !== "answering") {
      const found = this.#scanner.scan(bytes, at);
      if (found === "more") break;
      const { bodyLength, end } = this.#scanner;
      const fault = found !== "head" ? found : bodyLength > BODY_LENGTH_MAX ? 413 : undefined;
      if (fault === undefined && bytes.length < end + bodyLength) break;
      at = end + bodyLength;
      isOpen = fault === undefined ? this.#answer(link, bytes, now, out) : this.#refuse(fault);
    }
    const isTurnOver = this.#buffer.length >= TURN_LENGTH_MAX;
    this.#flush(link, out);
    if (!isOpen) return this.#close(link, out);
    if (link.phase !== "answering") this.#rest(link, at < bytes.length, at > 0 || wasIdle, isTurnOver, now, out);
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
    this.#links.remove(link);
  }

  /** Says what is wrong with the bytes; the connection cannot go on. */
  #refuse(status: 400 | 405 | 413 | 431 | 501 | 505): false {
    this.#statistics.malformed++;
    const head = plainHead(status, status === 405 ? { Allow: "GET, HEAD" } : {}, 0, "closes");
    this.#buffer.reserve(head.length);
    this.#buffer.bytes(head);
    return false;
  }

  /** Answers the request the scanner stands on; false when the connection ends with it. */
  #answer(link: HttpLink, bytes: Uint8Array, now: Millis, out: TrackerOutput[]): boolean {
    const { pathAt, pathEnd, isGet, isHead, staysOpen, isNew } = this.#scanner;
    const isAnnounce = isWord(bytes, pathAt, pathEnd, "/announce");
    if (!isAnnounce && !isWord(bytes, pathAt, pathEnd, "/scrape")) {
      this.#handOut(link, bytes, now, out);
      return true;
    }
    if (!isGet && !isHead) return this.#refuse(405);
    const ending = endingOf(staysOpen, isNew);
    if (isAnnounce) this.#announce(link, bytes, now, ending);
    else this.#answerScrape(bytes, ending);
    return staysOpen;
  }

  #announce(link: HttpLink, bytes: Uint8Array, now: Millis, ending: Ending): void {
    const request = this.#request;
    const { queryAt, queryEnd, isHead } = this.#scanner;
    const failure = this.#query.read(bytes, queryAt, queryEnd, request) ?? this.#take(link, bytes, now);
    if (failure === undefined) {
      this.#answers.announce(this.#announcer, request, this.#asker, ending, isHead);
      return;
    }
    this.#statistics.fail(failure);
    this.#answers.failure(failure, ending, isHead);
  }

  /** The address the announce came from, 4 or 16 bytes. */
  #asker: Uint8Array = NO_BYTES;

  #take(link: HttpLink, bytes: Uint8Array, now: Millis): FailureCode | undefined {
    const request = this.#request;
    const query = this.#query;
    this.#asker = link.address;
    let isTrustedAsker = link.isTrusted || link.isProxy;
    const { forwardedAt, forwardedEnd } = this.#scanner;
    if (link.isProxy && forwardedEnd > forwardedAt) {
      const address = forwardedAddress(latin1(bytes.subarray(forwardedAt, forwardedEnd)), this.#proxies);
      if (address !== undefined) {
        this.#asker = parseAddress(address) as Uint8Array;
        isTrustedAsker = maySpeakForOthers(address);
      }
    }
    request.setAddress(this.#asker);
    if (isTrustedAsker && (query.ip !== "" || query.ipv4 !== "" || query.ipv6 !== "")) this.#takeGiven(now);
    request.sealEndpoint();
    this.#countAnnounce();
    return this.#announcer.announce(request, now, this.#settings.peersGivenMaxHttp, true);
  }

  #countAnnounce(): void {
    const { event, family, isReturning } = this.#request;
    const statistics = this.#statistics;
    statistics.announces.http++;
    statistics.events[event] = (statistics.events[event] as number) + 1;
    if (family === 4) statistics.announcesIpv4++;
    else statistics.announcesIpv6++;
    if (isReturning) statistics.announcesReturning++;
  }

  /** `ip=` says where the peer is; `ipv4=` and `ipv6=` where it is besides (BEP 7), and are announced first. */
  #takeGiven(now: Millis): void {
    const request = this.#request;
    const { ip, ipv4, ipv6 } = this.#query;
    const main = parseAddress(canonicalAddress(ip) ?? "") ?? this.#asker;
    const { event, port } = request;
    for (const given of [ipv4, ipv6]) {
      const endpoint = parseEndpoint(given);
      const address = parseAddress(endpoint?.address ?? canonicalAddress(given) ?? "");
      if (address === undefined || address.length === main.length) continue;
      request.setAddress(address);
      request.port = endpoint?.port ?? port;
      // A completion is counted once, with the main address.
      if (event !== STOPPED) request.event = NO_EVENT;
      request.sealEndpoint();
      this.#announcer.announce(request, now, 0, false);
    }
    request.event = event;
    request.port = port;
    request.setAddress(main);
  }

  #answerScrape(bytes: Uint8Array, ending: Ending): void {
    const { queryAt, queryEnd, isHead } = this.#scanner;
    const scrape = this.#scrape;
    const failure = scrape.read(bytes, queryAt, queryEnd) ?? (scrape.count === 0 ? "SCRAPE_FULL" : undefined);
    if (failure !== undefined) {
      this.#statistics.fail(failure);
      this.#answers.failure(failure, ending, isHead);
      return;
    }
    this.#statistics.scrapes.http++;
    this.#answers.beginScrape(scrape.count, ending);
    for (let at = 0; at < scrape.count; at++) {
      const hash = scrape.hash(at);
      this.#hash.bytes.set(hash);
      const torrent = this.#announcer.swarms.torrents.find(this.#hash);
      if (torrent === NO_TORRENT || this.#settings.admits?.(hash) === false) continue;
      this.#announcer.look(torrent);
      this.#answers.scraped(hash, this.#announcer);
    }
    this.#answers.endScrape(isHead);
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
    const forwarded = link.isProxy ? forwardedAddress(headers.get("x-forwarded-for") ?? "", this.#proxies) : undefined;
    const request: OtherRequest = {
      method: latin1(bytes.subarray(scanner.methodAt, scanner.methodEnd)),
      path: latin1(bytes.subarray(scanner.pathAt, scanner.pathEnd)),
      query: latin1(bytes.subarray(scanner.queryAt, scanner.queryEnd)),
      headers,
      body: bytes.slice(scanner.end, scanner.end + scanner.bodyLength),
      address: forwarded ?? formatAddress(link.address),
    };
    out.push({ type: "pause-reading", link: link.id }, { type: "other", link: link.id, request });
  }
}

function endingOf(staysOpen: boolean, isNew: boolean): Ending {
  if (!staysOpen) return "closes";
  return isNew ? "stays" : "kept";
}

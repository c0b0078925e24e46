/**
 * Answers one announce or scrape (BEPs 3, 7, 24 and 48) that the scanner has found, into the buffer of the turn.
 * @module
 */
import { canonicalAddress, formatAddress, parseAddress, parseEndpoint } from "@bittern/protocol/address";
import { equalBytes, latin1, type Millis, NO_BYTES, utf8 } from "@bittern/protocol/base";
import type { Access } from "../access/access.ts";
import { readTarget } from "../access/credential.ts";
import { Announce } from "../announce.ts";
import type { Announcer } from "../announcer.ts";
import type { FailureCode } from "../failure.ts";
import type { TrackerSettings } from "../settings.ts";
import { NO_EVENT, STOPPED, type Statistics } from "../statistics.ts";
import { paired } from "../swarms/keyed-hash.ts";
import { NO_TORRENT } from "../swarms/torrent-table.ts";
import { canBeGivenOut, maySpeakForOthers } from "../trust.ts";
import { AnnounceQuery } from "./announce-query.ts";
import type { AnswerBuffer } from "./answer-buffer.ts";
import { Answers, type Refused } from "./answers.ts";
import { isWord } from "./ascii.ts";
import { FullScrapes } from "./full-scrapes.ts";
import { forwardedAddress } from "./headers.ts";
import type { Ending } from "./heads.ts";
import type { HttpLink } from "./links.ts";
import type { RequestScanner } from "./request-scanner.ts";
import { ScrapeQuery } from "./scrape-query.ts";
import type { ScrapeReader } from "./scrape-reader.ts";

const ANNOUNCE = utf8("/announce");
const SCRAPE = utf8("/scrape");

interface Place {
  readonly address: Uint8Array;
  readonly port: number | undefined;
}

/** Where a client says that it is, and where besides. */
interface Given {
  readonly main: Uint8Array;
  readonly port: number | undefined;
  readonly besides: readonly Place[];
}

/** What a path asks for. */
export type Action = "announce" | "scrape" | "other";

export class Responder {
  readonly fullScrapes: FullScrapes;
  readonly #settings: TrackerSettings;
  readonly #announcer: Announcer;
  readonly #access: Access;
  readonly #statistics: Statistics;
  readonly #proxies: ReadonlySet<string>;
  readonly #scanner: RequestScanner;
  readonly #query: AnnounceQuery;
  readonly #scrape: ScrapeQuery;
  readonly #answers: Answers;
  readonly #request = new Announce();
  readonly #hash = paired(20);
  /** Those of the announce at hand. */
  #bytes: Uint8Array = NO_BYTES;
  readonly #takesGzip = (): boolean => this.#scanner.takesGzip(this.#bytes);
  #credential = "";

  constructor(
    settings: TrackerSettings,
    announcer: Announcer,
    access: Access,
    statistics: Statistics,
    scanner: RequestScanner,
    buffer: AnswerBuffer,
  ) {
    this.#settings = settings;
    this.#announcer = announcer;
    this.#access = access;
    this.#statistics = statistics;
    this.#scanner = scanner;
    this.#proxies = new Set(settings.proxies.map((proxy) => canonicalAddress(proxy) ?? proxy));
    this.#query = new AnnounceQuery(settings.trackerId, settings.answers);
    this.#scrape = new ScrapeQuery(settings.scrapeHashesMax);
    this.#answers = new Answers(buffer, settings);
    this.fullScrapes = new FullScrapes({ answers: this.#answers, announcer, access }, settings);
  }

  isProxy(address: string): boolean {
    return this.#proxies.has(address);
  }

  /** What the request at hand asks for; reads the credential where one may be needed. */
  action(bytes: Uint8Array): Action {
    const { pathAt, pathEnd, queryAt, queryEnd } = this.#scanner;
    if (this.#access.usesCredentials) {
      const target = readTarget(latin1(bytes.subarray(pathAt, pathEnd)), latin1(bytes.subarray(queryAt, queryEnd)));
      this.#credential = target?.credential ?? "";
      return target?.action ?? "other";
    }
    this.#credential = "";
    if (isWord(bytes, pathAt, pathEnd, ANNOUNCE)) return "announce";
    return isWord(bytes, pathAt, pathEnd, SCRAPE) ? "scrape" : "other";
  }

  /** The credential of the request at hand, whatever else its path says. */
  credential(bytes: Uint8Array): string {
    this.action(bytes);
    return this.#credential;
  }

  /** Answers an announce; false when somebody has to be asked first. Hot. */
  announce(link: HttpLink, bytes: Uint8Array, now: Millis, ending: Ending): boolean {
    const request = this.#request;
    const { queryAt, queryEnd, isHead } = this.#scanner;
    this.#bytes = bytes;
    const fault = this.#query.read(bytes, queryAt, queryEnd, request);
    const failure = fault ?? this.#take(link, bytes, now);
    if (failure === undefined) this.#answers.announce(this.#announcer, request, ending, isHead, this.#takesGzip);
    else if (failure === "ASKING") return false;
    else this.#fail(failure, fault === undefined ? "announce" : "query", ending);
    return true;
  }

  /** Answers a scrape of named torrents, or refuses one; a scrape of all comes back to be sent a step at a time. */
  scrape(link: HttpLink, bytes: Uint8Array, now: Millis, ending: Ending): ScrapeReader | undefined {
    const { queryAt, queryEnd } = this.#scanner;
    this.#setAsker(link, bytes);
    const failure = this.#scrape.read(bytes, queryAt, queryEnd) ?? this.#judgeScrape();
    if (failure === undefined && this.#scrape.count === 0) return this.#scrapeAll(bytes, now, ending);
    if (failure !== undefined) this.#fail(failure, "scrape", ending);
    else {
      this.#statistics.scrapes.http++;
      this.#scrapeNamed(bytes, ending);
    }
    return undefined;
  }

  #scrapeAll(bytes: Uint8Array, now: Millis, ending: Ending): ScrapeReader | undefined {
    const { isHead, isNew } = this.#scanner;
    const isPacked = this.#settings.deflate !== undefined && this.#scanner.takesGzip(bytes);
    const { asker, askerLength } = this.#request;
    const wish = { address: asker.subarray(0, askerLength), credential: this.#credential, isChunked: isNew, isPacked };
    const reader = isHead ? undefined : this.fullScrapes.begin(wish, now);
    if (reader === undefined && !isHead) this.#fail("SCRAPE_BUSY", "scrape", ending);
    else {
      this.#statistics.scrapes.http++;
      this.#answers.endlessHead(isNew, ending, isPacked);
    }
    return reader;
  }

  /** Whom a request came from: behind a configured proxy, whoever the proxy names; 4 or 16 bytes in `asker`. */
  #setAsker(link: HttpLink, bytes: Uint8Array): void {
    const request = this.#request;
    const { forwardedAt, forwardedEnd } = this.#scanner;
    if (link.isProxy && forwardedEnd > forwardedAt) {
      const named = this.forwarded(latin1(bytes.subarray(forwardedAt, forwardedEnd)));
      const address = named === undefined ? undefined : parseAddress(named);
      if (address !== undefined) return request.setAsker(address, address.length);
    }
    request.setAsker(link.address, link.address.length);
  }

  /** Whether what the asker at hand says of its address counts: in our own network, and of a proxy that names nobody. */
  #maySpeakForOthers(link: HttpLink): boolean {
    const { asker, askerLength } = this.#request;
    const isProxyItself = link.isProxy && equalBytes(asker.subarray(0, askerLength), link.address);
    return isProxyItself || maySpeakForOthers(formatAddress(asker.subarray(0, askerLength)), this.#settings.givenAddresses);
  }

  /** Whom the proxies of this tracker name in a X-Forwarded-For. */
  forwarded(value: string): string | undefined {
    return forwardedAddress(value, this.#proxies);
  }

  #take(link: HttpLink, bytes: Uint8Array, now: Millis): FailureCode | undefined {
    const request = this.#request;
    const { ip, ipv4, ipv6 } = this.#query;
    this.#setAsker(link, bytes);
    request.credential = this.#credential;
    const failure = this.#access.judge(request, now);
    if (failure !== undefined) return failure;
    const isGiven = (ip !== "" || ipv4 !== "" || ipv6 !== "") && this.#maySpeakForOthers(link);
    const given = isGiven ? this.#given() : undefined;
    // No socket is there: what the proxy passed on was made up, and a swarm must not be sent to it.
    if (link.isProxy && !canBeGivenOut(given?.main ?? request.asker.subarray(0, request.askerLength))) return "ADDRESS_NOWHERE";
    if (given !== undefined) this.#takeGiven(given, now);
    request.sealEndpoint();
    this.#statistics.announce("http", request.event, request.family, request.isReturning);
    this.#access.report(request, Math.floor(now / 1000));
    return this.#announcer.announce(request, now, this.#settings.peersGivenMaxHttp, true);
  }

  /**
   * `ip=` says where the peer is, and so does the one of `ipv4=` and `ipv6=` that is of its own family. Of the other family they say where
   * it is besides (BEP 7).
   */
  #given(): Given {
    const { asker, askerLength } = this.#request;
    const places = [placeOf(this.#query.ipv4), placeOf(this.#query.ipv6)].filter((place) => place !== undefined);
    const named = placeOf(this.#query.ip, false)?.address;
    const own = named === undefined ? places.find((place) => place.address.length === askerLength) : undefined;
    const main = named ?? own?.address ?? asker.slice(0, askerLength);
    return { main, port: own?.port, besides: places.filter(({ address }) => address.length !== main.length) };
  }

  /** Announces where the peer is besides, and puts where it is into the request. */
  #takeGiven({ main, port: mainPort, besides }: Given, now: Millis): void {
    const request = this.#request;
    const { event, port } = request;
    for (const place of besides) {
      request.setAddress(place.address);
      request.port = place.port ?? port;
      // A completion is counted once, with the main address.
      if (event !== STOPPED) request.event = NO_EVENT;
      request.sealEndpoint();
      this.#announcer.announce(request, now, 0, false);
    }
    request.event = event;
    request.port = mainPort ?? port;
    request.setAddress(main);
  }

  #judgeScrape(): FailureCode | undefined {
    const { scrapes } = this.#settings;
    const isFull = this.#scrape.count === 0;
    if (scrapes === "none") return "SCRAPE_OFF";
    if (isFull && scrapes === "named") return "SCRAPE_FULL";
    return this.#access.judgeAsker(this.#request.asker, this.#request.askerLength, this.#credential);
  }

  #scrapeNamed(bytes: Uint8Array, ending: Ending): void {
    const scrape = this.#scrape;
    this.#answers.beginScrape(scrape.count, ending);
    for (let at = 0; at < scrape.count; at++) {
      const hash = scrape.hash(at);
      this.#hash.bytes.set(hash);
      const torrent = this.#announcer.swarms.torrents.find(this.#hash);
      if (torrent === NO_TORRENT || this.#access.judgeTorrent(this.#hash, this.#credential) !== undefined) continue;
      this.#announcer.look(torrent);
      this.#answers.scraped(hash, this.#announcer);
    }
    this.#answers.endScrape(this.#scanner.isHead, () => this.#scanner.takesGzip(bytes));
  }

  #fail(failure: FailureCode, refused: Refused, ending: Ending): void {
    this.#statistics.fail(failure);
    const { isHead } = this.#scanner;
    if (failure === "UNWELCOME") this.#answers.refusal(this.#access.reasonOf(failure), refused, ending, isHead);
    else this.#answers.failure(failure, refused, ending, isHead);
  }
}

/** An address that was given, with a port where one may stand; `undefined` for what is none, and for one where no peer can be. */
function placeOf(given: string, mayHavePort = true): Place | undefined {
  const endpoint = mayHavePort ? parseEndpoint(given) : undefined;
  const address = parseAddress(endpoint?.address ?? canonicalAddress(given) ?? "");
  return address !== undefined && canBeGivenOut(address) ? { address, port: endpoint?.port } : undefined;
}

/**
 * Trackers over UDP (BEP 15, 41): names resolved, connection ids kept for a minute, time-outs of 15 * 2^n seconds.
 *
 * Shared by all torrents of a session, because the connection id is the session's. A question goes by one address family:
 * the family of the datagram is the family of the peers in its answer.
 * @module
 */
import { addressScope, type Endpoint, formatEndpoint, isServicePort, parseAddress } from "@bittern/protocol/address";
import { HostError, type Millis, ProtocolError, type Random } from "@bittern/protocol/base";
import {
  type AnnounceAnswer,
  type AnnounceRequest,
  CONNECTION_CLIENT_MILLIS,
  decodeUdpAnswer,
  encodeUdpAnnounce,
  encodeUdpConnect,
  encodeUdpScrape,
  type SwarmCounts,
  type UdpAnswer,
  udpTimeoutMillis,
  urlDataOf,
} from "@bittern/protocol/tracker";
import type { SessionOutput } from "./output.ts";

/** BEP 15 goes to n = 8, which is over an hour; three tries are what users wait for, then the next tracker has its turn. */
const TRIES_MAX = 3;

/** Connection ids kept; past this those that are no longer valid go, and then the oldest. */
const CONNECTIONS_MAX = 1000;

/** Where a question goes, and who says so: the user, or whoever made the torrent. */
export interface UdpTarget {
  readonly url: string;
  readonly family: 4 | 6;
  readonly source: "user" | "torrent";
}

/** What a tracker is asked. */
export type UdpQuestion =
  | { readonly type: "announce"; readonly announce: AnnounceRequest }
  | { readonly type: "scrape"; readonly infoHashes: readonly Uint8Array[] };

/** Counts in the order of the hashes asked for; fewer when the tracker answers for fewer. */
export interface UdpCounts {
  readonly swarms: readonly SwarmCounts[];
}

export interface UdpTrackerAnswer {
  readonly request: number;
  readonly outcome: AnnounceAnswer | UdpCounts | HostError | ProtocolError;
  /** Address of the tracker. */
  readonly from: string;
}

interface Ask {
  readonly request: number;
  readonly url: URL;
  readonly family: 4 | 6;
  readonly question: UdpQuestion;
  /** Where it may be sent: all addresses of the family, tried in turn. */
  trackers: readonly Endpoint[];
  phase: "resolving" | "connecting" | "asking";
  transaction: number;
  tries: number;
  dueAt: Millis;
}

export class UdpTrackers {
  readonly #random: Random;
  readonly #asks = new Map<number, Ask>();
  readonly #connections = new Map<string, { readonly id: Uint8Array; readonly until: Millis }>();
  readonly #answers: UdpTrackerAnswer[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** Begins a question; its answer comes out of `takeAnswers` under the same number. */
  ask(request: number, to: UdpTarget, question: UdpQuestion, now: Millis, out: SessionOutput[]): void {
    const url = URL.canParse(to.url) ? new URL(to.url) : undefined;
    const port = Number(url?.port ?? "");
    if (url === undefined || !(port > 0)) {
      const fault = new ProtocolError("TRACKER_URL", `a UDP tracker needs a host and a port: ${to.url}`);
      this.#answers.push({ request, outcome: fault, from: "" });
      return;
    }
    if (to.source === "torrent" && isServicePort(port)) {
      this.#answers.push({ request, outcome: new HostError("URL_DENIED", `port ${port} belongs to another service`), from: "" });
      return;
    }
    const dueAt = now + udpTimeoutMillis(0);
    const ask: Ask = { request, url, family: to.family, question, trackers: [], phase: "resolving", transaction: 0, tries: 0, dueAt };
    this.#asks.set(request, ask);
    const host = hostOf(url);
    if (parseAddress(host) !== undefined) this.#begin(ask, [host], now, out);
    else out.push({ type: "resolve", query: request, name: host });
  }

  /** Takes the answer to a name we asked for; false when it was not ours. */
  resolved(query: number, outcome: readonly string[] | HostError, now: Millis, out: SessionOutput[]): boolean {
    const ask = this.#asks.get(query);
    if (ask === undefined || ask.phase !== "resolving") return false;
    if (outcome instanceof HostError) this.#end(ask, outcome);
    else this.#begin(ask, outcome, now, out);
    return true;
  }

  #begin(ask: Ask, addresses: readonly string[], now: Millis, out: SessionOutput[]): void {
    const usable = addresses.filter((address) => address.includes(":") === (ask.family === 6));
    if (usable.length === 0) return this.#end(ask, new HostError("FAMILY_ABSENT", `${hostOf(ask.url)} has no IPv${ask.family} address`));
    // As over HTTP: nobody may send us to a metadata service or a multicast group, whatever name leads there.
    const denied = usable.find((address) => ["denied", "link-local"].includes(addressScope(address)));
    if (denied !== undefined) return this.#end(ask, new HostError("ADDRESS_DENIED", `nobody may send us to ${denied}`));
    ask.trackers = usable.map((address) => ({ address, port: Number(ask.url.port) }));
    this.#send(ask, now, out);
  }

  #send(ask: Ask, now: Millis, out: SessionOutput[]): void {
    const to = trackerOf(ask);
    const connection = this.#connections.get(formatEndpoint(to));
    ask.transaction = this.#random.u32();
    ask.dueAt = now + udpTimeoutMillis(ask.tries);
    if (connection === undefined || connection.until <= now) {
      ask.phase = "connecting";
      out.push({ type: "send-datagram", to, bytes: encodeUdpConnect(ask.transaction) });
      return;
    }
    ask.phase = "asking";
    out.push({ type: "send-datagram", to, bytes: encodeQuestion(ask, connection.id) });
  }

  receive(bytes: Uint8Array, from: Endpoint, now: Millis, out: SessionOutput[]): void {
    const answer = decodeUdpAnswer(bytes, from.address.includes(":") ? "ipv6" : "ipv4");
    if (answer.type === "malformed") return;
    for (const ask of this.#asks.values()) {
      if (ask.phase === "resolving" || ask.transaction !== answer.transactionId) continue;
      const to = trackerOf(ask);
      if (to.port === from.port && to.address === from.address) return this.#answered(ask, answer, from, now, out);
    }
  }

  #answered(ask: Ask, answer: UdpAnswer, from: Endpoint, now: Millis, out: SessionOutput[]): void {
    if (answer.type === "error") {
      // A tracker that forgot our connection id says so; a new one is worth a try.
      this.#connections.delete(formatEndpoint(from));
      if (ask.phase === "asking" && /connection/i.test(answer.failure) && ask.tries === 0) {
        ask.tries++;
        return this.#send(ask, now, out);
      }
      return this.#end(ask, { failure: answer.failure });
    }
    if (answer.type === "connected" && ask.phase === "connecting") {
      this.#makeRoom(now);
      this.#connections.set(formatEndpoint(from), { id: answer.connectionId, until: now + CONNECTION_CLIENT_MILLIS });
      return this.#send(ask, now, out);
    }
    if (ask.phase !== "asking") return;
    if (answer.type === "announced" && ask.question.type === "announce") this.#end(ask, answer.answer);
    else if (answer.type === "scraped" && ask.question.type === "scrape") this.#end(ask, { swarms: answer.swarms });
  }

  /** The name of a tracker may lead to another address every time. */
  #makeRoom(now: Millis): void {
    if (this.#connections.size < CONNECTIONS_MAX) return;
    for (const [key, { until }] of this.#connections) if (until <= now) this.#connections.delete(key);
    for (const oldest of this.#connections.keys()) if (this.#connections.size >= CONNECTIONS_MAX) this.#connections.delete(oldest);
  }

  #end(ask: Ask, outcome: UdpTrackerAnswer["outcome"]): void {
    this.#asks.delete(ask.request);
    this.#answers.push({ request: ask.request, outcome, from: ask.trackers.length === 0 ? "" : trackerOf(ask).address });
  }

  get deadline(): Millis | undefined {
    // Asked after every input.
    if (this.#asks.size === 0) return undefined;
    let first: Millis | undefined;
    for (const ask of this.#asks.values()) if (first === undefined || ask.dueAt < first) first = ask.dueAt;
    return first;
  }

  tick(now: Millis, out: SessionOutput[]): void {
    for (const ask of this.#asks.values()) {
      if (ask.dueAt > now) continue;
      if (ask.tries + 1 < TRIES_MAX && ask.phase !== "resolving") {
        ask.tries++;
        this.#send(ask, now, out);
      } else this.#end(ask, new HostError("TIMED_OUT", `${ask.url.host} did not answer`));
    }
  }

  /** Answers since the last call. */
  takeAnswers(): readonly UdpTrackerAnswer[] {
    return this.#answers.splice(0);
  }
}

/** Where this try goes: another address each time, where the name has several. */
function trackerOf(ask: Ask): Endpoint {
  return ask.trackers[ask.tries % ask.trackers.length] as Endpoint;
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

function encodeQuestion(ask: Ask, connectionId: Uint8Array): Uint8Array<ArrayBuffer> {
  const { question, transaction: transactionId } = ask;
  if (question.type === "scrape") return encodeUdpScrape({ connectionId, transactionId, infoHashes: question.infoHashes });
  const urlData = urlDataOf(ask.url.href);
  const path = urlData === "" || urlData === "/" ? {} : { urlData };
  return encodeUdpAnnounce({ connectionId, transactionId, request: question.announce, ...path });
}

/**
 * Trackers over UDP (BEP 15, 41): names resolved, connection ids kept for a minute, time-outs of 15 * 2^n seconds.
 *
 * Shared by all torrents of a session, because the connection id is the session's.
 * @module
 */
import { type Endpoint, formatEndpoint, parseAddress } from "@bittern/protocol/address";
import { HostError, type Millis, ProtocolError, type Random } from "@bittern/protocol/base";
import {
  type AnnounceAnswer,
  type AnnounceRequest,
  CONNECTION_CLIENT_MILLIS,
  decodeUdpAnswer,
  encodeUdpAnnounce,
  encodeUdpConnect,
  type UdpAnswer,
  udpTimeoutMillis,
  urlDataOf,
} from "@bittern/protocol/tracker";
import type { SessionOutput } from "./output.ts";

/** BEP 15 goes to n = 8, which is over an hour; three tries are what users wait for, then the next tracker has its turn. */
const TRIES_MAX = 3;

export interface UdpAnnounceAnswer {
  readonly request: number;
  readonly outcome: AnnounceAnswer | HostError | ProtocolError;
  /** Address of the tracker. */
  readonly from: string;
}

interface Ask {
  readonly request: number;
  readonly url: URL;
  readonly announce: AnnounceRequest;
  tracker: Endpoint | undefined;
  phase: "resolving" | "connecting" | "announcing";
  transaction: number;
  tries: number;
  dueAt: Millis;
}

export class UdpTrackers {
  readonly #random: Random;
  readonly #asks = new Map<number, Ask>();
  readonly #connections = new Map<string, { readonly id: Uint8Array; readonly until: Millis }>();
  readonly #answers: UdpAnnounceAnswer[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** Begins an announce; its answer comes out of `takeAnswers` under the same number. */
  announce(request: number, url: string, announce: AnnounceRequest, now: Millis, out: SessionOutput[]): void {
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    const port = Number(parsed?.port ?? "");
    if (parsed === undefined || !(port > 0)) {
      this.#answers.push({ request, outcome: new ProtocolError("TRACKER_URL", `a UDP tracker needs a host and a port: ${url}`), from: "" });
      return;
    }
    const host = parsed.hostname.replace(/^\[|\]$/g, "");
    const ask: Ask = {
      request,
      url: parsed,
      announce,
      tracker: undefined,
      phase: "resolving",
      transaction: 0,
      tries: 0,
      dueAt: now + udpTimeoutMillis(0),
    };
    this.#asks.set(request, ask);
    if (parseAddress(host) !== undefined) this.#begin(ask, { address: host, port }, now, out);
    else out.push({ type: "resolve", query: request, name: host });
  }

  /** Takes the answer to a name we asked for; false when it was not ours. */
  resolved(query: number, outcome: readonly string[] | HostError, now: Millis, out: SessionOutput[]): boolean {
    const ask = this.#asks.get(query);
    if (ask === undefined || ask.phase !== "resolving") return false;
    const address = outcome instanceof HostError ? undefined : outcome[0];
    if (address === undefined) {
      const fault = outcome instanceof HostError ? outcome : new HostError("NAME_NOT_FOUND", `${ask.url.hostname} has no address`);
      this.#end(ask, fault);
    } else {
      this.#begin(ask, { address, port: Number(ask.url.port) }, now, out);
    }
    return true;
  }

  #begin(ask: Ask, tracker: Endpoint, now: Millis, out: SessionOutput[]): void {
    ask.tracker = tracker;
    this.#send(ask, now, out);
  }

  #send(ask: Ask, now: Millis, out: SessionOutput[]): void {
    const tracker = ask.tracker;
    if (tracker === undefined) return;
    const connection = this.#connections.get(formatEndpoint(tracker));
    ask.transaction = this.#random.u32();
    ask.dueAt = now + udpTimeoutMillis(ask.tries);
    if (connection === undefined || connection.until <= now) {
      ask.phase = "connecting";
      out.push({ type: "send-datagram", to: tracker, bytes: encodeUdpConnect(ask.transaction) });
      return;
    }
    ask.phase = "announcing";
    const urlData = urlDataOf(ask.url.href);
    const bytes = encodeUdpAnnounce({
      connectionId: connection.id,
      transactionId: ask.transaction,
      request: ask.announce,
      ...(urlData === "" || urlData === "/" ? {} : { urlData }),
    });
    out.push({ type: "send-datagram", to: tracker, bytes });
  }

  receive(bytes: Uint8Array, from: Endpoint, now: Millis, out: SessionOutput[]): void {
    const answer = decodeUdpAnswer(bytes, from.address.includes(":") ? "ipv6" : "ipv4");
    if (answer.type === "malformed") return;
    for (const ask of this.#asks.values()) {
      const isFromThere = ask.tracker?.port === from.port && ask.tracker.address === from.address;
      if (ask.phase === "resolving" || !isFromThere || ask.transaction !== answer.transactionId) continue;
      return this.#answered(ask, answer, from, now, out);
    }
  }

  #answered(ask: Ask, answer: UdpAnswer, from: Endpoint, now: Millis, out: SessionOutput[]): void {
    if (answer.type === "error") {
      // A tracker that forgot our connection id says so; a new one is worth a try.
      this.#connections.delete(formatEndpoint(from));
      if (ask.phase === "announcing" && /connection/i.test(answer.failure) && ask.tries === 0) {
        ask.tries++;
        return this.#send(ask, now, out);
      }
      return this.#end(ask, { failure: answer.failure });
    }
    if (answer.type === "connected" && ask.phase === "connecting") {
      this.#connections.set(formatEndpoint(from), { id: answer.connectionId, until: now + CONNECTION_CLIENT_MILLIS });
      return this.#send(ask, now, out);
    }
    if (answer.type === "announced" && ask.phase === "announcing") this.#end(ask, answer.answer);
  }

  #end(ask: Ask, outcome: UdpAnnounceAnswer["outcome"]): void {
    this.#asks.delete(ask.request);
    this.#answers.push({ request: ask.request, outcome, from: ask.tracker?.address ?? "" });
  }

  get deadline(): Millis | undefined {
    let first: Millis | undefined;
    for (const ask of this.#asks.values()) if (first === undefined || ask.dueAt < first) first = ask.dueAt;
    return first;
  }

  tick(now: Millis, out: SessionOutput[]): void {
    for (const ask of this.#asks.values()) {
      if (ask.dueAt > now) continue;
      ask.tries++;
      if (ask.tries < TRIES_MAX && ask.phase !== "resolving") this.#send(ask, now, out);
      else this.#end(ask, new HostError("TIMED_OUT", `${ask.url.host} did not answer`));
    }
  }

  /** Answers since the last call. */
  takeAnswers(): readonly UdpAnnounceAnswer[] {
    return this.#answers.splice(0);
  }
}

/**
 * The one HTTP client, and the servers it meets: functions that stand at an address, or whatever listens there.
 *
 * An exchange with a function costs a name look-up, a round trip to connect, one to ask, and the time the body takes on
 * both links; it goes no way that a cut blocks. Redirects, address rules and limits are those of the real client.
 * @module
 */
import type { Cancel, Done, Http, HttpAnswer, HttpRequest, Tcp } from "@bittern/host";
import { addressScope } from "@bittern/protocol/address";
import { HostError, type Millis, NO_BYTES } from "@bittern/protocol/base";
import { KIND } from "../trace.ts";
import type { Names } from "./dns.ts";
import { HttpExchange } from "./http-exchange.ts";
import { isIpv6, isLoopback, type Network } from "./network.ts";
import type { Process } from "./process.ts";
import type { Station } from "./station.ts";
import type { Web, WebAnswer, WebRequest, WebServer } from "./web.ts";

/** How many redirects are followed. */
const REDIRECTS_MAX = 3;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** Where a request goes. */
interface Target {
  readonly url: URL;
  readonly address: string;
  readonly port: number;
  /** How often it was sent elsewhere. */
  readonly redirects: number;
}

export class SimulatedHttp implements Http {
  readonly #network: Network;
  readonly #names: Names;
  readonly #web: Web;
  readonly #tcp: Tcp;
  readonly #station: Station;
  readonly #process: Process;

  constructor(around: { network: Network; names: Names; web: Web; tcp: Tcp }, station: Station, process: Process) {
    this.#network = around.network;
    this.#names = around.names;
    this.#web = around.web;
    this.#tcp = around.tcp;
    this.#station = station;
    this.#process = process;
  }

  request(request: HttpRequest, done: Done<HttpAnswer>): Cancel {
    const { timeline } = this.#network;
    let isAnswered = false;
    const answer = (outcome: HttpAnswer | HostError): void => {
      if (isAnswered || !this.#process.isAlive) return;
      isAnswered = true;
      timeline.cancel(timeout);
      timeline.note(KIND.http, this.#station.index, outcome instanceof HostError ? -1 : outcome.body.length);
      done(outcome);
    };
    const timeout = timeline.after(request.timeoutMillis, () =>
      answer(new HostError("TIMED_OUT", `no answer in ${request.timeoutMillis} ms`)),
    );
    timeline.after(0, () => {
      if (this.#process.isAlive && !isAnswered) this.#ask(request, request.url, { redirects: 0, wasGlobal: false }, answer);
    });
    return () => answer(new HostError("ABORTED", "the request was given up"));
  }

  #ask(
    request: HttpRequest,
    text: string,
    sofar: { redirects: number; wasGlobal: boolean },
    answer: (outcome: HttpAnswer | HostError) => void,
  ): void {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const defaultPort = DEFAULT_PORTS[url?.protocol ?? ""];
    if (url === undefined || defaultPort === undefined) return answer(new HostError("URL_DENIED", "only http and https can be asked"));
    const hostname = url.hostname.replace(/^\[|\]$/g, "");
    const port = Number(/:(\d+)$/.exec(url.host)?.[1] ?? defaultPort);
    const { timeline } = this.#network;
    timeline.after(this.#names.latencyMillis, () => {
      const known = this.#names.lookUp(hostname) ?? [];
      const addresses = known.filter((each) => request.family === undefined || isIpv6(each) === (request.family === 6));
      if (known.length > 0 && addresses.length === 0)
        return answer(new HostError("FAMILY_ABSENT", `${hostname} has no IPv${request.family} address`));
      const address = addresses.find((each) => this.#network.sourceAddress(this.#station, each) !== undefined);
      if (address === undefined) return answer(new HostError("NAME_NOT_FOUND", `${hostname} is not known`));
      const scope = addressScope(address);
      const mayBePrivate = request.source !== "stranger" && !sofar.wasGlobal && scope !== "denied";
      if (scope !== "global" && !mayBePrivate) return answer(new HostError("ADDRESS_DENIED", `${address} is not on the internet`));
      this.#exchange(request, { url, address, port, redirects: sofar.redirects }, answer);
    });
  }

  #exchange(request: HttpRequest, to: Target, answer: (outcome: HttpAnswer | HostError) => void): void {
    const asked: WebRequest = {
      method: request.method ?? "GET",
      url: to.url.href,
      target: to.url.pathname + to.url.search,
      headers: { host: to.url.host, ...request.headers },
      remoteAddress: this.#sourceOf(request, to),
    };
    const station = this.#network.stationAt(to.address, this.#station);
    const stand = this.#web.at(isLoopback(to.address) ? (this.#station.addresses[0] ?? "") : to.address, to.port);
    const finish = (given: WebAnswer | HostError): void => this.#finish(request, to, given, answer);
    if (stand !== undefined && station !== undefined) return this.#askFunction(stand.server, station, asked, finish);
    const options = {
      timeoutMillis: request.timeoutMillis,
      ...(request.localAddress === undefined ? {} : { localAddress: request.localAddress }),
    };
    this.#tcp.connect({ address: to.address, port: to.port }, options, new HttpExchange(asked, request.bodyLengthMax, finish));
  }

  /** A function stands there: one round trip to connect and half of one until it has read the request, the same back. */
  #askFunction(server: WebServer, station: Station, asked: WebRequest, finish: (given: WebAnswer | HostError) => void): void {
    if (!this.#network.isReachable(this.#station, station)) return;
    const { timeline } = this.#network;
    const roundTrip: Millis = 2 * this.#network.latency(this.#station, station);
    timeline.after(roundTrip * 1.5, () => {
      const given = server(asked);
      if (given === undefined) return;
      const length = given instanceof HostError ? 0 : (given.body?.length ?? 0);
      const transfer = (length * 1000) / Math.min(station.uplink.rate, this.#station.downlink.rate);
      timeline.after(roundTrip / 2 + transfer, () => finish(given));
    });
  }

  #sourceOf(request: HttpRequest, { address }: Target): string {
    if (request.localAddress !== undefined) return request.localAddress;
    return this.#network.sourceAddress(this.#station, isLoopback(address) ? (this.#station.addresses[0] ?? "") : address) ?? "";
  }

  #finish(request: HttpRequest, to: Target, given: WebAnswer | HostError, answer: (outcome: HttpAnswer | HostError) => void): void {
    if (given instanceof HostError) return answer(given);
    const location = given.headers?.["location"];
    if (location !== undefined && [301, 302, 303, 307, 308].includes(given.status)) {
      if (to.redirects >= REDIRECTS_MAX) return answer(new HostError("HTTP_REDIRECTS", `more than ${REDIRECTS_MAX} redirects`));
      const sofar = { redirects: to.redirects + 1, wasGlobal: addressScope(to.address) === "global" };
      return this.#ask(request, URL.canParse(location, to.url.href) ? new URL(location, to.url.href).href : location, sofar, answer);
    }
    const body = request.method === "HEAD" ? NO_BYTES : (given.body ?? NO_BYTES);
    if (body.length > request.bodyLengthMax) return answer(new HostError("HTTP_BODY_TOO_LONG", `a body of ${body.length} bytes`));
    answer({
      status: given.status,
      headers: new Map(Object.entries(given.headers ?? {})),
      body: body.slice(),
      url: to.url.href,
      address: to.address,
    });
  }
}

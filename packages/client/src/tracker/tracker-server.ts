/**
 * A tracker for people: opens its doors, tells its numbers, closes.
 * @module
 */
import type { RequestListener } from "node:http";
import { createNodeHost, type NodeHost } from "@bittern/node";
import { canonicalAddress, type Endpoint } from "@bittern/protocol/address";
import { fromHex, ProtocolError, UsageError } from "@bittern/protocol/base";
import { decodeScrapeAnswer, type SwarmCounts, scrapeUrl } from "@bittern/protocol/tracker";
import {
  type OtherAnswer,
  type OtherRequest,
  runTracker,
  type TrackerDoors,
  type TrackerRun,
  type TrackerSettings,
  type TrackerSnapshot,
} from "@bittern/tracker";
import { asked } from "../waits.ts";
import { type DoorAnswer, RequestDoor } from "./request-door.ts";

/** Where a door is. */
export interface DoorOptions {
  /** 0: any free one. */
  readonly port: number;
  /** Address to bind; all of IPv4 and IPv6 when absent. */
  readonly host?: string;
}

/** For UDP also the number that HTTP got. */
export interface UdpDoorOptions {
  readonly port: number | "http";
  readonly host?: string;
}

/** Settings of the tracker itself, and its doors; a door that is not named stays shut. */
export interface TrackerOptions extends Partial<TrackerSettings> {
  readonly http?: DoorOptions;
  readonly udp?: UdpDoorOptions;
  /** Answers what is neither announce nor scrape on the HTTP port. */
  readonly onRequest?: (request: OtherRequest, answer: OtherAnswer) => void;
}

/** The announce URLs of the open doors, as this machine reaches them. */
export interface TrackerUrls {
  readonly http?: URL;
  readonly udp?: URL;
}

export type TrackerStats = TrackerSnapshot;

export class TrackerServer implements AsyncDisposable {
  readonly #options: TrackerOptions;
  readonly #door = new RequestDoor();
  #host: NodeHost | undefined;
  #run: TrackerRun | undefined;
  #urls: TrackerUrls = {};

  constructor(options: TrackerOptions = {}) {
    this.#options = options;
  }

  /** Opens the doors; resolves with the announce URLs, rejects when a port is taken. */
  async listen(): Promise<TrackerUrls> {
    if (this.#run !== undefined) throw new UsageError("TRACKER_LISTENS", "the tracker listens already");
    const { http, udp } = this.#options;
    const host = createNodeHost();
    this.#host = host;
    try {
      const doors = await asked<TrackerDoors>((done) => {
        this.#run = runTracker(host, this.#runOptions(), done);
      });
      const [httpDoor, udpDoor] = [doors.http[0], doors.udp[0]];
      this.#urls = {
        ...(http === undefined || httpDoor === undefined ? {} : { http: urlOf("http", http.host, httpDoor.port) }),
        ...(udp === undefined || udpDoor === undefined ? {} : { udp: urlOf("udp", udp.host, udpDoor.port) }),
      };
      return this.#urls;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** The announce URLs; none before `listen`. */
  get urls(): TrackerUrls {
    return this.#urls;
  }

  /** For `http.createServer` or a framework: answers what that server received. `listen` first, without doors if it shall have none. */
  readonly handler: RequestListener = (request, response) => {
    const from = endpointOf(request.socket.remoteAddress, request.socket.remotePort);
    const asked = { method: request.method ?? "GET", target: request.url ?? "/", rawHeaders: request.rawHeaders, from };
    void this.#door.ask(asked).then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
  };

  /** How many are in the swarms of these info hashes (40 hex digits); hashes that nobody announced are left out. */
  async scrape(infoHashes: readonly string[]): Promise<ReadonlyMap<string, SwarmCounts>> {
    const bytes = infoHashes.map((hash) => fromHex(hash)).filter((hash) => hash !== undefined);
    const url = new URL(scrapeUrl("http://tracker/announce", bytes) ?? "http://tracker/scrape");
    const answer = await this.#ask(`${url.pathname}${url.search}`);
    const scrape = decodeScrapeAnswer(answer.body);
    if (!("swarms" in scrape)) throw new ProtocolError("TRACKER_FAILURE", scrape.failure);
    return scrape.swarms;
  }

  #ask(target: string): Promise<DoorAnswer> {
    const from = { address: "127.0.0.1", port: 1 };
    return this.#door.ask({ method: "GET", target, rawHeaders: ["Host", "tracker"], from });
  }

  stats(): TrackerStats {
    if (this.#run === undefined) throw new UsageError("TRACKER_SHUT", "the tracker does not listen; call listen() first");
    return this.#run.snapshot();
  }

  async close(): Promise<void> {
    this.#run?.close();
    this.#run = undefined;
    await this.#host?.close();
    this.#host = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #runOptions(): Parameters<typeof runTracker>[1] {
    const { http, udp, onRequest, ...settings } = this.#options;
    const bound = <Port>(door: { readonly port: Port; readonly host?: string }) => ({
      port: door.port,
      ...(door.host === undefined ? {} : { address: door.host }),
    });
    return {
      settings,
      http: [...(http === undefined ? [] : [bound(http)]), { port: 0, tcp: this.#door }],
      udp: udp === undefined ? [] : [bound(udp)],
      ...(onRequest === undefined ? {} : { onOther: onRequest }),
    };
  }
}

function urlOf(scheme: "http" | "udp", host: string | undefined, port: number): URL {
  const isAny = host === undefined || host === "0.0.0.0" || host === "::";
  const name = host?.includes(":") === true ? `[${host}]` : host;
  return new URL(`${scheme}://${isAny ? "127.0.0.1" : name}:${port}/announce`);
}

/** Node shows IPv4 in the disguise of IPv6 where a server takes both. */
function endpointOf(address: string | undefined, port: number | undefined): Endpoint {
  return { address: canonicalAddress((address ?? "").replace(/^::ffff:/i, "")) ?? "0.0.0.0", port: port ?? 0 };
}

/**
 * A node of the DHT by itself: a host and a run loop of its own.
 * @module
 */
import { type DhtNews, DhtRun } from "@bittern/engine";
import { createNodeHost, type NodeHost } from "@bittern/node";
import type { Endpoint } from "@bittern/protocol/address";
import { HostError, UsageError } from "@bittern/protocol/base";
import type { DhtDoor, DhtEvent } from "./dht-door.ts";
import { type DhtOpenOptions, dhtSettings } from "./dht-options.ts";
import { parseListen } from "./listen.ts";
import { parsePeerAddress, resolvePeerAddress } from "./peer-address.ts";

export interface LoneNode {
  readonly door: DhtDoor;
  /** Resolves with the first socket, and rejects when there is none. */
  readonly bound: Promise<void>;
}

/** `receive` gets what it finds. Throws a `UsageError` for options that make no sense; whoever opened it closes the door. */
export function openLoneNode(options: DhtOpenOptions, receive: (event: DhtEvent) => void): LoneNode {
  const listen = options.listen ?? "0";
  const { address, ports } = parseListen(listen);
  const settings = dhtSettings(options, [listen]);
  if (settings === undefined) throw new UsageError("DHT_OFF", "a node of the DHT cannot be opened without one");
  const places = (address === undefined ? ["0.0.0.0", "::"] : [address]).map((one) => ({ address: one, port: ports[0] }));
  const host = createNodeHost(options.interface === undefined ? {} : { interface: options.interface });
  const sockets = new Sockets(places.length);
  const run = new DhtRun({
    host,
    settings,
    places,
    onNews: (news) => receive(eventOf(news)),
    onBound: (outcome) => sockets.tell(outcome),
  });
  return { door: doorOf(run, host, sockets), bound: sockets.bound };
}

/** One a place: bound is who has the first of them. */
class Sockets {
  readonly bound: Promise<void>;
  readonly places: Endpoint[] = [];
  #left: number;
  #resolve: () => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor(count: number) {
    this.#left = count;
    this.bound = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  tell(outcome: Endpoint | HostError): void {
    if (!(outcome instanceof HostError)) {
      this.places.push(outcome);
      return this.#resolve();
    }
    // A port that is taken is tried once more, with another.
    if (outcome.code !== "ADDRESS_IN_USE" && --this.#left === 0) this.#reject(outcome);
  }
}

function doorOf(run: DhtRun, host: NodeHost, sockets: Sockets): DhtDoor {
  return {
    search: (search, infoHash, announcePort) => run.search(search, infoHash, announcePort),
    forget: (search) => run.forget(search),
    ping: (ping, to) => run.ping(ping, to),
    snapshot: () => run.snapshot(),
    resolve: (node) => resolvePeerAddress(parsePeerAddress(node), host),
    listening: () => sockets.places,
    announcePort: () => 0,
    close: async () => {
      run.stop();
      await host.close();
    },
  };
}

/** What a run loop says, in the words of a session; what belongs to torrents is not among it. */
function eventOf(news: DhtNews): DhtEvent {
  switch (news.type) {
    case "ready":
      return { type: "dht-ready", family: news.family, nodeCount: news.nodeCount };
    case "pinged":
      return { type: "dht-pinged", ping: news.ping, answer: news.answer };
    case "peers":
      return { type: "dht-peers", search: numberOf(news), peers: news.peers, from: news.from };
    case "ended":
      return { type: "dht-searched", search: numberOf(news), report: news.report };
  }
}

function numberOf({ seeker }: Extract<DhtNews, { type: "peers" | "ended" }>): number {
  return "search" in seeker ? seeker.search : 0;
}

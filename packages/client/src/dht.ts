/**
 * The DHT for people: who has a torrent, asked of everybody (BEP 5). A session has one of its own; this is also a node by itself.
 * @module
 */
import { type DhtNews, DhtRun, type SessionEvent } from "@bittern/engine";
import { createNodeHost, type NodeHost } from "@bittern/node";
import { type Endpoint, formatEndpoint } from "@bittern/protocol/address";
import { fromHex, HostError, toHex, UsageError } from "@bittern/protocol/base";
import { type DhtSnapshot, type PingAnswer, versionText } from "@bittern/protocol/dht";
import { type DhtOptions, dhtSettings } from "./dht-options.ts";
import { parseListen } from "./listen.ts";
import { parsePeerAddress, resolvePeerAddress } from "./peer-address.ts";
import { type WaitOptions, withSignal } from "./waits.ts";

/** How a node of its own begins, and where it is reached. */
export interface DhtOpenOptions extends DhtOptions, WaitOptions {
  /** Where to be reached, `PORT` or `ADDRESS:PORT`; any free port of all addresses unless given. */
  readonly listen?: string;
  /** Network interface ("tun0") or local address to keep to. */
  readonly interface?: string;
}

/** One node in one of the two networks. */
export interface DhtNetworkStats {
  readonly family: 4 | 6;
  /** Somebody is known, and our place among them is found. */
  readonly ready: boolean;
  /** Our node id, 40 hex digits. */
  readonly id: string;
  /** Nodes in its table. */
  readonly nodes: number;
  /** Of these, heard of within fifteen minutes. */
  readonly goodNodes: number;
}

/** What a node knows and has carried since it opened. */
export interface DhtStats {
  readonly networks: readonly DhtNetworkStats[];
  /** Searches under way and waiting. */
  readonly searches: number;
  /** What others have announced to us. */
  readonly storedTorrents: number;
  /** Peers of these torrents, all together. */
  readonly storedPeers: number;
  /** Bytes and datagrams, headers not counted. */
  readonly received: number;
  readonly sent: number;
  readonly datagramsReceived: number;
  readonly datagramsSent: number;
  /** Times that somebody who asked too much was shut out. */
  readonly blocked: number;
}

/** What a node answers to a ping. */
export interface DhtPong {
  /** Where the answer came from. */
  readonly address: string;
  /** Node id, 40 hex digits. */
  readonly id: string;
  /** Such as "LT 2.0"; empty when it does not say. */
  readonly client: string;
  /** `HOST:PORT` where it sees us; null when it does not say. */
  readonly ourAddress: string | null;
  /** Milliseconds from the question to the answer. */
  readonly millis: number;
}

/** What carries the questions: a session, or a run loop of its own. */
export interface DhtDoor {
  search(search: number, infoHash: Uint8Array, announcePort: number): void;
  forget(search: number): void;
  ping(ping: number, to: Endpoint): void;
  snapshot(): DhtSnapshot | undefined;
  resolve(node: string): Promise<readonly Endpoint[]>;
  /** Where nodes reach us. */
  listening(): readonly Endpoint[];
  /** Port that peers reach us at; 0 while they do not. */
  announcePort(): number;
  /** Ends what was opened for this node alone. */
  close(): Promise<void>;
}

/** What a session hears of its node. */
export type DhtEvent = Extract<SessionEvent, { readonly type: "dht-ready" | "dht-peers" | "dht-searched" | "dht-pinged" }>;

interface Search {
  readonly found: Endpoint[];
  announcedCount: number;
  isOver: boolean;
  changed: () => void;
}

/**
 * A node of the DHT (BEP 5, 32): `Dht.open` gives one by itself, `Session.dht` that of a session, which closes it.
 * Its questions reject with a `UsageError` for what is no info hash, port or node, and with a `HostError` (ABORTED) once it is closed.
 */
export class Dht implements AsyncDisposable {
  readonly #door: DhtDoor;
  readonly #searches = new Map<number, Search>();
  readonly #pings = new Map<number, (answer: PingAnswer | undefined) => void>();
  #count = 0;
  #isClosed = false;

  /** A node by itself. Resolves once it has a socket. */
  static async open(options: DhtOpenOptions = {}): Promise<Dht> {
    options.signal?.throwIfAborted();
    const listen = options.listen ?? "0";
    const { address, ports } = parseListen(listen);
    const settings = dhtSettings(options, [listen]);
    if (settings === undefined) throw new UsageError("DHT_OFF", "a node of the DHT cannot be opened without one");
    const places = (address === undefined ? ["0.0.0.0", "::"] : [address]).map((one) => ({ address: one, port: ports[0] }));
    const host = createNodeHost(options.interface === undefined ? {} : { interface: options.interface });
    let dht: Dht | undefined;
    try {
      const bound = new Bound(places.length);
      const run = new DhtRun({
        host,
        settings,
        places,
        onNews: (news) => dht?.receive(eventOf(news)),
        onBound: (outcome) => bound.tell(outcome),
      });
      dht = new Dht(doorOf(run, host, bound));
      await withSignal(bound.promise, options.signal);
      return dht;
    } catch (error) {
      await (dht === undefined ? host.close() : dht.close());
      throw error;
    }
  }

  /** Called by the session whose node it is. */
  constructor(door: DhtDoor) {
    this.#door = door;
  }

  /** Peers of a torrent as nodes tell of them, each once; ends when the nearest nodes have answered. `infoHash`: 40 hex digits. */
  async *lookup(infoHash: string, { signal }: WaitOptions = {}): AsyncGenerator<Endpoint, void, void> {
    const [number, search] = this.#begin(infoHash, 0);
    const abort = (): void => search.changed();
    signal?.addEventListener("abort", abort);
    const seen = new Set<string>();
    try {
      for (;;) {
        signal?.throwIfAborted();
        for (const peer of search.found.splice(0)) {
          const name = formatEndpoint(peer);
          if (seen.has(name)) continue;
          seen.add(name);
          yield peer;
        }
        if (search.isOver && search.found.length === 0) return;
        if (search.found.length === 0) await new Promise<void>((resolve) => (search.changed = resolve));
      }
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#end(number);
    }
  }

  /**
   * Tells the nearest nodes that we are a peer of a torrent, at `port` of our address; answers how many have taken note. Without a
   * port it is the one where the session accepts peers.
   */
  async announce(infoHash: string, port: number = this.#door.announcePort(), { signal }: WaitOptions = {}): Promise<number> {
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw new UsageError("PORT_INVALID", `${port} is no port to announce; give one from 1 to 65535`);
    const [number, search] = this.#begin(infoHash, port);
    try {
      while (!search.isOver) await withSignal(new Promise<void>((resolve) => (search.changed = resolve)), signal);
      return search.announcedCount;
    } finally {
      this.#end(number);
    }
  }

  /** Asks one node whether it is there; null when it does not answer within ten seconds. `node`: HOST:PORT. */
  async ping(node: string, { signal }: WaitOptions = {}): Promise<DhtPong | null> {
    this.#throwIfClosed();
    for (const to of await this.#door.resolve(node)) {
      const number = ++this.#count;
      const answered = new Promise<PingAnswer | undefined>((resolve) => this.#pings.set(number, resolve));
      this.#door.ping(number, to);
      const answer = await withSignal(answered, signal).finally(() => this.#pings.delete(number));
      if (answer !== undefined) return pongOf(to, answer);
    }
    return null;
  }

  /** Where other nodes reach us: in a session at the port where it accepts peers, or at another where that one is taken for datagrams. */
  get listening(): readonly Endpoint[] {
    return this.#door.listening();
  }

  /** How it is at this moment; all zero where a session has no node. */
  stats(): DhtStats {
    const now = this.#door.snapshot();
    return {
      networks: (now?.networks ?? []).map(({ family, state, id, nodeCount, goodCount }) => ({
        family,
        ready: state === "ready",
        id: toHex(id),
        nodes: nodeCount,
        goodNodes: goodCount,
      })),
      searches: (now?.searchCount ?? 0) + (now?.waitingCount ?? 0),
      storedTorrents: now?.storedTorrentCount ?? 0,
      storedPeers: now?.storedPeerCount ?? 0,
      received: now?.received ?? 0,
      sent: now?.sent ?? 0,
      datagramsReceived: now?.datagramsReceived ?? 0,
      datagramsSent: now?.datagramsSent ?? 0,
      blocked: now?.blockedCount ?? 0,
    };
  }

  /** What is under way ends; the node of a session itself lives as long as its session. */
  async close(): Promise<void> {
    this.end();
    await this.#door.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Whatever waits is over: nobody answers any more. */
  end(): void {
    this.#isClosed = true;
    for (const search of this.#searches.values()) {
      search.isOver = true;
      search.changed();
    }
    for (const answer of this.#pings.values()) answer(undefined);
  }

  /** What the node has found. */
  receive(event: DhtEvent): void {
    if (event.type === "dht-ready") return;
    if (event.type === "dht-pinged") return this.#pings.get(event.ping)?.(event.answer);
    const search = this.#searches.get(event.search);
    if (search === undefined) return;
    if (event.type === "dht-peers") search.found.push(...event.peers);
    else {
      search.isOver = true;
      search.announcedCount = event.report.announcedCount;
    }
    search.changed();
  }

  #begin(infoHash: string, announcePort: number): [number: number, search: Search] {
    this.#throwIfClosed();
    const bytes = fromHex(infoHash);
    if (bytes?.length !== 20) throw new UsageError("INFO_HASH_INVALID", `"${infoHash}" is no info hash of 40 hex digits`);
    const search: Search = { found: [], announcedCount: 0, isOver: false, changed: () => undefined };
    const number = ++this.#count;
    this.#searches.set(number, search);
    this.#door.search(number, bytes, announcePort);
    return [number, search];
  }

  #end(number: number): void {
    const search = this.#searches.get(number);
    this.#searches.delete(number);
    if (search?.isOver === false) this.#door.forget(number);
  }

  #throwIfClosed(): void {
    if (this.#isClosed) throw new HostError("ABORTED", "the node of the DHT is closed");
  }
}

/** Resolves with the first socket, and rejects when there is none. */
class Bound {
  readonly promise: Promise<void>;
  readonly places: Endpoint[] = [];
  #left: number;
  #resolve: () => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor(count: number) {
    this.#left = count;
    this.promise = new Promise((resolve, reject) => {
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

function doorOf(run: DhtRun, host: NodeHost, bound: Bound): DhtDoor {
  return {
    search: (search, infoHash, announcePort) => run.search(search, infoHash, announcePort),
    forget: (search) => run.forget(search),
    ping: (ping, to) => run.ping(ping, to),
    snapshot: () => run.snapshot(),
    resolve: (node) => resolvePeerAddress(parsePeerAddress(node), host),
    listening: () => bound.places,
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

function pongOf(to: Endpoint, { id, version, ourEndpoint, millis }: PingAnswer): DhtPong {
  return {
    address: formatEndpoint(to),
    id: toHex(id),
    client: version === undefined ? "" : versionText(version),
    ourAddress: ourEndpoint === undefined ? null : formatEndpoint(ourEndpoint),
    millis: Math.round(millis),
  };
}

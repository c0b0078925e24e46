/**
 * The DHT for people: who has a torrent, asked of everybody (BEP 5). A session has one of its own; this is also a node by itself.
 * @module
 */
import { type Endpoint, formatEndpoint } from "@bittern/protocol/address";
import { fromHex, HostError, toHex, UsageError } from "@bittern/protocol/base";
import { type PingAnswer, versionText } from "@bittern/protocol/dht";
import type { DhtDoor, DhtEvent } from "./dht-door.ts";
import type { DhtOpenOptions } from "./dht-options.ts";
import { openLoneNode } from "./lone-node.ts";
import { type WaitOptions, withSignal } from "./waits.ts";

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
    const { door, bound } = openLoneNode(options, (event) => dht.receive(event));
    const dht: Dht = new Dht(door);
    try {
      await withSignal(bound, options.signal);
      return dht;
    } catch (error) {
      await dht.close();
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

function pongOf(to: Endpoint, { id, version, ourEndpoint, millis }: PingAnswer): DhtPong {
  return {
    address: formatEndpoint(to),
    id: toHex(id),
    client: version === undefined ? "" : versionText(version),
    ourAddress: ourEndpoint === undefined ? null : formatEndpoint(ourEndpoint),
    millis: Math.round(millis),
  };
}

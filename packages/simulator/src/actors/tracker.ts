/**
 * A tracker of the virtual world: HTTP announces (BEP 3, 23), answered at once from memory.
 *
 * It is an actor, not the suite's tracker: small enough to be trusted by sight, and it keeps what each peer last said, so
 * that scenarios can hold the counters of the engine against the bytes on the wire.
 * @module
 */
import { type Endpoint, encodeCompact4 } from "@bittern/protocol/address";
import { shuffle } from "@bittern/protocol/base";
import { encode } from "@bittern/protocol/bencode";
import type { WebAnswer, WebRequest } from "../network/web.ts";
import type { SeededRandom } from "../random.ts";

/** Peers in an answer where nobody asks for a number, and at most. */
const PEERS_GIVEN = 50;
const PEERS_GIVEN_MAX = 100;

/** What a peer said last. */
export interface Announced {
  readonly endpoint: Endpoint;
  readonly uploaded: number;
  readonly downloaded: number;
  readonly left: number;
  /** How often it announced. */
  readonly count: number;
}

export interface VirtualTrackerOptions {
  readonly random: SeededRandom;
  /** Seconds between announces. */
  readonly intervalSeconds: number;
}

export class VirtualTracker {
  readonly #random: SeededRandom;
  readonly #intervalSeconds: number;
  /** By info hash, then by address and port. */
  readonly #swarms: Map<string, Map<string, Announced>> = new Map();
  /** Peers whose counters went down. */
  readonly fallen: string[] = [];
  /** Lets it answer nothing. */
  isSilent = false;

  constructor(options: VirtualTrackerOptions) {
    this.#random = options.random;
    this.#intervalSeconds = options.intervalSeconds;
  }

  /** What the peers of a torrent said last; empty for one nobody announced. `infoHash`: 20 latin-1 characters. */
  swarm(infoHash: string): ReadonlyMap<string, Announced> {
    return this.#swarms.get(infoHash) ?? new Map();
  }

  /** Answers an announce; to be put on a web server. */
  answer(request: WebRequest): WebAnswer | undefined {
    if (this.isSilent) return undefined;
    const query = parseQuery(request.target);
    const infoHash = query.get("info_hash");
    const port = Number(query.get("port"));
    if (!request.target.startsWith("/announce") || infoHash?.length !== 20 || !(port > 0)) return { status: 400 };
    const swarm = this.#swarms.get(infoHash) ?? new Map<string, Announced>();
    this.#swarms.set(infoHash, swarm);
    const endpoint = { address: request.remoteAddress, port };
    this.#enter(swarm, endpoint, query);
    const wanted = Math.min(PEERS_GIVEN_MAX, Number(query.get("numwant") ?? PEERS_GIVEN));
    const peers = query.get("event") === "stopped" ? [] : this.#pick(swarm, endpoint, wanted);
    const seeds = [...swarm.values()].filter(({ left }) => left === 0).length;
    const body = encode({
      interval: this.#intervalSeconds,
      complete: seeds,
      incomplete: swarm.size - seeds,
      peers: encodeCompact4(peers),
    });
    return { status: 200, body };
  }

  #enter(swarm: Map<string, Announced>, endpoint: Endpoint, query: ReadonlyMap<string, string>): void {
    const key = `${endpoint.address}:${endpoint.port}`;
    const before = swarm.get(key);
    const event = query.get("event");
    if (event === "stopped") {
      swarm.delete(key);
      return;
    }
    const number = (name: string): number => Number(query.get(name) ?? 0);
    const now: Announced = {
      endpoint,
      uploaded: number("uploaded"),
      downloaded: number("downloaded"),
      left: number("left"),
      count: (before?.count ?? 0) + 1,
    };
    const isNew = event === "started" || before === undefined;
    if (!isNew && (now.uploaded < before.uploaded || now.downloaded < before.downloaded)) this.fallen.push(key);
    swarm.set(key, now);
  }

  #pick(swarm: ReadonlyMap<string, Announced>, except: Endpoint, count: number): readonly Endpoint[] {
    const others = [...swarm.values()]
      .map(({ endpoint }) => endpoint)
      .filter(({ address, port }) => address !== except.address || port !== except.port);
    return shuffle(this.#random, others).slice(0, count);
  }
}

/** The parameters of a query, values as latin-1 text of the bytes they stand for. */
function parseQuery(target: string): ReadonlyMap<string, string> {
  const query = target.slice(target.indexOf("?") + 1);
  return new Map(
    query.split("&").map((pair) => {
      const at = pair.indexOf("=");
      return at < 0 ? [pair, ""] : [pair.slice(0, at), unescapeBytes(pair.slice(at + 1))];
    }),
  );
}

function unescapeBytes(text: string): string {
  return text.replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/**
 * The connections of the HTTP tracker and what each still has to do in time.
 *
 * Every wait has one length, so a queue by age is a queue by deadline: moving a link to its end costs two pointers,
 * whatever the number of links.
 * @module
 */
import type { Endpoint } from "@bittern/protocol/address";
import { type Millis, NO_BYTES } from "@bittern/protocol/base";
import { addressBytes } from "../address-bytes.ts";
import type { LinkId } from "../input.ts";
import { LinkTable } from "../link-table.ts";
import type { Conversation } from "../websocket/conversation.ts";
import type { ScrapeReader } from "./scrape-reader.ts";

/**
 * `reading`: a request must be complete soon. `idle`: between two requests. `asking`: an announce waits to be
 * welcomed. `answering`: somebody else makes the answer.
 * `delivering`: that answer leaves. `draining`: the other side must read first. `conversing`: a WebSocket. `pinged`: one that
 * was silent and has to show that it is there.
 */
export type LinkPhase = "reading" | "idle" | "asking" | "answering" | "delivering" | "draining" | "conversing" | "pinged";

/** Milliseconds a link may stay in a phase. */
export const PHASE_MILLIS: Readonly<Record<LinkPhase, Millis>> = {
  reading: 10_000,
  idle: 30_000,
  asking: 20_000,
  answering: 60_000,
  // A .torrent of some MiB over a slow line.
  delivering: 300_000,
  draining: 30_000,
  conversing: 60_000,
  pinged: 60_000,
};

const ADDRESS = new Uint8Array(16);

/** One connection. */
export class HttpLink {
  readonly id: LinkId;
  /** 4 or 16 bytes. */
  address: Uint8Array;
  readonly isProxy: boolean;
  phase: LinkPhase = "reading";
  /** Nothing has been heard of it yet. */
  isFresh = true;
  /** When it entered its phase. */
  since: Millis;
  /** What arrived and could not be handled yet. */
  rest: Uint8Array = NO_BYTES;
  /** Whether it goes on after what is being sent. */
  staysOpen = true;
  /** About the request that somebody else answers. */
  isNew = false;
  isHead = false;
  /** An answer that leaves step by step. */
  fullScrape: ScrapeReader | undefined;
  /** Of a connection that has become a WebSocket. */
  conversation: Conversation | undefined;
  /** That of its phase, once it stands in one. */
  queue: Queue | undefined;
  /** Neighbours in it. */
  older: HttpLink | undefined;
  newer: HttpLink | undefined;

  constructor(id: LinkId, remote: Endpoint, isProxy: boolean, now: Millis) {
    this.id = id;
    const length = addressBytes(remote.address, ADDRESS);
    this.address = ADDRESS.slice(0, length === 0 ? 4 : length);
    this.isProxy = isProxy;
    this.since = now;
  }
}

class Queue {
  oldest: HttpLink | undefined;
  newest: HttpLink | undefined;

  push(link: HttpLink): void {
    link.older = this.newest;
    link.newer = undefined;
    if (this.newest === undefined) this.oldest = link;
    else this.newest.newer = link;
    this.newest = link;
  }

  remove(link: HttpLink): void {
    if (link.older === undefined) this.oldest = link.newer;
    else link.older.newer = link.newer;
    if (link.newer === undefined) this.newest = link.older;
    else link.newer.older = link.older;
    link.older = undefined;
    link.newer = undefined;
  }
}

export class Links {
  readonly #byId = new LinkTable<HttpLink>();
  readonly #queues: Readonly<Record<LinkPhase, Queue>> = {
    reading: new Queue(),
    idle: new Queue(),
    asking: new Queue(),
    answering: new Queue(),
    delivering: new Queue(),
    draining: new Queue(),
    conversing: new Queue(),
    pinged: new Queue(),
  };

  get count(): number {
    return this.#byId.size;
  }

  get(id: LinkId): HttpLink | undefined {
    return this.#byId.get(id);
  }

  add(link: HttpLink): void {
    this.#byId.add(link.id, link);
    this.#join(link, link.phase);
  }

  remove(link: HttpLink): void {
    this.#byId.delete(link.id);
    link.queue?.remove(link);
  }

  /** Puts a link into a phase, anew when it is in it already. Hot: one that is idle after each request goes to the end of the same queue. */
  enter(link: HttpLink, phase: LinkPhase, now: Millis): void {
    link.since = now;
    link.queue?.remove(link);
    if (link.phase === phase) link.queue?.push(link);
    else this.#join(link, phase);
  }

  #join(link: HttpLink, phase: LinkPhase): void {
    link.phase = phase;
    link.queue = this.#queues[phase];
    link.queue.push(link);
  }

  /** A link that has been in its phase for too long; the caller removes it before asking again. */
  overdue(now: Millis): HttpLink | undefined {
    for (const [phase, queue] of Object.entries(this.#queues)) {
      if (queue.oldest !== undefined && now >= queue.oldest.since + PHASE_MILLIS[phase as LinkPhase]) return queue.oldest;
    }
    return undefined;
  }

  /** Whom to send away first when too many are here: who idles longest, then who reads longest, then who is silent longest. */
  get idlest(): HttpLink | undefined {
    const { idle, reading, draining, pinged, conversing } = this.#queues;
    return idle.oldest ?? reading.oldest ?? draining.oldest ?? pinged.oldest ?? conversing.oldest;
  }
}

/**
 * Searches for the peers of torrents, ours and those of whoever uses the node (BEP 5): each waits for its turn, walks through both
 * networks, and tells the nearest nodes of us where that was wanted.
 *
 *     wanted ──► waiting ──(a turn)──► walks ──(the nearest answered)──► announces ──► report
 *
 * Few are under way at a time: ten thousand torrents must not become ten thousand walks at once.
 * @module
 */
import type { AddressFamily, Endpoint } from "../address/index.ts";
import type { Millis } from "../base/index.ts";
import type { DhtOutput, SearchReport } from "./input.ts";
import type { Lookup } from "./lookup.ts";
import { mayName } from "./place.ts";

/** Searches under way at once. */
const SEARCHES_MAX = 8;
/** Searches that wait; more are answered with nothing. */
const WAITING_MAX = 20_000;
/** A search that nobody could be found for in so long has found nothing. */
const WAIT_MILLIS: Millis = 20_000;
/** A walk takes seconds; whatever it does, it ends (reliability: within a minute). */
const SEARCH_MILLIS_MAX: Millis = 60_000;
/** Peers told of in one search. */
const PEERS_TOLD_MAX = 2_000;

export interface Search {
  readonly search: number;
  /** 20 bytes. */
  readonly infoHash: Uint8Array;
  /** 0: nobody is told of us. */
  readonly announcePort: number;
  readonly wantedAt: Millis;
  beganAt: Millis;
  readonly walks: Set<Lookup>;
  /** Announces on their way. */
  announcing: number;
  peerCount: number;
  nodeCount: number;
  announcedCount: number;
}

/** What searches have their node do. */
export interface SearchMeans {
  /** There is nobody to ask. */
  readonly isAlone: () => boolean;
  /** A walk through each network where somebody can be asked. */
  readonly walks: (infoHash: Uint8Array) => readonly Lookup[];
  /** Asks the next nodes of a walk. */
  readonly askOn: (walk: Lookup, search: Search, now: Millis) => void;
  /** Tells a node of us; false when it cannot be asked now. */
  readonly announce: (search: Search, to: Endpoint, token: Uint8Array, now: Millis) => boolean;
  /** Peers that others have told us of. */
  readonly stored: (infoHash: Uint8Array, family: AddressFamily, now: Millis) => readonly Endpoint[];
}

export class Searches {
  readonly #means: SearchMeans;
  readonly #underWay = new Map<number, Search>();
  readonly #waiting = new Map<number, Search>();

  constructor(means: SearchMeans) {
    this.#means = means;
  }

  /** Under way. */
  get count(): number {
    return this.#underWay.size;
  }
  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** When something ends for want of an answer. */
  get deadline(): Millis | undefined {
    const [waiting] = this.#waiting.values();
    const [oldest] = this.#underWay.values();
    const waitsUntil = waiting === undefined || !this.#means.isAlone() ? Infinity : waiting.wantedAt + WAIT_MILLIS;
    const lastsUntil = oldest === undefined ? Infinity : oldest.beganAt + SEARCH_MILLIS_MAX;
    const first = Math.min(waitsUntil, lastsUntil);
    return first === Infinity ? undefined : first;
  }

  want(wanted: Pick<Search, "search" | "infoHash" | "announcePort">, now: Millis, out: DhtOutput[]): void {
    const { search, infoHash, announcePort } = wanted;
    const counts = { announcing: 0, peerCount: 0, nodeCount: 0, announcedCount: 0 };
    const fresh: Search = { search, infoHash, announcePort, wantedAt: now, beganAt: now, walks: new Set(), ...counts };
    if (this.#waiting.size < WAITING_MAX) this.#waiting.set(search, fresh);
    else report(fresh, out);
  }

  forget(search: number): void {
    this.#waiting.delete(search);
    this.#underWay.delete(search);
  }

  /** A node named peers; those are told that it may name, up to the bound. */
  found(search: Search, named: readonly Endpoint[], from: Endpoint, out: DhtOutput[]): void {
    if (!this.#underWay.has(search.search)) return;
    const peers = named.filter((peer) => mayName(from, peer)).slice(0, PEERS_TOLD_MAX - search.peerCount);
    if (peers.length === 0) return;
    search.peerCount += peers.length;
    out.push({ type: "peers", search: search.search, peers, from });
  }

  /** After every input: whatever can go on goes on. */
  step(now: Millis, out: DhtOutput[]): void {
    this.#begin(now, out);
    for (const search of this.#underWay.values()) this.#goOn(search, now, out);
  }

  #begin(now: Millis, out: DhtOutput[]): void {
    for (const search of this.#waiting.values()) {
      if (this.#means.isAlone() ? now - search.wantedAt < WAIT_MILLIS : this.#underWay.size >= SEARCHES_MAX) return;
      this.#waiting.delete(search.search);
      search.beganAt = now;
      // Without anybody to ask it is over with its first step.
      this.#underWay.set(search.search, search);
      for (const walk of this.#means.walks(search.infoHash)) search.walks.add(walk);
      this.#tellStored(search, now, out);
    }
  }

  /** We are a node as well: in a small network it is us whom others have told, and we do not ask ourselves. */
  #tellStored(search: Search, now: Millis, out: DhtOutput[]): void {
    for (const family of [4, 6] as const) {
      for (const peer of this.#means.stored(search.infoHash, family, now)) {
        search.peerCount++;
        out.push({ type: "peers", search: search.search, peers: [peer], from: peer });
      }
    }
  }

  #goOn(search: Search, now: Millis, out: DhtOutput[]): void {
    for (const walk of search.walks) {
      this.#means.askOn(walk, search, now);
      if (!walk.isOver) continue;
      search.walks.delete(walk);
      search.nodeCount += walk.answeredCount;
      if (search.announcePort > 0) this.#announce(search, walk, now);
    }
    const isLate = now - search.beganAt >= SEARCH_MILLIS_MAX;
    if ((search.walks.size > 0 || search.announcing > 0) && !isLate) return;
    this.#underWay.delete(search.search);
    report(search, out);
  }

  #announce(search: Search, walk: Lookup, now: Millis): void {
    for (const { endpoint, token } of walk.hosts()) {
      if (token !== undefined && this.#means.announce(search, endpoint, token, now)) search.announcing++;
    }
  }
}

function report({ search, peerCount, nodeCount, announcedCount }: Search, out: DhtOutput[]): void {
  const told: SearchReport = { peerCount, nodeCount, announcedCount };
  out.push({ type: "search-ended", search, report: told });
}

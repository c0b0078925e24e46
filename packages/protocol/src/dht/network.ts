/**
 * This node in one of the two networks (BEP 32): its table, and how it comes to know others.
 *
 *     joining: walk to our own id, from whoever is known; without anybody again after 5, 10, 20 … 300 seconds
 *     ready: a walk for each bucket that had no news for fifteen minutes
 * @module
 */
import { type AddressFamily, type Endpoint, familyOf, formatEndpoint } from "../address/index.ts";
import type { Millis, Random } from "../base/index.ts";
import { type NodeContact } from "./contact.ts";
import type { NetworkSnapshot } from "./input.ts";
import { Lookup } from "./lookup.ts";
import { RoutingTable } from "./routing-table.ts";

/** Milliseconds to the next try when nobody answered; doubled with each. */
const RETRY_MILLIS: Millis = 5_000;
const RETRY_MILLIS_MAX: Millis = 300_000;
/** Nodes of which only the address is known, and that are asked when nobody else is known. */
const HINTS_MAX = 64;
/** Nodes a walk begins with. */
const START_MAX = 16;

export class Network {
  readonly family: AddressFamily;
  table: RoutingTable;
  /** The walk to our own id or through a silent bucket, while it is under way. */
  walk: Lookup | undefined;
  /** Nodes of an earlier run: perhaps they are still there. */
  readonly #remembered: readonly NodeContact[];
  readonly #hints = new Map<string, Endpoint>();
  readonly #routers = new Map<string, Endpoint>();
  #isJoining = true;
  #retryAt: Millis | undefined;
  #tries = 0;

  constructor(family: AddressFamily, id: Uint8Array, remembered: readonly NodeContact[], now: Millis) {
    this.family = family;
    this.table = new RoutingTable(family, id, now);
    this.#remembered = remembered.filter(({ endpoint }) => familyOf(endpoint) === family);
    this.#retryAt = now;
  }

  /** Somebody is known, and the walk to our own id was made. */
  get isReady(): boolean {
    return !this.#isJoining;
  }

  /** When `beginWalk` has something to do next; a look at the buckets is the caller's own affair. */
  get retryAt(): Millis | undefined {
    return this.walk === undefined ? this.#retryAt : undefined;
  }

  isRouter(endpoint: Endpoint): boolean {
    return this.#routers.has(formatEndpoint(endpoint));
  }

  /** Well-known nodes. */
  learnRouters(endpoints: readonly Endpoint[], now: Millis): void {
    this.#learn(this.#routers, endpoints, now);
  }

  /** Nodes that somebody named; true when they help now. */
  learnHints(endpoints: readonly Endpoint[], now: Millis): boolean {
    this.#learn(this.#hints, endpoints, now);
    return this.table.size === 0;
  }

  /** Only who is new is asked at once: a router that knows nobody, and is named to us at each try, would be asked without end. */
  #learn(map: Map<string, Endpoint>, endpoints: readonly Endpoint[], now: Millis): void {
    if (keep(map, endpoints, this.family) && this.table.size === 0) this.#retryAt = now;
  }

  /** Who is asked though nobody knows its id: only while nobody else is known. */
  get guides(): readonly Endpoint[] {
    return this.table.size > 0 ? [] : [...this.#hints.values(), ...this.#routers.values()];
  }

  /** Our address is another one than we thought: a new id, the same acquaintances, and a walk to where we are now. */
  moveTo(id: Uint8Array, now: Millis): void {
    const { table } = this;
    this.table = new RoutingTable(this.family, id, now);
    for (const contact of table.contacts()) this.table.responded(contact, now);
    this.#isJoining = true;
    this.walk = undefined;
    this.#retryAt = now;
  }

  /** The walk that is due. */
  beginWalk(now: Millis, random: Random): Lookup | undefined {
    if (this.walk !== undefined) return undefined;
    if (this.#retryAt !== undefined && this.#retryAt <= now) {
      this.#retryAt = undefined;
      this.walk = this.lookup(this.table.id);
      if (this.table.size === 0) for (const contact of this.#remembered) this.walk.add(contact);
      return this.walk;
    }
    const target = this.isReady ? this.table.targetToRefresh(now, random) : undefined;
    if (target !== undefined) this.walk = this.lookup(target);
    return this.walk;
  }

  /** A walk from the nearest nodes we know. */
  lookup(target: Uint8Array): Lookup {
    const lookup = new Lookup(target, this.family, this.table.id);
    for (const contact of this.table.closest(target, START_MAX)) lookup.add(contact);
    return lookup;
  }

  /** The walk is over; true when this node has joined with it. */
  walkEnded(now: Millis): boolean {
    this.walk = undefined;
    // Somebody told of nodes while it was under way.
    const isUrged = this.#retryAt !== undefined;
    this.#retryAt = undefined;
    if (this.table.size === 0) {
      this.#isJoining = true;
      this.#retryAt = isUrged ? now : now + Math.min(RETRY_MILLIS_MAX, RETRY_MILLIS * 2 ** this.#tries++);
      return false;
    }
    this.#tries = 0;
    const hasJoined = this.#isJoining;
    this.#isJoining = false;
    return hasJoined;
  }

  /** The first node came in by itself: from it the others are found. */
  cameAlive(now: Millis): void {
    if (this.walk === undefined) this.#retryAt = now;
  }

  snapshot(now: Millis): NetworkSnapshot {
    const { family, table } = this;
    return {
      family,
      state: this.isReady ? "ready" : "joining",
      id: table.id,
      nodeCount: table.size,
      goodCount: table.goodCount(now),
      bucketCount: table.bucketCount,
    };
  }
}

/** True when some of them were not known. */
function keep(map: Map<string, Endpoint>, endpoints: readonly Endpoint[], family: AddressFamily): boolean {
  let hasNew = false;
  for (const endpoint of endpoints) {
    if (familyOf(endpoint) !== family) continue;
    hasNew ||= !map.has(formatEndpoint(endpoint));
    map.delete(formatEndpoint(endpoint));
    map.set(formatEndpoint(endpoint), endpoint);
    const [oldest] = map.keys();
    if (map.size > HINTS_MAX && oldest !== undefined) map.delete(oldest);
  }
  return hasNew;
}

/**
 * Peers we know of and are not connected to, and which of them to dial next.
 *
 * Order: those the user named, then those that failed least, then the canonical priority of BEP 40, so that full swarms
 * keep the same links on both ends and nobody is shut out by who came first. A failure puts a peer off for 30 seconds,
 * the next for 60, and so on.
 *
 * Everything here was named by strangers, so everything is bounded: 2,000 candidates (500 while paused), at most a quarter
 * of them from one peer's exchange, one port an address where addresses are global, and nobody we reached on the internet
 * may send us into a private network.
 * @module
 */
import { addressScope, type Endpoint, familyOf, formatEndpoint, peerPriority } from "@bittern/protocol/address";
import { assert, type Millis, type Random } from "@bittern/protocol/base";
import {
  type Candidate,
  type CandidatePlace,
  type CandidateSource,
  isWorse,
  retryDelayMillis,
  TRUST,
  type Transport,
} from "./candidate.ts";
import { placeOf } from "./place.ts";

export type { CandidateSource, Transport } from "./candidate.ts";

export const CANDIDATES_MAX = 2000;
export const CANDIDATES_MAX_PAUSED = 500;
/** Share of the list that one peer may fill by exchange (PEX). */
const SHARE_OF_ONE_MAX = 0.25;
/** Failures after which a peer nobody insists on is forgotten; whoever still knows it will name it again. */
const FAILURES_MAX = 8;
/** Endpoints that turned out to be ourselves. */
const OURS_MAX = 16;

export interface CandidatesOptions {
  readonly random: Random;
  readonly max?: number;
  /** Where others see us; without it the order is random. */
  readonly ours?: Endpoint;
  /** Asked before each dial. */
  readonly isBanned?: (endpoint: Endpoint, now: Millis) => boolean;
  /** We speak uTP; false unless given. */
  readonly speaksUtp?: () => boolean;
}

export class Candidates {
  readonly #random: Random;
  readonly #isBanned: (endpoint: Endpoint, now: Millis) => boolean;
  readonly #speaksUtp: () => boolean;
  readonly #byKey = new Map<string, Candidate>();
  /** Candidates by who named them. */
  readonly #named = new Map<string, number>();
  /** Endpoints we are dialling or connected to, candidates or not, and the place of each. */
  readonly #links = new Map<string, CandidatePlace>();
  /** Places with a link or a candidate. A candidate holds its own, so that a look at all of them asks no table. */
  readonly #places = new Map<string, CandidatePlace>();
  readonly #selves = new Set<string>();
  /** One of each family, as others see us. */
  readonly #ours: Endpoint[] = [];
  #max: number;
  /** When the first that may be dialled is due, and how many are due then: a tracker names hundreds at one moment. */
  #nextAt: Millis = Infinity;
  #nextCount = 0;
  #isNextKnown = true;
  /**
   * Who may have to make room, the worst last; made anew after a change of order. A tracker names two thousand at once, and a look
   * at two thousand for each of them took a third of a second.
   */
  #byWorth: Candidate[] | undefined;

  constructor(options: CandidatesOptions) {
    const { random, max = CANDIDATES_MAX, ours, isBanned = (): boolean => false, speaksUtp = (): boolean => false } = options;
    this.#random = random;
    this.#max = max;
    if (ours !== undefined) this.#ours.push(ours);
    this.#isBanned = isBanned;
    this.#speaksUtp = speaksUtp;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** Those that did not answer the last time they were dialled. */
  get failedCount(): number {
    let count = 0;
    for (const candidate of this.#byKey.values()) if (candidate.failures > 0) count++;
    return count;
  }

  /** Lowers the bound while paused, or raises it again; the worst are forgotten. */
  setMax(max: number): void {
    this.#max = max;
    while (this.#byKey.size > max) if (!this.#evict(undefined)) return;
  }

  /** Where others see us: all priorities of the family change. */
  setOurs(ours: Endpoint): void {
    const at = this.#ours.findIndex((one) => familyOf(one) === familyOf(ours));
    if (at >= 0) this.#ours.splice(at, 1);
    this.#ours.push(ours);
    this.remove(ours);
    for (const candidate of this.#byKey.values()) candidate.priority = this.#priority(candidate.endpoint);
    this.#byWorth = undefined;
  }

  /** A link to this endpoint ended at ourselves (same peer id on both ends): it is never dialled again. */
  isOurselves(endpoint: Endpoint): void {
    this.remove(endpoint);
    if (this.#selves.size < OURS_MAX) this.#selves.add(formatEndpoint(endpoint));
  }

  /** True when it is a new candidate. `from`: who named it, where that was a peer, a node or a server. */
  add(endpoint: Endpoint, source: CandidateSource, now: Millis, from?: Endpoint): boolean {
    if (endpoint.port < 1 || endpoint.port > 65_535) return false;
    // Peers name the same places again and again: one text each, and most are known by it.
    const key = formatEndpoint(endpoint);
    if (this.#isSelf(endpoint, key)) return false;
    const known = this.#byKey.get(key);
    if (known !== undefined) {
      this.#learnAgain(known, source, now);
      return false;
    }
    if (!this.#mayName(endpoint, source, from)) return false;
    const candidate = this.#make(endpoint, key, source, now, from);
    if (this.#byKey.size >= this.#max && !this.#evict(candidate)) return false;
    this.#byKey.set(candidate.key, candidate);
    this.#rank(candidate);
    this.#places.set(candidate.place.key, candidate.place);
    candidate.place.candidateCount++;
    if (candidate.namedBy !== undefined) this.#named.set(candidate.namedBy, (this.#named.get(candidate.namedBy) ?? 0) + 1);
    this.#mayBeNext(candidate);
    return true;
  }

  /** The best candidate that may be dialled now; from here on it counts as linked, until `failed` or `closed`. */
  next(now: Millis): Endpoint | undefined {
    let best: Candidate | undefined;
    // When the first of the others is due comes out of the same look.
    let restAt: Millis = Infinity;
    let restCount = 0;
    const banned: Endpoint[] = [];
    for (const candidate of this.#byKey.values()) {
      if (candidate.place.linkCount > 0) continue;
      const isBest = candidate.retryAt <= now && (best === undefined || isBetter(candidate, best));
      if (isBest && this.#isBanned(candidate.endpoint, now)) {
        banned.push(candidate.endpoint);
        continue;
      }
      const other = isBest ? best : candidate;
      if (isBest) best = candidate;
      if (other === undefined || other.retryAt > restAt) continue;
      restCount = other.retryAt === restAt ? restCount + 1 : 1;
      restAt = other.retryAt;
    }
    for (const endpoint of banned) this.remove(endpoint);
    if (best === undefined) return undefined;
    this.#link(best.endpoint);
    if (best.place.candidateCount > 1) return best.endpoint;
    this.#nextAt = restAt;
    this.#nextCount = restCount;
    this.#isNextKnown = true;
    return best.endpoint;
  }

  /** This one is dialled now, whatever it waited for; false when it is no candidate, or is linked already. */
  take(endpoint: Endpoint): boolean {
    const candidate = this.#byKey.get(formatEndpoint(endpoint));
    if (candidate === undefined || candidate.place.linkCount > 0) return false;
    candidate.transport = "utp";
    this.#link(endpoint);
    return true;
  }

  /** When `next` has something to give: `now` while somebody waits to be dialled, `undefined` while there is nobody to wait for. */
  nextAt(now: Millis): Millis | undefined {
    if (!this.#isNextKnown) {
      this.#nextAt = Infinity;
      for (const candidate of this.#byKey.values()) this.#mayBeNext(candidate);
      this.#isNextKnown = true;
    }
    return this.#nextAt === Infinity ? undefined : Math.max(now, this.#nextAt);
  }

  /** There is a link now: one that we dialled, or one that came in and told where it is reached. */
  connected(endpoint: Endpoint): void {
    this.#link(endpoint);
  }

  /**
   * The dial came to nothing. `wasReached`: somebody was there. Who was not by TCP is tried by uTP at once, and only then put off:
   * true when neither way led there.
   */
  failed(endpoint: Endpoint, now: Millis, wasReached: boolean): boolean {
    const candidate = this.#unlink(endpoint);
    if (candidate === undefined) return false;
    const isNextWay = !wasReached && candidate.transport === "tcp" && this.#speaksUtp();
    const isHidden = !wasReached && candidate.transport === "utp";
    candidate.transport = isNextWay ? "utp" : "tcp";
    if (isNextWay) this.#retry(candidate, now);
    else this.#putOff(candidate, now);
    return isHidden;
  }

  #putOff(candidate: Candidate, now: Millis): void {
    candidate.failures++;
    if (candidate.failures >= FAILURES_MAX && candidate.source !== "user") {
      // Nobody counted it as waiting.
      this.#isNextKnown = false;
      this.remove(candidate.endpoint);
    } else this.#retry(candidate, now + retryDelayMillis(candidate));
  }

  #retry(candidate: Candidate, at: Millis): void {
    candidate.retryAt = at;
    this.#mayBeNext(candidate);
  }

  #mayBeNext({ place, retryAt }: Candidate): void {
    if (place.linkCount > 0 || retryAt > this.#nextAt) return;
    this.#nextCount = retryAt === this.#nextAt ? this.#nextCount + 1 : 1;
    this.#nextAt = retryAt;
  }

  /** The link is gone. A useful one (payload went either way) is dialled again soon, another one is put off like a failure. */
  closed(endpoint: Endpoint, now: Millis, wasUseful: boolean): void {
    const candidate = this.#unlink(endpoint);
    if (candidate === undefined) return;
    if (!wasUseful) return this.#putOff(candidate, now);
    candidate.failures = 0;
    this.#retry(candidate, now + retryDelayMillis(candidate));
  }

  /** All may be dialled at once: it was we who hung up. What failed before stays put off. */
  welcomeBack(now: Millis): void {
    for (const candidate of this.#byKey.values()) if (candidate.failures === 0) candidate.retryAt = Math.min(candidate.retryAt, now);
    this.#isNextKnown = false;
  }

  /** Forgets a candidate. A link to it, if there is one, is still counted until it is closed. */
  remove(endpoint: Endpoint): boolean {
    const candidate = this.#byKey.get(formatEndpoint(endpoint));
    if (candidate === undefined) return false;
    this.#byKey.delete(candidate.key);
    const isWaiting = candidate.place.linkCount === 0;
    candidate.place.candidateCount--;
    this.#forgetUnused(candidate.place);
    if (candidate.namedBy !== undefined) decrement(this.#named, candidate.namedBy);
    if (isWaiting) this.#gone(candidate);
    return true;
  }

  /** How we came to know of it; `undefined` when we do not. */
  sourceOf(endpoint: Endpoint): CandidateSource | undefined {
    return this.#byKey.get(formatEndpoint(endpoint))?.source;
  }

  /** How it is dialled next. */
  transportOf(endpoint: Endpoint): Transport {
    return this.#byKey.get(formatEndpoint(endpoint))?.transport ?? "tcp";
  }

  /** The peer that named it by exchange, as text; `undefined` when nobody did. */
  namedBy(endpoint: Endpoint): string | undefined {
    return this.#byKey.get(formatEndpoint(endpoint))?.namedBy;
  }

  /** Forgets all that only these sources named. */
  forgetAllOf(sources: readonly CandidateSource[]): void {
    for (const { endpoint, source } of [...this.#byKey.values()]) if (sources.includes(source)) this.remove(endpoint);
  }

  /** All of them, in the order they came. */
  *[Symbol.iterator](): Generator<Endpoint> {
    for (const candidate of this.#byKey.values()) yield candidate.endpoint;
  }

  /** The inner law; for tests and the simulator. */
  check(): void {
    assert(
      this.#byKey.size <= this.#max || [...this.#byKey.values()].every((one) => this.#links.has(one.key) || one.source === "user"),
      "the list is bounded",
    );
    const named = new Map<string, number>();
    const candidateCounts = new Map<string, number>();
    for (const [key, candidate] of this.#byKey) {
      const { place } = candidate;
      assert(key === candidate.key, "a candidate lies under its key");
      assert(this.#places.get(place.key) === place, "a candidate holds the place that is known");
      assert((this.#links.get(key) ?? place) === place, "a link is counted at its place");
      assert(!this.#selves.has(key), "we are no candidate of ours");
      candidateCounts.set(place.key, (candidateCounts.get(place.key) ?? 0) + 1);
      if (candidate.namedBy !== undefined) named.set(candidate.namedBy, (named.get(candidate.namedBy) ?? 0) + 1);
    }
    let links = 0;
    for (const { key, linkCount, candidateCount } of this.#places.values()) {
      links += linkCount;
      assert(linkCount + candidateCount > 0, "a place nobody needs is forgotten");
      assert(candidateCount === (candidateCounts.get(key) ?? 0), "ports of an address are counted");
    }
    assert(links === this.#links.size, "every link is counted once");
    assert(sameCounts(named, this.#named), "who named how many is counted");
    this.#checkOrder();
    const due = [...this.#byKey.values()].filter(({ place }) => place.linkCount === 0).map(({ retryAt }) => retryAt);
    if (!this.#isNextKnown) return;
    assert(this.#nextAt === Math.min(...due), "when the first is due is known");
    assert(due.length === 0 || this.#nextCount === due.filter((at) => at === this.#nextAt).length, "and how many are due then");
  }

  #make(endpoint: Endpoint, key: string, source: CandidateSource, now: Millis, from: Endpoint | undefined): Candidate {
    return {
      endpoint,
      key,
      place: this.#placeAt(endpoint),
      namedBy: source === "pex" && from !== undefined ? formatEndpoint(from) : undefined,
      priority: this.#priority(endpoint),
      source,
      transport: "tcp",
      failures: 0,
      retryAt: now,
    };
  }

  #priority(endpoint: Endpoint): number {
    const ours = this.#ours.find((one) => familyOf(one) === familyOf(endpoint));
    return ours === undefined ? this.#random.u32() : peerPriority(ours, endpoint);
  }

  #isSelf(endpoint: Endpoint, key: string): boolean {
    for (const { address, port } of this.#ours) if (address === endpoint.address && port === endpoint.port) return true;
    return this.#selves.has(key);
  }

  /** Whether this source may send us there. */
  #mayName(endpoint: Endpoint, source: CandidateSource, from: Endpoint | undefined): boolean {
    const scope = addressScope(endpoint.address);
    if (scope === "denied") return false;
    if (scope !== "global" && from !== undefined && addressScope(from.address) === "global" && TRUST[source] <= TRUST.tracker) return false;
    // A second port of one global address: a victim's port 80 looks just like that.
    if (scope === "global" && TRUST[source] < TRUST.tracker && this.#isKnown(endpoint)) return false;
    if (source !== "pex" || from === undefined) return true;
    return (this.#named.get(formatEndpoint(from)) ?? 0) < Math.floor(this.#max * SHARE_OF_ONE_MAX);
  }

  #learnAgain(candidate: Candidate, source: CandidateSource, now: Millis): void {
    if (TRUST[source] > TRUST[candidate.source]) {
      candidate.source = source;
      this.#byWorth = undefined;
    }
    if (source !== "user") return;
    candidate.failures = 0;
    candidate.retryAt = Math.min(candidate.retryAt, now);
    this.#isNextKnown = false;
    this.#byWorth = undefined;
  }

  /** Whether there is a candidate at its place. */
  #isKnown(endpoint: Endpoint): boolean {
    const place = this.#places.get(placeOf(endpoint));
    return place !== undefined && place.candidateCount > 0;
  }

  /** The place that is known, or a new one, which is not known yet. */
  #placeAt(endpoint: Endpoint): CandidatePlace {
    const key = placeOf(endpoint);
    return this.#places.get(key) ?? { key, linkCount: 0, candidateCount: 0 };
  }

  #forgetUnused({ key, linkCount, candidateCount }: CandidatePlace): void {
    if (linkCount === 0 && candidateCount === 0) this.#places.delete(key);
  }

  #link(endpoint: Endpoint): void {
    const key = formatEndpoint(endpoint);
    if (this.#links.has(key)) return;
    const candidate = this.#byKey.get(key);
    const place = candidate?.place ?? this.#placeAt(endpoint);
    this.#places.set(place.key, place);
    this.#links.set(key, place);
    if (++place.linkCount > 1) return;
    if (candidate !== undefined && place.candidateCount === 1) this.#gone(candidate);
    else if (place.candidateCount > 0) this.#isNextKnown = false;
  }

  /** There is nothing to dial there any more. Only who would have been first is missed: a look at thousands for each of a hundred links is left out. */
  #gone({ retryAt }: Candidate): void {
    if (retryAt < this.#nextAt || (retryAt === this.#nextAt && --this.#nextCount === 0)) this.#isNextKnown = false;
  }

  /** The candidate that was linked, if it is one: when it may be dialled again is for the caller to say. */
  #unlink(endpoint: Endpoint): Candidate | undefined {
    const key = formatEndpoint(endpoint);
    const place = this.#links.get(key);
    this.#links.delete(key);
    this.#byWorth = undefined;
    if (place !== undefined) {
      place.linkCount--;
      this.#forgetUnused(place);
    }
    // A list that was shortened meanwhile kept it for its link only.
    if (this.#byKey.size > this.#max) {
      this.#evict(undefined);
      this.#isNextKnown = false;
    }
    // Its failures are about to change.
    this.#byWorth = undefined;
    const candidate = this.#byKey.get(key);
    // One that comes back alone to its place takes its turn among those that are known to wait; otherwise all are looked at.
    const isAlone = place === undefined ? candidate === undefined : place.candidateCount === (candidate === undefined ? 0 : 1);
    if (!isAlone) this.#isNextKnown = false;
    return candidate;
  }

  /** Makes room for a better one (or for nobody in particular); false when there is none worse. */
  #evict(newcomer: Candidate | undefined): boolean {
    const order = (this.#byWorth ??= this.#sortByWorth());
    while (order.length > 0 && !this.#mayEvict(order.at(-1) as Candidate)) order.pop();
    const worst = order.at(-1);
    if (worst === undefined || (newcomer !== undefined && !isWorse(worst, newcomer))) return false;
    return this.remove(worst.endpoint);
  }

  #checkOrder(): void {
    const order = this.#byWorth?.filter((candidate) => this.#mayEvict(candidate));
    if (order === undefined) return;
    assert(order.length === this.#sortByWorth().length, "everybody who may have to make room is in the order");
    for (let place = 1; place < order.length; place++)
      assert(byWorth(order[place - 1] as Candidate, order[place] as Candidate) <= 0, "the worst comes last");
  }

  #sortByWorth(): Candidate[] {
    return [...this.#byKey.values()].filter((candidate) => this.#mayEvict(candidate)).sort(byWorth);
  }

  #mayEvict(candidate: Candidate): boolean {
    return this.#byKey.get(candidate.key) === candidate && !this.#links.has(candidate.key) && candidate.source !== "user";
  }

  /** Gives a newcomer its place among those who may have to make room. */
  #rank(newcomer: Candidate): void {
    const order = this.#byWorth;
    if (order === undefined || newcomer.source === "user") return;
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (byWorth(order[middle] as Candidate, newcomer) <= 0) low = middle + 1;
      else high = middle;
    }
    order.splice(low, 0, newcomer);
  }
}

/** The worst last. */
function byWorth(one: Candidate, other: Candidate): number {
  if (isWorse(one, other)) return 1;
  return isWorse(other, one) ? -1 : 0;
}

/** True when `one` is to be dialled before `other`. */
function isBetter(one: Candidate, other: Candidate): boolean {
  const isUsers = one.source === "user";
  if (isUsers !== (other.source === "user")) return isUsers;
  if (one.failures !== other.failures) return one.failures < other.failures;
  return one.priority > other.priority;
}

function decrement(counts: Map<string, number>, key: string): void {
  const count = counts.get(key);
  if (count === undefined) return;
  if (count > 1) counts.set(key, count - 1);
  else counts.delete(key);
}

function sameCounts(left: ReadonlyMap<string, number>, right: ReadonlyMap<string, number>): boolean {
  return left.size === right.size && [...left].every(([key, count]) => right.get(key) === count);
}

/**
 * When to tell which tracker what (BEP 3, 12, 15, 21, 34).
 *
 * Tiers decide who is asked; each announce is a round of questions, one per address family and info hash, and counts as
 * answered when one of them was. Failures back off; `started` is repeated until heard. While one is silent the next is
 * asked, and what the silent one says after all counts. Before its first announce a host is asked by DNS where its
 * trackers are.
 * @module
 */
import type { HttpAnswer } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import type { HostError, Millis, ProtocolError, Random } from "@bittern/protocol/base";
import { type AnnounceAnswer, type AnnounceEvent, presetsAnnounce, Tiers } from "@bittern/protocol/tracker";
import type { SessionOutput } from "../../session/output.ts";
import type { TrackerSnapshot } from "../../session/snapshot.ts";
import type { TrackerPreferences } from "../../session/tracker-preferences.ts";
import type { UdpTrackers } from "../../session/udp-trackers.ts";
import {
  type AnnounceFacts,
  type AnnounceFault,
  AnnounceRound,
  decodeHttpAnnounce,
  faultOf,
  OWN_WORDS_RANK,
  sortPeers,
} from "./announce-round.ts";

/** Seconds between announces when a tracker names none, and the bounds of what we believe. */
const INTERVAL_DEFAULT = 1800;
const INTERVAL_MIN = 30;
const INTERVAL_MAX = 6 * 3600;
/** Seconds until a failed tracker is tried again: first, and at most. */
const BACKOFF_FIRST = 5;
const BACKOFF_MAX = 1800;
/** How long a tracker may be silent before the next is asked beside it: its own questions go on for up to 105 s (BEP 15). */
const SILENCE_MILLIS: Millis = 5000;
/** Seconds until a host that says it runs no tracker is asked again whether it does. */
const REFUSED_SECONDS = 3600;
const NO_TRACKER = "the host says in its DNS that it runs no tracker we may use";
const PRESET = "the announce URL says in our name what only we may say; nothing is sent to it";

/** What came of an announce. */
export type AnnounceOutcome =
  | {
      readonly type: "peers";
      readonly url: string;
      readonly peers: readonly Endpoint[];
      readonly names: readonly Endpoint[];
      /** The tracker's address. */
      readonly from: string;
      readonly warning: string | undefined;
      /** Where the tracker sees us (BEP 24). */
      readonly ourAddress: string | undefined;
    }
  | { readonly type: "refused" | "failed"; readonly url: string; readonly message: string };

interface Tracker {
  readonly url: string;
  state: TrackerSnapshot["state"];
  message: string;
  seeds: number | undefined;
  peers: number | undefined;
  nextAt: Millis;
  earliestAt: Millis;
  /** When it was asked last. */
  askedAt: Millis;
  failures: number;
  trackerId: Uint8Array | undefined;
  /** The announce that goes on, or was heard, or was the last. Earlier ones that were silent may still go on beside it. */
  round: AnnounceRound | undefined;
  /** Announces since its last word that were silent for too long. */
  silences: number;
  /** Its host is being asked where its trackers are. */
  isBeingLookedUp: boolean;
  /** Which of the host's own preferences is used, counted on after each failure. */
  place: number;
  /** The last word was its own refusal, not silence. */
  isRefusal: boolean;
  hasStarted: boolean;
}

interface Question {
  readonly tracker: Tracker;
  readonly round: AnnounceRound;
}

export interface AnnouncesOptions {
  readonly tiers: readonly (readonly string[])[];
  readonly random: Random;
  readonly facts: () => AnnounceFacts;
  readonly nextRequest: () => number;
  readonly udp: UdpTrackers;
  readonly preferences: TrackerPreferences;
}

export class Announces {
  readonly #options: AnnouncesOptions;
  readonly #tiers: Tiers;
  readonly #trackers = new Map<string, Tracker>();
  readonly #questions = new Map<number, Question>();
  /** Look-ups of hosts under way, by query. */
  readonly #lookUps = new Map<number, { readonly tracker: Tracker; readonly name: string }>();
  /** What the next announce says, until it is heard. */
  #event: AnnounceEvent | undefined;
  /** Completed before `started` was heard: told after it. */
  #isCompletedOwed = false;
  #isActive = false;
  /** Kept from one change to the next: it is asked after most inputs, and what it follows from lies far apart. */
  #deadline: Millis | undefined;
  #isDeadlineKnown = false;

  constructor(options: AnnouncesOptions) {
    this.#options = options;
    this.#tiers = new Tiers(options.tiers, options.random);
  }

  /** Whether a tracker knows of us. */
  get isAnnounced(): boolean {
    for (const tracker of this.#trackers.values()) if (tracker.hasStarted) return true;
    return false;
  }

  add(url: string): void {
    this.#isDeadlineKnown = false;
    this.#tiers.add(url);
  }

  /** Begins to announce: `started` goes out at once. */
  start(now: Millis): void {
    this.#isDeadlineKnown = false;
    if (this.#isActive) return;
    this.#isActive = true;
    this.#event = "started";
    this.#isCompletedOwed = false;
    for (const tracker of this.#trackers.values()) {
      tracker.hasStarted = false;
      tracker.nextAt = now;
      tracker.failures = 0;
    }
  }

  /** The torrent became complete while it was announced. */
  completed(now: Millis): void {
    this.#isDeadlineKnown = false;
    if (!this.#isActive) return;
    if (this.#event === "started") this.#isCompletedOwed = true;
    else this.#event = "completed";
    const tracker = this.#current(now);
    if (tracker !== undefined) tracker.nextAt = now;
  }

  /** Says goodbye to every tracker that was told `started`, or is just being told, once it has answered; true when there was one. */
  stop(now: Millis, out: SessionOutput[]): boolean {
    this.#isDeadlineKnown = false;
    if (!this.#isActive) return false;
    this.#isActive = false;
    for (const { tracker } of this.#lookUps.values()) tracker.isBeingLookedUp = false;
    this.#lookUps.clear();
    let said = false;
    for (const tracker of this.#trackers.values()) {
      if (isBeingTold(tracker)) said = true;
      if (!tracker.hasStarted) continue;
      tracker.hasStarted = false;
      this.#announce(tracker, "stopped", now, out);
      said = true;
    }
    return said;
  }

  /** Whether a goodbye is still on its way. */
  get isBusy(): boolean {
    return this.#questions.size > 0;
  }

  /**
   * A user asks, or peers are needed: announces as soon as the tracker's minimum interval allows. One that was not reached is
   * tried again sooner when a user asks.
   */
  hurry(now: Millis, isUser: boolean): void {
    this.#isDeadlineKnown = false;
    const tracker = this.#current(now);
    if (tracker === undefined || isUnderWay(tracker)) return;
    const wasUnreached = tracker.state === "failed" && !tracker.isRefusal;
    const earliestAt = isUser && wasUnreached ? tracker.askedAt + BACKOFF_FIRST * 1000 : tracker.earliestAt;
    tracker.nextAt = Math.min(tracker.nextAt, Math.max(now, earliestAt));
  }

  get deadline(): Millis | undefined {
    if (!this.#isDeadlineKnown) {
      this.#deadline = this.#findDeadline();
      this.#isDeadlineKnown = true;
    }
    return this.#deadline;
  }

  #findDeadline(): Millis | undefined {
    if (!this.#isActive) return undefined;
    this.#skipSilent();
    const url = this.#tiers.current();
    if (url === undefined) return undefined;
    const tracker = this.#trackers.get(url);
    if (tracker === undefined) return 0;
    if (isAwaited(tracker) && !isOvertaken(tracker)) return tracker.askedAt + SILENCE_MILLIS;
    return isUnderWay(tracker) ? undefined : tracker.nextAt;
  }

  /** Those that were silent for too long have had their turn; where all were, it stays with one of them. */
  #skipSilent(): void {
    for (let left = this.#tiers.size; left > 0; left--) {
      const url = this.#tiers.current() ?? "";
      const tracker = this.#trackers.get(url);
      if (tracker === undefined || !isOvertaken(tracker)) return;
      this.#tiers.failed(url);
    }
  }

  /** Announces where it is time to; returns what kept it from being sent at all. */
  tick(now: Millis, out: SessionOutput[]): AnnounceOutcome | undefined {
    this.#isDeadlineKnown = false;
    if (!this.#isActive) return undefined;
    let tracker = this.#current(now);
    if (tracker === undefined) return undefined;
    if (isAwaited(tracker) && !isOvertaken(tracker) && now >= tracker.askedAt + SILENCE_MILLIS) {
      tracker.silences++;
      if (tracker.silences < this.#options.preferences.urlsFor(tracker.url).length) {
        tracker.place++;
        return this.#announce(tracker, tracker.hasStarted ? this.#event : "started", now, out);
      }
      if (tracker.round !== undefined) tracker.round.isOvertaken = true;
      tracker = this.#current(now);
    }
    if (tracker === undefined || isUnderWay(tracker) || now < tracker.nextAt) return undefined;
    return this.#announce(tracker, tracker.hasStarted ? this.#event : "started", now, out);
  }

  #current(now: Millis): Tracker | undefined {
    this.#skipSilent();
    const url = this.#tiers.current();
    if (url === undefined) return undefined;
    let tracker = this.#trackers.get(url);
    if (tracker === undefined) {
      tracker = {
        url,
        state: "idle",
        message: "",
        seeds: undefined,
        peers: undefined,
        nextAt: now,
        earliestAt: now,
        askedAt: now,
        failures: 0,
        trackerId: undefined,
        round: undefined,
        silences: 0,
        isBeingLookedUp: false,
        place: 0,
        isRefusal: false,
        hasStarted: false,
      };
      this.#trackers.set(url, tracker);
    }
    return tracker;
  }

  #announce(tracker: Tracker, event: AnnounceEvent | undefined, now: Millis, out: SessionOutput[]): AnnounceOutcome | undefined {
    const { preferences, facts } = this.#options;
    if (presetsAnnounce(tracker.url)) return this.#refused(tracker, PRESET, now);
    tracker.state = "announcing";
    if (event === "stopped") {
      this.#ask(tracker, new AnnounceRound(tracker.round?.url ?? tracker.url, event), facts(), now, out);
      return undefined;
    }
    const name = preferences.nameToAsk(tracker.url, now);
    if (name !== undefined) {
      this.#lookUp(tracker, name, out);
      return undefined;
    }
    const urls = preferences.urlsFor(tracker.url);
    const url = urls[tracker.place % urls.length];
    if (url === undefined) return this.#refused(tracker, NO_TRACKER, now);
    this.#ask(tracker, new AnnounceRound(url, event), facts(), now, out);
    return undefined;
  }

  #ask(tracker: Tracker, round: AnnounceRound, facts: AnnounceFacts, now: Millis, out: SessionOutput[]): void {
    tracker.round = round;
    tracker.askedAt = now;
    for (const id of round.begin(facts, tracker.trackerId, this.#options, now, out)) this.#questions.set(id, { tracker, round });
  }

  #lookUp(tracker: Tracker, name: string, out: SessionOutput[]): void {
    const query = this.#options.nextRequest();
    tracker.isBeingLookedUp = true;
    this.#lookUps.set(query, { tracker, name });
    out.push({ type: "resolve-texts", query, name });
  }

  /** The host of a tracker was asked where its trackers are: now it is announced to, unless it forbids it. */
  lookedUp(query: number, outcome: readonly string[] | HostError, now: Millis, out: SessionOutput[]): AnnounceOutcome | undefined {
    this.#isDeadlineKnown = false;
    const lookUp = this.#lookUps.get(query);
    if (lookUp === undefined) return undefined;
    this.#lookUps.delete(query);
    const { tracker, name } = lookUp;
    tracker.isBeingLookedUp = false;
    this.#options.preferences.learn(name, outcome, now);
    return this.#announce(tracker, tracker.hasStarted ? this.#event : "started", now, out);
  }

  /** Nothing may be asked there. */
  #refused(tracker: Tracker, message: string, now: Millis): AnnounceOutcome {
    tracker.state = "failed";
    tracker.message = message;
    tracker.nextAt = now + REFUSED_SECONDS * 1000;
    tracker.earliestAt = tracker.nextAt;
    this.#tiers.failed(tracker.url);
    return { type: "failed", url: tracker.url, message };
  }

  answeredByHttp(request: number, outcome: HttpAnswer | HostError, now: Millis, out: SessionOutput[]): AnnounceOutcome | undefined {
    return this.answered(request, decodeHttpAnnounce(outcome), "address" in outcome ? outcome.address : "", now, out);
  }

  /** Takes an answer, decoded, or what kept it from arriving. `from` is the tracker's address. */
  answered(
    request: number,
    answer: AnnounceAnswer | HostError | ProtocolError,
    from: string,
    now: Millis,
    out: SessionOutput[],
  ): AnnounceOutcome | undefined {
    this.#isDeadlineKnown = false;
    const question = this.#questions.get(request);
    if (question === undefined) return undefined;
    this.#questions.delete(request);
    const { tracker, round } = question;
    const fault = faultOf(answer);
    if (fault !== undefined) {
      round.failed(request, fault);
      this.#sayLateGoodbye(tracker, round, now, out);
      // Another of its announces is the one that counts by now.
      if (round !== tracker.round) return undefined;
      return round.fault === undefined ? undefined : this.#failed(tracker, round, round.fault, now);
    }
    const success = answer as Extract<AnnounceAnswer, { interval: number }>;
    const isFirst = !round.isHeard;
    round.heard(request);
    this.#succeeded(tracker, round, success, isFirst, now);
    this.#sayLateGoodbye(tracker, round, now, out);
    const { peers, names } = sortPeers(success, from);
    return { type: "peers", url: tracker.url, peers, names, from, warning: success.warning, ourAddress: success.externalAddress };
  }

  /** It heard `started` after we had stopped. */
  #sayLateGoodbye(tracker: Tracker, round: AnnounceRound, now: Millis, out: SessionOutput[]): void {
    if (this.#isActive || !tracker.hasStarted || !round.isOver) return;
    tracker.hasStarted = false;
    this.#announce(tracker, "stopped", now, out);
  }

  #succeeded(
    tracker: Tracker,
    round: AnnounceRound,
    answer: Extract<AnnounceAnswer, { interval: number }>,
    isFirst: boolean,
    now: Millis,
  ): void {
    const interval = Math.min(INTERVAL_MAX, Math.max(INTERVAL_MIN, answer.interval || INTERVAL_DEFAULT));
    tracker.isRefusal = false;
    tracker.silences = 0;
    tracker.state = "working";
    tracker.message = answer.warning ?? "";
    tracker.failures = 0;
    // The swarm of IPv4 and that of IPv6 may be counted apart: the larger one is nearer to the truth.
    tracker.seeds = largest(isFirst ? undefined : tracker.seeds, answer.complete) ?? tracker.seeds;
    tracker.peers = largest(isFirst ? undefined : tracker.peers, answer.incomplete) ?? tracker.peers;
    tracker.trackerId = answer.trackerId ?? tracker.trackerId;
    tracker.nextAt = now + interval * 1000;
    tracker.earliestAt = now + Math.min(interval, Math.max(answer.minInterval ?? INTERVAL_MIN, INTERVAL_MIN)) * 1000;
    if (round.event === "stopped") return;
    if (round !== tracker.round) this.#returnTo(tracker, round);
    tracker.hasStarted = true;
    if (isFirst && round.event === this.#event) this.#nextEvent();
    if (this.#event !== undefined) tracker.nextAt = now;
    this.#tiers.succeeded(tracker.url);
  }

  /** An earlier announce was heard after all, while a later one went on: the goodbye goes where it went. */
  #returnTo(tracker: Tracker, round: AnnounceRound): void {
    tracker.round = round;
    tracker.place = Math.max(0, this.#options.preferences.urlsFor(tracker.url).indexOf(round.url));
  }

  #nextEvent(): void {
    this.#event = this.#isCompletedOwed ? "completed" : undefined;
    this.#isCompletedOwed = false;
  }

  #failed(tracker: Tracker, round: AnnounceRound, { message, retryIn, rank, isRefusal }: AnnounceFault, now: Millis): AnnounceOutcome {
    tracker.isRefusal = rank === OWN_WORDS_RANK;
    tracker.message = message;
    tracker.state = "failed";
    tracker.failures++;
    tracker.silences = 0;
    tracker.place++;
    const backoff = Math.min(BACKOFF_MAX, BACKOFF_FIRST * 2 ** (tracker.failures - 1)) * 1000;
    tracker.nextAt = retryIn === "never" ? Number.POSITIVE_INFINITY : now + (retryIn === undefined ? backoff : retryIn * 60_000);
    tracker.earliestAt = tracker.nextAt;
    if (round.event !== "stopped") this.#tiers.failed(tracker.url);
    return { type: isRefusal ? "refused" : "failed", url: tracker.url, message };
  }

  /** Complete and incomplete peers as the trackers last counted them. */
  get swarm(): { readonly seeds: number | undefined; readonly peers: number | undefined } {
    let seeds: number | undefined;
    let peers: number | undefined;
    for (const tracker of this.#trackers.values()) {
      if (tracker.seeds !== undefined) seeds = Math.max(seeds ?? 0, tracker.seeds);
      if (tracker.peers !== undefined) peers = Math.max(peers ?? 0, tracker.peers);
    }
    return { seeds, peers };
  }

  snapshot(now: Millis): TrackerSnapshot[] {
    return this.#tiers.tiers.flatMap((urls, tier) => urls.map((url) => this.#look(url, tier, now)));
  }

  #look(url: string, tier: number, now: Millis): TrackerSnapshot {
    const tracker = this.#trackers.get(url);
    return {
      url,
      tier,
      state: tracker?.state ?? "idle",
      message: tracker?.message ?? "",
      isRefusal: tracker?.isRefusal ?? false,
      failures: tracker?.failures ?? 0,
      seeds: tracker?.seeds,
      peers: tracker?.peers,
      nextAnnounceMillis: tracker === undefined || isUnderWay(tracker) ? undefined : Math.max(0, tracker.nextAt - now),
    };
  }
}

/** It hears `started` just now. */
function isBeingTold({ hasStarted, round }: Tracker): boolean {
  return !hasStarted && round?.isOver === false && round.event === "started";
}

function isUnderWay(tracker: Tracker): boolean {
  return tracker.isBeingLookedUp || tracker.round?.isOver === false;
}

/** It has answered none of the questions of its announce. */
function isAwaited({ isBeingLookedUp, round }: Tracker): boolean {
  return !isBeingLookedUp && round?.isOver === false && !round.isHeard;
}

/** Others are asked in its place, while it may still answer. */
function isOvertaken(tracker: Tracker): boolean {
  return isAwaited(tracker) && tracker.round?.isOvertaken === true;
}

function largest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}

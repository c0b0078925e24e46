/**
 * When to tell which tracker what (BEP 3, 7, 12, 15, 21).
 *
 * Tiers decide who is asked; each announce goes out once per address family of the tracker and once per info hash of a
 * hybrid torrent, and counts as answered when one of them was. Failures back off; `started` is repeated until heard.
 * @module
 */

import type { HttpAnswer } from "@bittern/host";
import { addressScope, type Endpoint } from "@bittern/protocol/address";
import { HostError, type Millis, ProtocolError, type Random } from "@bittern/protocol/base";
import { type AnnounceAnswer, type AnnounceEvent, announceUrl, decodeAnnounceAnswer, Tiers } from "@bittern/protocol/tracker";
import type { SessionOutput } from "../session/output.ts";
import type { TrackerSnapshot } from "../session/snapshot.ts";
import type { UdpTrackers } from "../session/udp-trackers.ts";

/** Seconds between announces when a tracker names none, and the bounds of what we believe. */
const INTERVAL_DEFAULT = 1800;
const INTERVAL_MIN = 30;
const INTERVAL_MAX = 6 * 3600;
/** Seconds until a failed tracker is tried again: first, and at most. */
const BACKOFF_FIRST = 5;
const BACKOFF_MAX = 1800;
const ANNOUNCE_TIMEOUT_MILLIS = 20_000;
/** Bytes of a tracker's answer after decompression (limits table). */
const ANSWER_LENGTH_MAX = 1024 * 1024;
const NUMWANT = 80;

/** What a torrent tells its trackers about itself. */
export interface AnnounceFacts {
  readonly infoHashes: readonly Uint8Array[];
  readonly peerId: Uint8Array;
  readonly port: number;
  readonly uploaded: number;
  readonly downloaded: number;
  readonly left: number;
  readonly key: number;
  readonly address: string;
  readonly userAgent: string;
  readonly isPartialSeed: boolean;
  readonly wantsPeers: boolean;
}

/** What came of an announce. */
export type AnnounceOutcome =
  | {
      readonly type: "peers";
      readonly url: string;
      readonly peers: readonly Endpoint[];
      readonly names: readonly Endpoint[];
      readonly warning: string | undefined;
    }
  | { readonly type: "failed"; readonly url: string; readonly message: string };

interface Tracker {
  readonly url: string;
  state: TrackerSnapshot["state"];
  message: string;
  seeds: number | undefined;
  peers: number | undefined;
  nextAt: Millis;
  earliestAt: Millis;
  failures: number;
  trackerId: Uint8Array | undefined;
  /** Requests under way, and whether one of them was answered. */
  underWay: number;
  isHeard: boolean;
  lastEvent: AnnounceEvent | undefined;
  hasStarted: boolean;
}

export interface AnnouncesOptions {
  readonly tiers: readonly (readonly string[])[];
  readonly random: Random;
  readonly facts: () => AnnounceFacts;
  readonly nextRequest: () => number;
  readonly udp: UdpTrackers;
}

export class Announces {
  readonly #options: AnnouncesOptions;
  readonly #tiers: Tiers;
  readonly #trackers = new Map<string, Tracker>();
  readonly #requests = new Map<number, Tracker>();
  #event: AnnounceEvent | undefined;
  #isActive = false;

  constructor(options: AnnouncesOptions) {
    this.#options = options;
    this.#tiers = new Tiers(options.tiers, options.random);
  }

  get hasTrackers(): boolean {
    return this.#tiers.size > 0;
  }

  add(url: string): void {
    this.#tiers.add(url);
  }

  /** Begins to announce: `started` goes out at once. */
  start(now: Millis): void {
    if (this.#isActive) return;
    this.#isActive = true;
    this.#event = "started";
    for (const tracker of this.#trackers.values()) {
      tracker.hasStarted = false;
      tracker.nextAt = now;
      tracker.failures = 0;
    }
  }

  /** The torrent became complete while it was announced. */
  completed(now: Millis): void {
    if (!this.#isActive) return;
    this.#event ??= "completed";
    const tracker = this.#current(now);
    if (tracker !== undefined) tracker.nextAt = now;
  }

  /** Says goodbye to every tracker that was told `started`; true when there was one. */
  stop(now: Millis, out: SessionOutput[]): boolean {
    if (!this.#isActive) return false;
    this.#isActive = false;
    let said = false;
    for (const tracker of this.#trackers.values()) {
      if (!tracker.hasStarted) continue;
      tracker.hasStarted = false;
      this.#announce(tracker, "stopped", now, out);
      said = true;
    }
    return said;
  }

  /** Whether a goodbye is still on its way. */
  get isBusy(): boolean {
    return this.#requests.size > 0;
  }

  /** A user asks, or peers are needed: announces as soon as the tracker's minimum interval allows. */
  hurry(now: Millis, isForced: boolean): void {
    const tracker = this.#current(now);
    if (tracker !== undefined && tracker.underWay === 0)
      tracker.nextAt = isForced ? now : Math.min(tracker.nextAt, Math.max(now, tracker.earliestAt));
  }

  get deadline(): Millis | undefined {
    if (!this.#isActive) return undefined;
    const url = this.#tiers.current();
    if (url === undefined) return undefined;
    const tracker = this.#trackers.get(url);
    if (tracker === undefined) return 0;
    return tracker.underWay > 0 ? undefined : tracker.nextAt;
  }

  tick(now: Millis, out: SessionOutput[]): void {
    if (!this.#isActive) return;
    const tracker = this.#current(now);
    if (tracker === undefined || tracker.underWay > 0 || now < tracker.nextAt) return;
    this.#announce(tracker, tracker.hasStarted ? this.#event : "started", now, out);
  }

  #current(now: Millis): Tracker | undefined {
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
        failures: 0,
        trackerId: undefined,
        underWay: 0,
        isHeard: false,
        lastEvent: undefined,
        hasStarted: false,
      };
      this.#trackers.set(url, tracker);
    }
    return tracker;
  }

  #announce(tracker: Tracker, event: AnnounceEvent | undefined, now: Millis, out: SessionOutput[]): void {
    const facts = this.#options.facts();
    tracker.state = "announcing";
    tracker.isHeard = false;
    tracker.lastEvent = event;
    for (const infoHash of facts.infoHashes) {
      const request = {
        infoHash,
        peerId: facts.peerId,
        port: facts.port,
        uploaded: facts.uploaded,
        downloaded: facts.downloaded,
        left: facts.left,
        key: facts.key,
        compact: true,
        numwant: event === "stopped" || !facts.wantsPeers ? 0 : NUMWANT,
        ...(event === undefined ? (facts.isPartialSeed ? { event: "paused" as const } : {}) : { event }),
        ...(tracker.trackerId === undefined ? {} : { trackerId: tracker.trackerId }),
        ...(facts.address === "" ? {} : { ip: facts.address }),
      };
      const id = this.#options.nextRequest();
      this.#requests.set(id, tracker);
      tracker.underWay++;
      if (tracker.url.startsWith("udp:")) {
        this.#options.udp.announce(id, tracker.url, request, now, out);
        continue;
      }
      out.push({
        type: "http",
        request: id,
        what: {
          url: announceUrl(tracker.url, request),
          headers: { "user-agent": facts.userAgent },
          source: "user",
          bodyLengthMax: ANSWER_LENGTH_MAX,
          timeoutMillis: event === "stopped" ? ANNOUNCE_TIMEOUT_MILLIS / 4 : ANNOUNCE_TIMEOUT_MILLIS,
        },
      });
    }
  }

  /** Whether this request is one of ours. */
  owns(request: number): boolean {
    return this.#requests.has(request);
  }

  answeredByHttp(request: number, outcome: HttpAnswer | HostError, now: Millis): AnnounceOutcome | undefined {
    if (outcome instanceof HostError) return this.answered(request, outcome, "", now);
    try {
      return this.answered(request, decodeAnnounceAnswer(outcome.body), outcome.address, now);
    } catch (fault) {
      if (!(fault instanceof ProtocolError)) throw fault;
      const text = outcome.status === 200 ? fault.message : `HTTP status ${outcome.status}`;
      return this.answered(request, new ProtocolError(fault.code, text), "", now);
    }
  }

  /** Takes an answer, decoded, or what kept it from arriving. `from` is the tracker's address. */
  answered(request: number, answer: AnnounceAnswer | HostError | ProtocolError, from: string, now: Millis): AnnounceOutcome | undefined {
    const tracker = this.#requests.get(request);
    if (tracker === undefined) return undefined;
    this.#requests.delete(request);
    tracker.underWay--;
    if (answer instanceof HostError || answer instanceof ProtocolError) return this.#failed(tracker, answer.message, undefined, now);
    if ("failure" in answer) return this.#failed(tracker, answer.failure, answer.retryIn, now);
    this.#succeeded(tracker, answer, now);
    const { peers, names } = sortPeers(answer, from);
    return { type: "peers", url: tracker.url, peers, names, warning: answer.warning };
  }

  #succeeded(tracker: Tracker, answer: Extract<AnnounceAnswer, { interval: number }>, now: Millis): void {
    const interval = Math.min(INTERVAL_MAX, Math.max(INTERVAL_MIN, answer.interval || INTERVAL_DEFAULT));
    tracker.isHeard = true;
    tracker.state = "working";
    tracker.message = answer.warning ?? "";
    tracker.failures = 0;
    tracker.seeds = answer.complete ?? tracker.seeds;
    tracker.peers = answer.incomplete ?? tracker.peers;
    tracker.trackerId = answer.trackerId ?? tracker.trackerId;
    tracker.nextAt = now + interval * 1000;
    tracker.earliestAt = now + Math.min(interval, Math.max(answer.minInterval ?? INTERVAL_MIN, INTERVAL_MIN)) * 1000;
    if (tracker.lastEvent === "stopped") return;
    tracker.hasStarted = true;
    if (tracker.lastEvent === this.#event) this.#event = undefined;
    else if (this.#event !== undefined) tracker.nextAt = now;
    this.#tiers.succeeded(tracker.url);
  }

  #failed(tracker: Tracker, message: string, retryIn: number | "never" | undefined, now: Millis): AnnounceOutcome {
    tracker.message = message;
    if (!tracker.isHeard && tracker.underWay === 0) {
      tracker.state = "failed";
      tracker.failures++;
      const backoff = Math.min(BACKOFF_MAX, BACKOFF_FIRST * 2 ** (tracker.failures - 1)) * 1000;
      tracker.nextAt = retryIn === "never" ? Number.POSITIVE_INFINITY : now + (retryIn === undefined ? backoff : retryIn * 60_000);
      tracker.earliestAt = tracker.nextAt;
      this.#tiers.failed(tracker.url);
    }
    return { type: "failed", url: tracker.url, message };
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
      seeds: tracker?.seeds,
      peers: tracker?.peers,
      nextAnnounceMillis: tracker === undefined || tracker.underWay > 0 ? undefined : Math.max(0, tracker.nextAt - now),
    };
  }
}

/** Peers by address, and by name; a tracker on the open network may not point into a private one (limits-and-threats). */
function sortPeers(answer: Extract<AnnounceAnswer, { interval: number }>, from: string): { peers: Endpoint[]; names: Endpoint[] } {
  const isGlobal = from !== "" && addressScope(from) === "global";
  const peers: Endpoint[] = [];
  const names: Endpoint[] = [];
  for (const { address, port } of answer.peers) {
    if (port === 0) continue;
    if (/[^0-9.]/.test(address) && !address.includes(":")) {
      names.push({ address, port });
      continue;
    }
    const scope = addressScope(address);
    if (scope === "denied" || scope === "link-local" || (isGlobal && scope !== "global")) continue;
    peers.push({ address, port });
  }
  return { peers, names };
}

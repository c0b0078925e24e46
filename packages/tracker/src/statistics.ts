/**
 * Counters that run along, so that no question about the tracker costs more than reading them.
 * @module
 */
import { FAILURE_CODES, type FailureCode } from "./failure.ts";

/** What an announce says of itself; the numbers are those of BEP 15, and 4 is `paused` (BEP 21). */
export type AnnounceEvent = 0 | 1 | 2 | 3 | 4;
export const NO_EVENT: AnnounceEvent = 0;
export const COMPLETED: AnnounceEvent = 1;
export const STARTED: AnnounceEvent = 2;
export const STOPPED: AnnounceEvent = 3;
export const PAUSED: AnnounceEvent = 4;

const EVENT_NAMES = ["update", "completed", "started", "stopped", "paused"] as const;
export type EventName = (typeof EVENT_NAMES)[number];

export type Transport = "http" | "udp" | "websocket";

/** How often, since the start. */
export interface TrackerCounts {
  readonly announces: Readonly<Record<Transport, number>>;
  /** By address family of the peer. */
  readonly announcesByFamily: Readonly<Record<"ipv4" | "ipv6", number>>;
  readonly announcesByEvent: Readonly<Record<EventName, number>>;
  /** Announces of clients that carried our tracker id. */
  readonly announcesReturning: number;
  readonly scrapes: Readonly<Record<Transport, number>>;
  /** UDP connects answered. */
  readonly connects: number;
  /** Requests for other paths. */
  readonly otherRequests: number;
  /** Requests that were no HTTP, and datagrams that were no BEP 15. */
  readonly malformed: number;
  /** Datagrams with a connection id that is not, or no longer, ours. */
  readonly unverified: number;
  readonly failures: Readonly<Record<FailureCode, number>>;
  /** Connections accepted and connections closed by us because somebody was too slow, or too many came. */
  readonly linksOpened: number;
  readonly linksTimedOut: number;
  readonly linksShed: number;
}

/** The counters themselves; whoever sees something happen adds one. */
export class Statistics {
  readonly announces: Record<Transport, number> = { http: 0, udp: 0, websocket: 0 };
  readonly scrapes: Record<Transport, number> = { http: 0, udp: 0, websocket: 0 };
  readonly events: Float64Array = new Float64Array(EVENT_NAMES.length);
  announcesIpv4 = 0;
  announcesIpv6 = 0;
  announcesReturning = 0;
  connects = 0;
  otherRequests = 0;
  malformed = 0;
  unverified = 0;
  linksOpened = 0;
  linksTimedOut = 0;
  linksShed = 0;
  readonly #failures: Map<FailureCode, number> = new Map();

  announce(transport: Transport, event: AnnounceEvent, family: 4 | 6, isReturning: boolean): void {
    this.announces[transport]++;
    this.events[event] = (this.events[event] as number) + 1;
    if (family === 4) this.announcesIpv4++;
    else this.announcesIpv6++;
    if (isReturning) this.announcesReturning++;
  }

  fail(code: FailureCode): void {
    this.#failures.set(code, (this.#failures.get(code) ?? 0) + 1);
  }

  counts(): TrackerCounts {
    return {
      announces: { ...this.announces },
      announcesByFamily: { ipv4: this.announcesIpv4, ipv6: this.announcesIpv6 },
      announcesByEvent: Object.fromEntries(EVENT_NAMES.map((name, event) => [name, this.events[event] ?? 0])) as Record<EventName, number>,
      announcesReturning: this.announcesReturning,
      scrapes: { ...this.scrapes },
      connects: this.connects,
      otherRequests: this.otherRequests,
      malformed: this.malformed,
      unverified: this.unverified,
      failures: Object.fromEntries(FAILURE_CODES.map((code) => [code, this.#failures.get(code) ?? 0])) as Record<FailureCode, number>,
      linksOpened: this.linksOpened,
      linksTimedOut: this.linksTimedOut,
      linksShed: this.linksShed,
    };
  }
}

/**
 * Who asks too much: five messages a second from one place and twenty from one neighbourhood, over ten seconds. A place that sends
 * more is not listened to for five minutes, before a byte of what it sends is read.
 * @module
 */
import type { Endpoint } from "../address/index.ts";
import type { Millis } from "../base/index.ts";
import { neighbourhoodOf, placeOf } from "./place.ts";

const WINDOW_MILLIS: Millis = 10_000;
/** Messages in one window. */
const PLACE_MESSAGES_MAX = 50;
const NEIGHBOURHOOD_MESSAGES_MAX = 200;
const BLOCK_MILLIS: Millis = 5 * 60_000;
/** Places and neighbourhoods watched; the one that was heard of longest ago is forgotten. */
const WATCHED_MAX = 4096;

interface Watched {
  count: number;
  windowEnd: Millis;
  blockedUntil: Millis;
}

export class FloodGuard {
  readonly #watched = new Map<string, Watched>();
  #blockedCount = 0;

  /** Times that somebody was blocked. */
  get blockedCount(): number {
    return this.#blockedCount;
  }

  isBlocked(from: Endpoint, now: Millis): boolean {
    return (this.#watched.get(placeOf(from))?.blockedUntil ?? 0) > now;
  }

  /** Counts a message nobody asked for; false when it is one too many. */
  admits(from: Endpoint, now: Millis): boolean {
    const place = this.#count(placeOf(from), now);
    if (place.count > PLACE_MESSAGES_MAX) {
      if (place.blockedUntil <= now) this.#blockedCount++;
      place.blockedUntil = now + BLOCK_MILLIS;
      return false;
    }
    const neighbourhood = neighbourhoodOf(from);
    // No address begins like this.
    return neighbourhood === undefined || this.#count(`/${neighbourhood}`, now).count <= NEIGHBOURHOOD_MESSAGES_MAX;
  }

  #count(key: string, now: Millis): Watched {
    const watched = this.#watched.get(key) ?? { count: 0, windowEnd: now + WINDOW_MILLIS, blockedUntil: 0 };
    if (watched.windowEnd <= now) {
      watched.count = 0;
      watched.windowEnd = now + WINDOW_MILLIS;
    }
    watched.count++;
    this.#watched.delete(key);
    this.#watched.set(key, watched);
    const [oldest] = this.#watched.keys();
    if (this.#watched.size > WATCHED_MAX && oldest !== undefined) this.#watched.delete(oldest);
    return watched;
  }
}

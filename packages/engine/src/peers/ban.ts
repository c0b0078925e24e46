/**
 * Peers we will not speak to for a day, and why.
 *
 * A ban needs proof (`parole.ts`): one block proven bad is enough, suspicion never is. It holds for the address; where
 * addresses are private only for the port on it as well, because there one address may be a whole laboratory.
 * @module
 */
import type { Endpoint } from "@bittern/protocol/address";
import { assert, type Millis } from "@bittern/protocol/base";
import { placeOf } from "./place.ts";

export const BAN_MILLIS: Millis = 24 * 3_600_000;
/** Past it the oldest ban is lifted: a list that strangers can fill must end. */
export const BANS_MAX = 10_000;

export interface Ban {
  /** An address, or an endpoint where the address is private. */
  readonly place: string;
  readonly until: Millis;
  readonly reason: string;
}

export class Bans {
  /** In the order they end, because all last equally long. */
  readonly #byPlace = new Map<string, Ban>();

  ban(endpoint: Endpoint, now: Millis, reason: string): void {
    const place = placeOf(endpoint);
    this.#byPlace.delete(place);
    this.#expire(now);
    if (this.#byPlace.size === BANS_MAX) this.#byPlace.delete(this.#byPlace.keys().next().value as string);
    this.#byPlace.set(place, { place, until: now + BAN_MILLIS, reason });
  }

  isBanned(endpoint: Endpoint, now: Millis): boolean {
    return this.reason(endpoint, now) !== undefined;
  }

  /** Why the peer is banned; `undefined` when it is not. */
  reason(endpoint: Endpoint, now: Millis): string | undefined {
    if (this.#byPlace.size === 0) return undefined;
    const ban = this.#byPlace.get(placeOf(endpoint));
    return ban !== undefined && now < ban.until ? ban.reason : undefined;
  }

  /** The inner law; for tests and the simulator. */
  check(): void {
    assert(this.#byPlace.size <= BANS_MAX, "the list of bans is bounded");
    let last = Number.NEGATIVE_INFINITY;
    for (const ban of this.#byPlace.values()) {
      assert(ban.until >= last, "bans end in the order they were made");
      last = ban.until;
    }
  }

  #expire(now: Millis): void {
    for (const [place, ban] of this.#byPlace) {
      if (now < ban.until) return;
      this.#byPlace.delete(place);
    }
  }
}

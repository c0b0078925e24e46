/**
 * When a disk that refused is tried again: by itself, soon at first, and never more than a minute later.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";

/** Milliseconds: first, and at most. Users should not have to ask (goal: 60 s). */
const FIRST_MILLIS: Millis = 5_000;
const MAX_MILLIS: Millis = 60_000;

export class Retry {
  #at: Millis | undefined;
  #delay = FIRST_MILLIS;

  get deadline(): Millis | undefined {
    return this.#at;
  }

  isDue(now: Millis): boolean {
    return this.#at !== undefined && now >= this.#at;
  }

  /** The next wait is a short one again. */
  reset(): void {
    this.#delay = FIRST_MILLIS;
  }

  wait(now: Millis): void {
    this.#at = now + this.#delay;
  }

  waitLonger(now: Millis): void {
    this.#delay = Math.min(MAX_MILLIS, 2 * this.#delay);
    this.wait(now);
  }

  stop(): void {
    this.#at = undefined;
  }
}

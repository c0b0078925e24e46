/**
 * How many connections may wait until their first request is looked at: as many as can be soon. More are closed at once, for an
 * answer that comes too late is work for nobody, and those behind it wait for it too.
 *
 * Who came some ticks ago and has sent nothing since is slow, no crowd, and not counted.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";

/** Connections that may always wait: nobody knows yet how fast they are served. */
export const CROWD_LEAST: number = 2000;
/** Milliseconds within which those who may wait are served. */
const SOON_MILLIS = 150;

export class Crowd {
  #came = 0;
  #cameBefore = 0;
  #served = 0;
  #servedBefore = 0;
  #since: Millis = 0;
  #most = CROWD_LEAST;

  /** One more has come; false when it has to go. */
  come(): boolean {
    if (this.#came + this.#cameBefore - this.#served - this.#servedBefore >= this.#most) return false;
    this.#came++;
    return true;
  }

  /** One has been heard for the first time, and is served at once. */
  serve(): void {
    this.#served++;
  }

  tick(now: Millis): void {
    const millis = Math.max(1, now - this.#since);
    this.#most = Math.max(CROWD_LEAST, Math.floor((this.#served * SOON_MILLIS) / millis));
    this.#since = now;
    // What of these was served later counts as if it had come later.
    const waiting = Math.max(0, this.#came + this.#cameBefore - this.#served - this.#servedBefore);
    this.#cameBefore = Math.min(waiting, this.#came);
    this.#servedBefore = 0;
    this.#came = 0;
    this.#served = 0;
  }
}

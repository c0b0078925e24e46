/**
 * How many pieces to keep on their way so that the uplink never idles and little queues in front of it.
 *
 * Two fifths of a second of what arrives: enough to bridge a busy moment of either side, and little enough that a piece
 * comes whole and soon. (A quarter of a second was too little: a real piece is there 0.3 s after it was handed over, so that a seed of 60 Mbit/s with
 * six pieces under way never learnt that it can send more than 45.) On a long way that is less than fits in, so at least twice the best rate times the least time is
 * kept (as BBR does for packets): what is under way then doubles each round until more of it no longer arrives sooner.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";

/** Milliseconds of the rate that are kept under way. */
const KEPT_MILLIS: Millis = 400;
/** Half to fill the way, half to find out whether it carries more. */
const GAIN = 2;
/** Milliseconds. Rates are taken over at least so long: arrivals come in bunches. */
const SPAN_MILLIS_MIN: Millis = 200;
/** What is left of the best rate after each span without a better one. */
const BEST_KEPT = 0.9;

export class ArrivalPace {
  #least = Number.POSITIVE_INFINITY;
  /** Pieces a millisecond. */
  #best = 0;
  #count = 0;
  #spanStart: Millis | undefined;

  /** A piece arrived that was announced at `since`. */
  arrived(since: Millis, now: Millis): void {
    this.#least = Math.min(this.#least, now - since);
    this.#spanStart ??= since;
    this.#count++;
    const span = now - this.#spanStart;
    if (span < Math.max(SPAN_MILLIS_MIN, GAIN * this.#least)) return;
    this.#best = Math.max(this.#count / span, this.#best * BEST_KEPT);
    this.#count = 0;
    this.#spanStart = now;
  }

  /** How long so many pieces take at the best rate; 0 before the first rate is known. */
  millisFor(pieces: number): Millis {
    return this.#best === 0 ? 0 : pieces / this.#best;
  }

  /** Pieces a millisecond, at best; 0 before the first rate is known. */
  get rate(): number {
    return this.#best;
  }

  /** Pieces to keep under way; 0 before the first rate is known. */
  get pieces(): number {
    if (this.#best === 0) return 0;
    return Math.ceil(this.#best * Math.max(KEPT_MILLIS, GAIN * this.#least));
  }
}

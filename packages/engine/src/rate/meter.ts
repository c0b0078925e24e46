/**
 * Counts bytes and tells how fast they flow, over the last five seconds.
 *
 * Hot: `add` is called for every block. It touches a ring of half-second sums and allocates nothing; no timer runs, an idle
 * meter is brought up to date when it is read.
 * @module
 */
import type { Millis, Rate } from "@bittern/protocol/base";

/** Milliseconds of one sum. */
const STEP_MILLIS = 500;
/** Sums of the window: nine and a part of the tenth, so between 4.5 and 5 seconds. */
const STEPS = 10;
/** Milliseconds. A shorter past is taken for this long: two blocks in one millisecond are not 32 MB/s. */
const PAST_MILLIS_MIN = 1000;

export class Meter {
  /** Bytes since the beginning. */
  total = 0;
  readonly #sums: number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  #inWindow = 0;
  /** Number of the step the newest sum belongs to. */
  #step = 0;
  #startedAt: Millis | undefined;

  /** Time never goes backwards; if it does by less than a step, nothing is lost. */
  add(byteLength: number, now: Millis): void {
    this.#startedAt ??= now;
    this.#advance(now);
    const place = modulo(this.#step);
    this.#sums[place] = (this.#sums[place] as number) + byteLength;
    this.#inWindow += byteLength;
    this.total += byteLength;
  }

  /** Bytes per second over the last five seconds; 0 before the first sample. */
  rate(now: Millis): Rate {
    if (this.#startedAt === undefined) return 0;
    this.#advance(now);
    if (this.#inWindow === 0) return 0;
    const windowStart = (this.#step - STEPS + 1) * STEP_MILLIS;
    const past = now - Math.max(windowStart, this.#startedAt);
    return (this.#inWindow * 1000) / Math.max(past, PAST_MILLIS_MIN);
  }

  #advance(now: Millis): void {
    const step = Math.floor(now / STEP_MILLIS);
    if (step <= this.#step && this.#inWindow !== 0) return;
    if (this.#inWindow === 0 || step - this.#step >= STEPS) {
      if (this.#inWindow !== 0) this.#sums.fill(0);
      this.#inWindow = 0;
      this.#step = step;
      return;
    }
    while (this.#step < step) {
      this.#step++;
      const place = modulo(this.#step);
      this.#inWindow -= this.#sums[place] as number;
      this.#sums[place] = 0;
    }
  }
}

/** Also right for a clock that began below zero. */
function modulo(step: number): number {
  return ((step % STEPS) + STEPS) % STEPS;
}

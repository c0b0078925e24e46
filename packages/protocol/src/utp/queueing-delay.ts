/**
 * How long our packets wait in queues on their way, from how late the other side says they came (BEP 29, RFC 6817).
 *
 * The clocks of the two sides have nothing to do with each other, so a lateness means something only beside another one: the
 * least of the last two minutes is a way without queues, and what is above it is waiting. Latenesses are 32-bit numbers that
 * wrap, of clocks that drift; minutes that pass let a wrong base be forgotten.
 * @module
 */
import type { Millis } from "../base/index.ts";

/** The base is the least of so many stretches of time. */
const STRETCHES = 12;
const STRETCH_MILLIS: Millis = 10_000;
/** The least of the last few samples is what the queue is now: single packets are late for other reasons. */
const RECENT_MAX = 4;

export class QueueingDelay {
  /** Lowest lateness of each stretch, the newest last. */
  readonly #lowest: number[] = [];
  readonly #recent: number[] = [];
  #stretchEndsAt: Millis = 0;

  /** Takes a sample (microseconds, 32 bits) and tells the delay now, in microseconds. */
  add(lateness: number, now: Millis): number {
    this.#keepLowest(lateness, now);
    this.#recent.push(lateness);
    if (this.#recent.length > RECENT_MAX) this.#recent.shift();
    return (least(this.#recent) - least(this.#lowest)) >>> 0;
  }

  #keepLowest(lateness: number, now: Millis): void {
    const last = this.#lowest.length - 1;
    if (last < 0 || now >= this.#stretchEndsAt) {
      this.#stretchEndsAt = now + STRETCH_MILLIS;
      this.#lowest.push(lateness);
      if (this.#lowest.length > STRETCHES) this.#lowest.shift();
    } else if (isBelow(lateness, this.#lowest[last] as number)) {
      this.#lowest[last] = lateness;
    }
    // A base that grew out of reach is no base: a sample below all that is kept must not look like an hour of waiting.
    if (isBelow(lateness, least(this.#lowest))) this.#lowest[this.#lowest.length - 1] = lateness;
  }
}

function least(numbers: readonly number[]): number {
  let lowest = numbers[0] as number;
  for (const number of numbers) if (isBelow(number, lowest)) lowest = number;
  return lowest;
}

/** Of two numbers that wrap, whether the first is the lower one. */
function isBelow(left: number, right: number): boolean {
  return ((left - right) | 0) < 0;
}

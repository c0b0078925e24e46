/**
 * How long a packet and its acknowledgement take, and how long to wait before they count as lost (BEP 29, "timeouts").
 * @module
 */
import type { Millis } from "../base/index.ts";

const FIRST_MILLIS: Millis = 1000;
const LEAST_MILLIS: Millis = 500;
const MOST_MILLIS: Millis = 30_000;

export class RoundTrip {
  #mean: Millis | undefined;
  #deviation: Millis = 0;
  #doublings = 0;

  /** 0 before the first sample. */
  get mean(): Millis {
    return this.#mean ?? 0;
  }

  /** Of a packet that was sent once only: which of several an answer means is not known. */
  add(sample: Millis): void {
    if (this.#mean === undefined) {
      this.#mean = sample;
      this.#deviation = sample / 2;
      return;
    }
    this.#deviation += (Math.abs(this.#mean - sample) - this.#deviation) / 4;
    this.#mean += (sample - this.#mean) / 8;
  }

  /** Doubles with each silence in a row. */
  get timeout(): Millis {
    const plain = this.#mean === undefined ? FIRST_MILLIS : Math.max(LEAST_MILLIS, this.#mean + 4 * this.#deviation);
    return Math.min(MOST_MILLIS, plain * 2 ** this.#doublings);
  }

  timedOut(): void {
    if (this.#doublings < 6) this.#doublings++;
  }

  answered(): void {
    this.#doublings = 0;
  }
}

/**
 * A rate limit: tokens flow in at the rate, a byte takes one out, and what is not used is kept up to the burst.
 *
 * Over any span of time no more than `rate * span + burst` bytes get through. The burst is one block and what flows in a twentieth of a
 * second: less than a block would never let one through whole, and what flows in between two looks of a loop that wakes every few
 * milliseconds must find room beside it. With one block alone 300 KiB/s became 213: a block was there after 53 ms, was taken at the look
 * after 75, and nothing was kept of the time between.
 * @module
 */
import type { Millis, Rate } from "@bittern/protocol/base";
import { assert, BLOCK_LENGTH } from "@bittern/protocol/base";

/** Milliseconds worth of the rate that may be saved up beside a block. */
const BURST_MILLIS = 50;

export class TokenBucket {
  #rate: Rate;
  readonly #burstGiven: number | undefined;
  #burst: number;
  /** Below zero after `spend`: a debt that is paid before anything else is granted. */
  #tokens: number;
  #filledAt: Millis | undefined;

  /** Full at first. A rate of 0 is unlimited; `burst` in bytes. */
  constructor(rate: Rate, burst?: number) {
    this.#rate = rate;
    this.#burstGiven = burst;
    this.#burst = burst ?? defaultBurst(rate);
    this.#tokens = this.#burst;
  }

  /** Bytes per second; 0 is unlimited. */
  get rate(): Rate {
    return this.#rate;
  }

  get burst(): number {
    return this.#burst;
  }

  get isUnlimited(): boolean {
    return this.#rate === 0;
  }

  /** From now on; what was saved up stays within the new burst, and a debt stays. */
  setRate(rate: Rate, now?: Millis): void {
    if (rate === this.#rate) return;
    if (now !== undefined) this.#fill(now);
    const wasUnlimited = this.#rate === 0;
    this.#rate = rate;
    this.#burst = this.#burstGiven ?? defaultBurst(rate);
    // While nothing was limited nothing was counted either: begin anew, and not with the tokens of an hour.
    this.#tokens = wasUnlimited ? this.#burst : Math.min(this.#tokens, this.#burst);
    if (wasUnlimited) this.#filledAt = now;
  }

  /** Takes bytes that have flowed already; what is not there becomes a debt. */
  spend(byteLength: number, now: Millis): void {
    if (this.#rate === 0) return;
    this.#fill(now);
    this.#tokens -= byteLength;
  }

  /** Bytes that could be taken, a whole number from 0; infinite without a limit. */
  available(now: Millis): number {
    if (this.#rate === 0) return Number.POSITIVE_INFINITY;
    this.#fill(now);
    return Math.max(0, Math.floor(this.#tokens));
  }

  /** The inner law; for tests and the simulator. */
  check(): void {
    assert(this.#tokens <= this.#burst, "no more than the burst is saved up");
  }

  #fill(now: Millis): void {
    if (this.#filledAt !== undefined && now > this.#filledAt) {
      this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#filledAt) * this.#rate) / 1000);
    }
    if (this.#filledAt === undefined || now > this.#filledAt) this.#filledAt = now;
  }
}

function defaultBurst(rate: Rate): number {
  return BLOCK_LENGTH + (rate * BURST_MILLIS) / 1000;
}

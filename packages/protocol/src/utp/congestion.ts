/**
 * How much may be on its way: LEDBAT (BEP 29, RFC 6817), so that we leave the line to others when they want it.
 *
 * The window aims at 100 ms of waiting in queues: below that it grows, the more the further below; above it shrinks. A loss
 * halves it once per round trip, silence brings it down to one packet, and the beginning doubles it each round trip until the
 * first sign of a queue.
 * @module
 */
import type { Millis } from "../base/index.ts";

const TARGET_MICROS = 100_000;
/** Bytes by which the window grows in a round trip with empty queues. */
const GAIN_LENGTH = 3000;
/** Of the target: from there on growth is no longer by doubling. */
const SLOW_START_SHARE = 0.9;
const WINDOW_MAX = 1024 * 1024;
/** Packets at the beginning (RFC 6928 allows ten to TCP). */
const FIRST_PACKETS = 4;
/** Milliseconds within which losses are one loss. */
const LOSS_MILLIS: Millis = 100;

export class Congestion {
  readonly #packetLength: number;
  #window: number;
  #threshold = WINDOW_MAX;
  #lastCutAt = Number.NEGATIVE_INFINITY;

  constructor(packetLength: number) {
    this.#packetLength = packetLength;
    this.#window = FIRST_PACKETS * packetLength;
  }

  /** Bytes. */
  get window(): number {
    return this.#window;
  }

  /** So many bytes arrived. `delay`: microseconds they waited. `wasFull`: the window was what held us back. */
  acknowledged(byteLength: number, delay: number, wasFull: boolean): void {
    if (this.#window < this.#threshold) {
      if (delay > TARGET_MICROS * SLOW_START_SHARE) this.#threshold = this.#window;
      else if (wasFull) return this.#set(this.#window + byteLength);
    }
    const offTarget = (TARGET_MICROS - delay) / TARGET_MICROS;
    const gain = GAIN_LENGTH * Math.max(-1, offTarget) * (byteLength / this.#window);
    // A window that is not used proves nothing about a larger one.
    if (gain < 0 || wasFull) this.#set(this.#window + gain);
  }

  lost(roundTrip: Millis, now: Millis): void {
    if (now - this.#lastCutAt < Math.max(LOSS_MILLIS, roundTrip)) return;
    this.#lastCutAt = now;
    this.#set(this.#window / 2);
    this.#threshold = this.#window;
  }

  /** Nothing came for as long as an answer may take. */
  timedOut(): void {
    this.#threshold = Math.max(2 * this.#packetLength, this.#window / 2);
    this.#set(this.#packetLength);
  }

  #set(window: number): void {
    this.#window = Math.min(WINDOW_MAX, Math.max(this.#packetLength, window));
  }
}

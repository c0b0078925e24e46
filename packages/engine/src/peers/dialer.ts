/**
 * How many dials may be under way, and how fast they may follow each other: over all torrents of a session.
 *
 * Home routers fall over when hundreds of connections are half open, and a list of dead peers (or of victims) must not
 * turn us into a flood: at most 100 half open and 30 a second. Connections have a limit too; the caller counts them,
 * because it holds them.
 * @module
 */
import { assert, type Millis } from "@bittern/protocol/base";

export const HALF_OPEN_MAX = 100;
/** Dials a second, after a burst of as many. */
export const DIALS_PER_SECOND = 30;

export interface DialerOptions {
  readonly halfOpenMax?: number;
  readonly dialsPerSecond?: number;
}

export class Dialer {
  readonly #halfOpenMax: number;
  readonly #dialsPerSecond: number;
  #halfOpen = 0;
  /** Dials that may begin at once; grows with time up to one second's worth. */
  #allowance: number;
  #allowedAt: Millis | undefined;

  constructor({ halfOpenMax = HALF_OPEN_MAX, dialsPerSecond = DIALS_PER_SECOND }: DialerOptions = {}) {
    this.#halfOpenMax = halfOpenMax;
    this.#dialsPerSecond = dialsPerSecond;
    this.#allowance = dialsPerSecond;
  }

  /** True when a dial may begin now. `connections` are those that hold a place already, half-open ones included. */
  mayDial(now: Millis, connections: number, connectionsMax: number): boolean {
    this.#refill(now);
    return connections < connectionsMax && this.#halfOpen < this.#halfOpenMax && this.#allowance >= 1;
  }

  /** A dial begins. */
  began(now: Millis): void {
    this.#refill(now);
    assert(this.#halfOpen < this.#halfOpenMax, "half-open connections stay under their limit");
    this.#halfOpen++;
    this.#allowance -= 1;
  }

  /** A dial ended, in a connection or not. */
  ended(): void {
    assert(this.#halfOpen > 0, "only a dial that began can end");
    this.#halfOpen--;
  }

  /** When the next dial may begin as far as time decides; `undefined` while only the end of another dial helps. */
  nextAt(now: Millis): Millis | undefined {
    if (this.#halfOpen >= this.#halfOpenMax) return undefined;
    this.#refill(now);
    if (this.#allowance >= 1) return now;
    return now + Math.ceil(((1 - this.#allowance) * 1000) / this.#dialsPerSecond + 0.001);
  }

  /** The inner law; for tests and the simulator. */
  check(): void {
    assert(this.#halfOpen >= 0 && this.#halfOpen <= this.#halfOpenMax, "half-open connections are counted and bounded");
    assert(this.#allowance <= this.#dialsPerSecond, "no more than a second's dials are saved up");
  }

  #refill(now: Millis): void {
    if (this.#allowedAt !== undefined && now > this.#allowedAt) {
      this.#allowance = Math.min(this.#dialsPerSecond, this.#allowance + ((now - this.#allowedAt) * this.#dialsPerSecond) / 1000);
    }
    if (this.#allowedAt === undefined || now > this.#allowedAt) this.#allowedAt = now;
  }
}

/**
 * How many requests to keep open with one peer: enough to fill the way there and back, and no more than about
 * half a second of its rate, so that who gets a piece follows who has a free uplink (a deep queue at a slow seed is a promise
 * it keeps late, and the piece is missing elsewhere meanwhile).
 *
 * It doubles a round trip at first, as TCP does, and ends its slow start when the rate no longer follows.
 * @module
 */
import { BLOCK_LENGTH, type Millis, type Rate } from "@bittern/protocol/base";

/** Blocks. One piece of 256 KiB, the usual smallest size: a first piece then comes whole and fast from one peer. */
export const PIPELINE_START = 16;
/** Blocks. Below this even a slow peer would wait for us. */
export const PIPELINE_MIN = 4;
/**
 * Seconds. Of what a peer delivers in so long we ask up to a piece of 256 KiB at a time: one that serves several in turn sends
 * pieces, not blocks, and can only begin with one it was asked for whole.
 */
const TURN_SECONDS = 8;
/** Seconds of a peer's rate to keep asked for. */
export const PIPELINE_SECONDS = 0.5;
/** A peer that says nothing for so long although it was asked, and then much at once, answers in bursts. */
const SILENCE_MILLIS: Millis = 150;
/** How long a burst takes at most. */
const BURST_MILLIS: Millis = 100;

export class Pipeline {
  #target = PIPELINE_START;
  #isStarting = true;
  #arrived = 0;
  #driedCount = 0;
  /** The burst under way: when it began, and its blocks so far; -1 once it was counted. */
  #burstAt: Millis = 0;
  #burstCount = 0;

  /** A block arrived, after so long a silence in which the peer could have sent it. Hot. */
  blockArrived(now: Millis, silentMillis: Millis): void {
    this.#arrived++;
    if (this.#isStarting) this.#target++;
    if (silentMillis >= SILENCE_MILLIS) {
      this.#burstAt = now;
      this.#burstCount = 0;
    }
    if (this.#burstCount < 0 || now - this.#burstAt > BURST_MILLIS) return;
    this.#burstCount++;
    if (this.#burstCount < this.#target / 2) return;
    this.#burstCount = -1;
    this.ranDry();
  }

  /** Several arrived at once, the first after so long a silence. */
  blocksArrived(count: number, now: Millis, silentMillis: Millis): void {
    this.blockArrived(now, silentMillis);
    if (this.#burstCount >= 0 && now - this.#burstAt <= BURST_MILLIS) {
      for (let block = 1; block < count; block++) this.blockArrived(now, 0);
      return;
    }
    this.#arrived += count - 1;
    if (this.#isStarting) this.#target += count - 1;
  }

  /**
   * The peer waits for us: all that was asked came before more was asked, or most of it at once after a silence.
   * Transmission looks at its requests twice a second and answers all it finds; what is asked meanwhile waits for the
   * next time, so that its rate is never above what we ask for, and the rate alone would never tell us to ask for more.
   */
  ranDry(): void {
    this.#target += Math.max(PIPELINE_MIN, this.#target / 2);
    this.#driedCount++;
  }

  /** Blocks arrived since the last second: only then is there a rate to follow. */
  get isFlowing(): boolean {
    return this.#arrived > 0;
  }

  /** Once a second: bends the target to the rate the peer really has. */
  adapt(rate: Rate): void {
    const inTurn = Math.min(PIPELINE_START, Math.ceil((rate * TURN_SECONDS) / BLOCK_LENGTH));
    const sustained = Math.max(inTurn, Math.ceil((rate * PIPELINE_SECONDS) / BLOCK_LENGTH) + PIPELINE_MIN);
    if (this.#isStarting && this.#arrived >= this.#target && sustained >= this.#target / 2) {
      this.#arrived = 0;
      return;
    }
    if (this.#arrived === 0) return;
    this.#isStarting = false;
    this.#arrived = 0;
    const hasDried = this.#driedCount > 0;
    this.#driedCount = 0;
    if (hasDried) return;
    // Half the way a second: a rate measured over five seconds lags behind a growing one.
    this.#target = Math.max(PIPELINE_MIN, Math.ceil((this.#target + sustained) / 2), sustained);
  }

  /** A request timed out or was refused: ask for little until it proves itself again. */
  shrink(): void {
    this.#isStarting = false;
    this.#target = PIPELINE_MIN;
  }

  /** Blocks to keep outstanding, before any limit of the peer's. */
  get target(): number {
    return Math.floor(this.#target);
  }
}

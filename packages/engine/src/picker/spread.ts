/**
 * How fast downloaders bring each other the pieces that a seed has given away, and whether it still has to help.
 *
 * When the last piece has its first holder, the others lack that one and a few more, and bring them to each other. A seed that joins in
 * brings the end forward by next to nothing, and all it sends are second copies: 5 % of the content where eight downloaders have uplinks like its own. So
 * it rests while they bring far more than it could and help would gain little. Beside few or slower uplinks, or where somebody stays behind, it gains a lot.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";

/** What help has to gain to be worth it, as a share of the time so far. */
const GAIN_SHARE_MIN = 0.015;
/** And the downloaders have to bring so many times what the seed could: beside a few, its help gains more for each copy. */
const BROUGHT_MIN = 5;
/**
 * Where help costs the others' processor time, it waits until no more than this share of everything is missing: before that they have enough to bring each other; after it
 * they begin to wait for each other (without any help at the end, four needed a sixth longer).
 */
const AMPLE_SHARE = 0.3;
/** And only while they bring so many times what the seed could: whoever has set a limit to what he sends lacks no processor, and the others would wait for him for hours. */
const BROUGHT_AMPLE_MIN = 0.5;
/** The rate is taken over the last such share of the time so far: arrivals come in bunches. */
const SPAN_SHARE = 0.05;
const SPAN_MILLIS_MIN: Millis = 200;

/** What is left to do when everything was given once. */
export interface Remainder {
  /** Pieces that all downloaders together lack. */
  readonly missing: number;
  /** Pieces a millisecond that the seed could bring. */
  readonly rate: number;
  /** What all of them together lack when they lack everything. */
  readonly all: number;
  /** Its help would be at the cost of what they do themselves. */
  readonly costsProcessor: boolean;
}

export class Spread {
  #startedAt: Millis | undefined;
  /** Pieces since the span began, and in the one before it. */
  #count = 0;
  #spanStart: Millis = 0;
  #countBefore = 0;
  #startBefore: Millis = 0;

  /** A downloader has a piece more that another one brought. */
  arrived(now: Millis): void {
    this.#advance(now);
    this.#count++;
  }

  /** Whether what is missing may be left to those who download. */
  isEnough({ missing, rate, all, costsProcessor }: Remainder, now: Millis): boolean {
    if (this.#startedAt === undefined || missing === 0) return false;
    this.#advance(now);
    const count = this.#countBefore + this.#count;
    if (count === 0) return false;
    const brought = count / Math.max(1, now - this.#startBefore);
    if (costsProcessor && missing > AMPLE_SHARE * all) return brought >= BROUGHT_AMPLE_MIN * rate;
    if (brought < BROUGHT_MIN * rate) return false;
    const gain = missing / brought - missing / (brought + rate);
    return gain < GAIN_SHARE_MIN * (now - this.#startedAt);
  }

  #advance(now: Millis): void {
    if (this.#startedAt === undefined) {
      this.#startedAt = now;
      this.#spanStart = now;
      this.#startBefore = now;
    }
    const span = Math.max(SPAN_MILLIS_MIN, SPAN_SHARE * (now - this.#startedAt));
    const past = now - this.#spanStart;
    if (past < span) return;
    const isLate = past >= 2 * span;
    this.#countBefore = isLate ? 0 : this.#count;
    this.#startBefore = isLate ? now - span : this.#spanStart;
    this.#count = 0;
    this.#spanStart = now;
  }
}

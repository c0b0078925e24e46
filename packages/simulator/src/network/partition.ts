/**
 * Cuts through the network: black holes in which packets vanish without a word.
 *
 * Streams do not lose bytes over it, they wait; once the cut is healed they go on when the sender would next try again.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";

/** First retransmission and longest wait between two, as Linux has them. */
const RETRY_MILLIS_MIN = 200;
const RETRY_MILLIS_MAX = 120_000;

/** Something that waits for a way to be free again. */
export interface Stranded {
  /** Nodes between which it runs. */
  readonly fromIndex: number;
  readonly toIndex: number;
  /** When it got stuck. */
  readonly strandedAt: Millis;
  /** The way is free; go on at `at`. */
  resume(at: Millis): void;
}

interface Cut {
  readonly left: ReadonlySet<number>;
  /** `undefined`: everybody else. */
  readonly right: ReadonlySet<number> | undefined;
}

/** All cuts of a world, and who waits for their end. */
export class Cuts {
  readonly #cuts: Set<Cut> = new Set();
  readonly #stranded: Set<Stranded> = new Set();

  /** Whether no packet passes between two nodes. Hot: nearly always there is no cut at all. */
  between(from: number, to: number): boolean {
    return this.#cuts.size !== 0 && from !== to && this.#anyBetween(from, to);
  }

  /** Cuts between every node of `left` and every node of `right` (all others when absent). `now` is asked at the heal. */
  add(left: Iterable<number>, right: Iterable<number> | undefined, now: () => Millis): () => void {
    const cut = { left: new Set(left), right: right === undefined ? undefined : new Set(right) };
    this.#cuts.add(cut);
    return () => {
      if (this.#cuts.delete(cut)) this.#wake(now());
    };
  }

  /** Remembers who got stuck. */
  strand(stranded: Stranded): void {
    this.#stranded.add(stranded);
  }

  /** Forgets one that ended. */
  forget(stranded: Stranded): void {
    this.#stranded.delete(stranded);
  }

  #anyBetween(from: number, to: number): boolean {
    for (const cut of this.#cuts) {
      if (cut.left.has(from) && (cut.right === undefined ? !cut.left.has(to) : cut.right.has(to))) return true;
      if (cut.left.has(to) && (cut.right === undefined ? !cut.left.has(from) : cut.right.has(from))) return true;
    }
    return false;
  }

  #wake(now: Millis): void {
    for (const stranded of this.#stranded) {
      if (this.between(stranded.fromIndex, stranded.toIndex)) continue;
      this.#stranded.delete(stranded);
      stranded.resume(nextRetry(stranded.strandedAt, now));
    }
  }
}

/** When a sender that got stuck at `strandedAt` tries again for the first time after `now`: each wait is twice the last. */
export function nextRetry(strandedAt: Millis, now: Millis): Millis {
  let at = strandedAt;
  let wait = RETRY_MILLIS_MIN;
  while (at < now) {
    at += wait;
    wait = Math.min(wait * 2, RETRY_MILLIS_MAX);
  }
  return at;
}

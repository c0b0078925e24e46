/**
 * A dial under way: it asks, asks again after 1, 3 and 7 seconds as systems do, and gives up in time.
 *
 * So a dial into a partition that heals soon enough succeeds, late.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";
import { Task } from "../queue.ts";
import type { Timeline } from "../timeline.ts";

/** How long after the first time it asks again. */
const ASK_AGAIN_MILLIS: readonly Millis[] = [1000, 3000, 7000, 15_000, 31_000, 63_000];

export class Dial extends Task {
  readonly #timeline: Timeline;
  readonly #begunAt: Millis;
  readonly #timeoutMillis: Millis;
  readonly #ask: () => void;
  readonly #giveUp: () => void;
  #asked = 0;

  constructor(timeline: Timeline, timeoutMillis: Millis, verbs: { readonly ask: () => void; readonly giveUp: () => void }) {
    super();
    this.#timeline = timeline;
    this.#begunAt = timeline.now;
    this.#timeoutMillis = timeoutMillis;
    this.#ask = verbs.ask;
    this.#giveUp = verbs.giveUp;
    timeline.schedule(this, timeline.now);
  }

  fire(): void {
    if (this.#timeline.now >= this.#begunAt + this.#timeoutMillis) return this.#giveUp();
    const again = ASK_AGAIN_MILLIS[this.#asked++] ?? Infinity;
    this.#timeline.schedule(this, this.#begunAt + Math.min(again, this.#timeoutMillis));
    this.#ask();
  }

  /** It is decided. */
  end(): void {
    this.#timeline.cancel(this);
  }
}

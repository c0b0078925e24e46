/**
 * The clock of the machine.
 * @module
 */
import { performance } from "node:perf_hooks";
import type { Cancel, Clock } from "@bittern/host";
import type { Millis } from "@bittern/protocol/base";

/** Milliseconds. The longest wait of a Node timer; longer ones are taken in steps. */
const TIMER_MAX = 2 ** 31 - 1;

export class NodeClock implements Clock {
  now(): Millis {
    return performance.now();
  }

  wallSeconds(): number {
    return Date.now() / 1000;
  }

  wakeAt(at: Millis, wake: () => void): Cancel {
    const alarm = new Alarm(at, wake);
    return () => alarm.cancel();
  }
}

/** One wake-up. A timer of Node may fire a fraction early and waits 24 days at most: both are met by setting it again. */
class Alarm {
  readonly #at: Millis;
  readonly #wake: () => void;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;

  constructor(at: Millis, wake: () => void) {
    this.#at = at;
    this.#wake = wake;
    this.#set();
  }

  cancel(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
  }

  #set(): void {
    const wait = this.#at - performance.now();
    // What is due already must not wait the millisecond that a timer takes at least.
    if (wait <= 0) this.#immediate = setImmediate(this.#wake);
    else this.#timer = setTimeout(() => this.#fire(), Math.min(Math.ceil(wait), TIMER_MAX));
  }

  #fire(): void {
    if (performance.now() >= this.#at) this.#wake();
    else this.#set();
  }
}

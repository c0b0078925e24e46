/**
 * Virtual time as one process sees it.
 * @module
 */
import type { Cancel, Clock } from "@bittern/host";
import type { Millis } from "@bittern/protocol/base";
import type { Process } from "./network/process.ts";
import { Task } from "./queue.ts";
import type { Timeline } from "./timeline.ts";
import { KIND } from "./trace.ts";

class Wake extends Task {
  readonly #timeline: Timeline;
  readonly #process: Process;
  readonly #node: number;
  readonly #wake: () => void;

  constructor(timeline: Timeline, process: Process, node: number, wake: () => void) {
    super();
    this.#timeline = timeline;
    this.#process = process;
    this.#node = node;
    this.#wake = wake;
  }

  fire(): void {
    if (!this.#process.isAlive) return;
    this.#timeline.note(KIND.timer, this.#node, 0);
    this.#wake();
  }
}

export class SimulatedClock implements Clock {
  /** Seconds by which the wall clock of this node is wrong; change it to let the clock jump. */
  wallOffsetSeconds = 0;
  readonly #timeline: Timeline;
  readonly #process: Process;
  readonly #node: number;
  readonly #wallStartSeconds: number;

  constructor(timeline: Timeline, process: Process, node: number, wallStartSeconds: number) {
    this.#timeline = timeline;
    this.#process = process;
    this.#node = node;
    this.#wallStartSeconds = wallStartSeconds;
  }

  now(): Millis {
    return this.#timeline.now;
  }

  wallSeconds(): number {
    return this.#wallStartSeconds + this.wallOffsetSeconds + this.#timeline.now / 1000;
  }

  wakeAt(at: Millis, wake: () => void): Cancel {
    const task = new Wake(this.#timeline, this.#process, this.#node, wake);
    this.#timeline.schedule(task, at);
    return () => this.#timeline.cancel(task);
  }
}

/**
 * Virtual time: the queue of what happens next, the moment it is now, and the dice and the trace that go with it.
 *
 * Time jumps from event to event, so idling costs nothing. Whatever belongs to the world holds the one timeline.
 * @module
 */
import { assert, type Millis } from "@bittern/protocol/base";
import { Call, EventQueue, type Task } from "./queue.ts";
import { SeededRandom } from "./random.ts";
import { Trace } from "./trace.ts";

export interface TimelineOptions {
  readonly seed: number | string;
  /** Lets the dice order what happens at one moment; otherwise the order of scheduling does. */
  readonly shuffleTies: boolean;
}

/** The one clock of a world. */
export class Timeline {
  /** Fork it; never roll it. */
  readonly random: SeededRandom;
  readonly trace: Trace = new Trace();
  readonly #queue: EventQueue = new EventQueue();
  readonly #ties: SeededRandom | undefined;
  #now: Millis = 0;
  #sequence = 0;
  #eventCount = 0;

  constructor(options: TimelineOptions) {
    this.random = new SeededRandom(options.seed);
    this.#ties = options.shuffleTies ? this.random.fork("ties") : undefined;
  }

  get now(): Millis {
    return this.#now;
  }

  /** How many tasks have fired. */
  get eventCount(): number {
    return this.#eventCount;
  }

  /** When the next task is due. */
  get nextAt(): Millis | undefined {
    return this.#queue.firstAt;
  }

  /** Lets a task fire at a moment, not before now; one that was scheduled is moved. Hot. */
  schedule(task: Task, at: Millis): void {
    task.at = at > this.#now ? at : this.#now;
    task.rank = this.#ties === undefined ? 0 : this.#ties.u32();
    task.sequence = this.#sequence++;
    if (task.isScheduled) this.#queue.moved(task);
    else this.#queue.add(task);
  }

  /** Calls a task away. */
  cancel(task: Task): void {
    this.#queue.remove(task);
  }

  /** Runs a function once, after a while. */
  after(delayMillis: Millis, run: () => void): Task {
    const task = new Call(run);
    this.schedule(task, this.#now + delayMillis);
    return task;
  }

  /** Fires the next task; false when there is none. */
  step(): boolean {
    const task = this.#queue.shift();
    if (task === undefined) return false;
    assert(task.at >= this.#now, "time never goes back");
    this.#now = task.at;
    this.#eventCount++;
    task.fire();
    return true;
  }

  /** Lets time pass up to a moment at which nothing is due before. */
  skipTo(at: Millis): void {
    assert((this.nextAt ?? at) >= at, "nothing that was due is left out");
    if (at > this.#now) this.#now = at;
  }

  /** Enters an event of a node into the trace, at this moment. Hot. */
  note(kind: number, node: number, length: number): void {
    this.trace.add(this.#now, kind, node, length);
  }
}

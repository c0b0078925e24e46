/**
 * What happens next: a heap of tasks ordered by (time, rank, sequence).
 *
 * A task is an object that knows its place in the heap, so that putting it off or calling it away costs a logarithm
 * and no garbage: most timers of an engine are moved long before they are due. Four children a node, because the
 * heap is read far more often at the top than anywhere else and a flatter tree touches fewer objects.
 * @module
 */
import { assert, type Millis } from "@bittern/protocol/base";

const BRANCHES = 4;
/** Tasks there is room for at first. */
const FIRST_CAPACITY = 1024;

/** Something that happens at a moment of virtual time. Extend it and keep one object for many firings: it is hot. */
export abstract class Task {
  /** When it is due; only meaningful while it is scheduled. */
  at: Millis = 0;
  /** Decides among tasks of one moment, before `sequence`; 0 unless ties are shuffled. */
  rank = 0;
  /** Order of scheduling. */
  sequence = 0;
  /** Where it lies in the heap; -1 while it is not scheduled. */
  slot = -1;

  get isScheduled(): boolean {
    return this.slot >= 0;
  }

  /** It is time; the task is out of the queue already and may schedule itself again. */
  abstract fire(): void;
}

/** A task of one use, for what happens rarely. */
export class Call extends Task {
  readonly #run: () => void;

  constructor(run: () => void) {
    super();
    this.#run = run;
  }

  fire(): void {
    this.#run();
  }
}

/** Tasks of one moment. */
function isBeforeAtOnce(one: Task, other: Task): boolean {
  return one.rank !== other.rank ? one.rank < other.rank : one.sequence < other.sequence;
}

/**
 * The heap. Moments stand in an array of numbers beside the tasks: with a thousand nodes there are tens of thousands of tasks, far apart in
 * memory, and to compare two of them by what is written in them is to wait for memory twice.
 */
export class EventQueue {
  readonly #tasks: Task[] = [];
  /** When the task of each slot is due; longer than there are tasks. */
  #times = new Float64Array(FIRST_CAPACITY);

  get length(): number {
    return this.#tasks.length;
  }

  /** The task that is due first. */
  get first(): Task | undefined {
    return this.#tasks[0];
  }

  add(task: Task): void {
    assert(task.slot === -1, "a task lies in the queue at most once");
    const slot = this.#tasks.length;
    if (slot === this.#times.length) this.#grow();
    this.#tasks.push(task);
    this.#rise(task, slot);
  }

  /** Takes a task out; nothing happens when it is not in. */
  remove(task: Task): void {
    const slot = task.slot;
    if (slot === -1) return;
    task.slot = -1;
    const last = this.#tasks.pop() as Task;
    if (last === task) return;
    this.#place(last, slot);
  }

  /** To be called after `at` of a scheduled task was changed. */
  moved(task: Task): void {
    assert(task.slot >= 0, "only a task in the queue can move");
    this.#place(task, task.slot);
  }

  shift(): Task | undefined {
    const first = this.#tasks[0];
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Every task lies after its parent and knows its slot. */
  check(): void {
    this.#tasks.forEach((task, slot) => {
      assert(task.slot === slot, "a task knows its slot");
      assert(this.#times[slot] === task.at, "the moment beside a task is its own");
      assert(slot === 0 || !this.#isBefore(task, task.at, (slot - 1) >> 2), "no task is due before its parent");
    });
  }

  #grow(): void {
    const times = new Float64Array(2 * this.#times.length);
    times.set(this.#times);
    this.#times = times;
  }

  /** Whether a task that is due at `at` comes before the one in a slot. */
  #isBefore(task: Task, at: Millis, slot: number): boolean {
    const other = this.#times[slot] as Millis;
    return at === other ? isBeforeAtOnce(task, this.#tasks[slot] as Task) : at < other;
  }

  #place(task: Task, slot: number): void {
    if (slot > 0 && this.#isBefore(task, task.at, (slot - 1) >> 2)) this.#rise(task, slot);
    else this.#sink(task, slot);
  }

  #put(task: Task, at: Millis, slot: number): void {
    this.#tasks[slot] = task;
    this.#times[slot] = at;
    task.slot = slot;
  }

  #rise(task: Task, from: number): void {
    const { at } = task;
    let slot = from;
    while (slot > 0) {
      const above = (slot - 1) >> 2;
      if (!this.#isBefore(task, at, above)) break;
      this.#put(this.#tasks[above] as Task, this.#times[above] as Millis, slot);
      slot = above;
    }
    this.#put(task, at, slot);
  }

  #sink(task: Task, from: number): void {
    const tasks = this.#tasks;
    const times = this.#times;
    const { length } = tasks;
    const { at } = task;
    let slot = from;
    for (;;) {
      let least = slot * BRANCHES + 1;
      if (least >= length) break;
      let leastAt = times[least] as Millis;
      const end = Math.min(least + BRANCHES, length);
      for (let other = least + 1; other < end; other++) {
        const otherAt = times[other] as Millis;
        if (otherAt > leastAt || (otherAt === leastAt && !isBeforeAtOnce(tasks[other] as Task, tasks[least] as Task))) continue;
        least = other;
        leastAt = otherAt;
      }
      const child = tasks[least] as Task;
      if (leastAt > at || (leastAt === at && !isBeforeAtOnce(child, task))) break;
      this.#put(child, leastAt, slot);
      slot = least;
    }
    this.#put(task, at, slot);
  }
}

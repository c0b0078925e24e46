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

function isBefore(one: Task, other: Task): boolean {
  if (one.at !== other.at) return one.at < other.at;
  if (one.rank !== other.rank) return one.rank < other.rank;
  return one.sequence < other.sequence;
}

/** The heap. */
export class EventQueue {
  readonly #tasks: Task[] = [];

  get length(): number {
    return this.#tasks.length;
  }

  /** The task that is due first. */
  get first(): Task | undefined {
    return this.#tasks[0];
  }

  add(task: Task): void {
    assert(task.slot === -1, "a task lies in the queue at most once");
    this.#tasks.push(task);
    this.#rise(task, this.#tasks.length - 1);
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
      assert(slot === 0 || !isBefore(task, this.#tasks[(slot - 1) >> 2] as Task), "no task is due before its parent");
    });
  }

  #place(task: Task, slot: number): void {
    const parent = this.#tasks[(slot - 1) >> 2];
    if (slot > 0 && isBefore(task, parent as Task)) this.#rise(task, slot);
    else this.#sink(task, slot);
  }

  #rise(task: Task, from: number): void {
    const tasks = this.#tasks;
    let slot = from;
    while (slot > 0) {
      const above = (slot - 1) >> 2;
      const parent = tasks[above] as Task;
      if (!isBefore(task, parent)) break;
      tasks[slot] = parent;
      parent.slot = slot;
      slot = above;
    }
    tasks[slot] = task;
    task.slot = slot;
  }

  #sink(task: Task, from: number): void {
    const tasks = this.#tasks;
    const length = tasks.length;
    let slot = from;
    for (;;) {
      let below = slot * BRANCHES + 1;
      if (below >= length) break;
      let least = tasks[below] as Task;
      const end = Math.min(below + BRANCHES, length);
      for (let other = below + 1; other < end; other++) {
        const candidate = tasks[other] as Task;
        if (isBefore(candidate, least)) {
          least = candidate;
          below = other;
        }
      }
      if (!isBefore(least, task)) break;
      tasks[slot] = least;
      least.slot = slot;
      slot = below;
    }
    tasks[slot] = task;
    task.slot = slot;
  }
}

/**
 * What happens next: a heap of tasks ordered by (time, rank, sequence).
 *
 * A task has a ticket while it is in, by which the queue knows its place in the heap, so that putting it off or calling it away costs a
 * logarithm and no garbage: most timers of an engine are moved long before they are due. Four children a node, because the
 * heap is read far more often at the top than anywhere else and a flatter tree touches fewer places.
 * @module
 */
import { assert, type Millis } from "@bittern/protocol/base";

const BRANCHES = 4;
/** Tasks there is room for at first. */
const FIRST_CAPACITY = 1024;
/** The ticket of what is not in the queue. */
const NO_TICKET = -1;

/** Something that happens at a moment of virtual time. Extend it and keep one object for many firings: it is hot. */
export abstract class Task {
  /** When it is due; only meaningful while it is scheduled. */
  at: Millis = 0;
  /** Decides among tasks of one moment, before `sequence`; 0 unless ties are shuffled. */
  rank = 0;
  /** Order of scheduling. */
  sequence = 0;
  /** What the queue knows it by; -1 while it is not scheduled. */
  ticket: number = NO_TICKET;

  get isScheduled(): boolean {
    return this.ticket !== NO_TICKET;
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

/**
 * The heap. It holds numbers only: with a thousand nodes there are tens of thousands of tasks, far apart in memory, and to compare two of
 * them by what is written in them, or to write into each where it lies now, is to wait for memory.
 */
export class EventQueue {
  #length = 0;
  /** By place in the heap: when a task is due, and its ticket. */
  #times = new Float64Array(FIRST_CAPACITY);
  #tickets = new Int32Array(FIRST_CAPACITY);
  /** By ticket: the task, its place, and what decides among those of one moment. */
  readonly #tasks: (Task | undefined)[] = [];
  #slots = new Int32Array(FIRST_CAPACITY);
  #ranks = new Float64Array(FIRST_CAPACITY);
  #sequences = new Float64Array(FIRST_CAPACITY);
  /** Tickets that were given back. */
  readonly #free: number[] = [];

  get length(): number {
    return this.#length;
  }

  /** When the first task is due. */
  get firstAt(): Millis | undefined {
    return this.#length === 0 ? undefined : (this.#times[0] as Millis);
  }

  add(task: Task): void {
    assert(task.ticket === NO_TICKET, "a task lies in the queue at most once");
    const ticket = this.#free.pop() ?? this.#tasks.length;
    if (this.#length === this.#times.length) this.#grow();
    task.ticket = ticket;
    this.#tasks[ticket] = task;
    this.#note(task, ticket);
    this.#rise(ticket, task.at, this.#length++);
  }

  /** Takes a task out; nothing happens when it is not in. */
  remove(task: Task): void {
    const { ticket } = task;
    if (ticket === NO_TICKET) return;
    const slot = this.#slots[ticket] as number;
    task.ticket = NO_TICKET;
    this.#tasks[ticket] = undefined;
    this.#free.push(ticket);
    const last = --this.#length;
    if (slot !== last) this.#place(this.#tickets[last] as number, this.#times[last] as Millis, slot);
  }

  /** To be called after `at` of a scheduled task was changed. */
  moved(task: Task): void {
    const { ticket } = task;
    assert(ticket !== NO_TICKET, "only a task in the queue can move");
    this.#note(task, ticket);
    this.#place(ticket, task.at, this.#slots[ticket] as number);
  }

  shift(): Task | undefined {
    if (this.#length === 0) return undefined;
    const first = this.#tasks[this.#tickets[0] as number] as Task;
    this.remove(first);
    return first;
  }

  /** Every task lies after its parent, and the queue knows where. */
  check(): void {
    assert(this.#tasks.length === this.#length + this.#free.length, "a ticket is given or free");
    for (let slot = 0; slot < this.#length; slot++) {
      const ticket = this.#tickets[slot] as number;
      const task = this.#tasks[ticket];
      assert(task?.ticket === ticket && this.#slots[ticket] === slot, "a task is known by its ticket");
      assert(this.#times[slot] === task.at, "the moment beside a task is its own");
      assert(this.#ranks[ticket] === task.rank && this.#sequences[ticket] === task.sequence, "and so is what decides among equals");
      assert(slot === 0 || !this.#isBefore(ticket, task.at, (slot - 1) >> 2), "no task is due before its parent");
    }
  }

  #grow(): void {
    this.#times = enlarged(this.#times, new Float64Array(2 * this.#times.length));
    this.#ranks = enlarged(this.#ranks, new Float64Array(2 * this.#ranks.length));
    this.#sequences = enlarged(this.#sequences, new Float64Array(2 * this.#sequences.length));
    this.#tickets = enlarged(this.#tickets, new Int32Array(2 * this.#tickets.length));
    this.#slots = enlarged(this.#slots, new Int32Array(2 * this.#slots.length));
  }

  #note({ rank, sequence }: Task, ticket: number): void {
    this.#ranks[ticket] = rank;
    this.#sequences[ticket] = sequence;
  }

  /** Whether a task that is due at `at` comes before the one in a slot. */
  #isBefore(ticket: number, at: Millis, slot: number): boolean {
    const other = this.#times[slot] as Millis;
    return at === other ? this.#isBeforeAtOnce(ticket, this.#tickets[slot] as number) : at < other;
  }

  /** Of tasks of one moment. */
  #isBeforeAtOnce(one: number, other: number): boolean {
    const rank = this.#ranks[one] as number;
    const otherRank = this.#ranks[other] as number;
    return rank === otherRank ? (this.#sequences[one] as number) < (this.#sequences[other] as number) : rank < otherRank;
  }

  #place(ticket: number, at: Millis, slot: number): void {
    if (slot > 0 && this.#isBefore(ticket, at, (slot - 1) >> 2)) this.#rise(ticket, at, slot);
    else this.#sink(ticket, at, slot);
  }

  #put(ticket: number, at: Millis, slot: number): void {
    this.#tickets[slot] = ticket;
    this.#times[slot] = at;
    this.#slots[ticket] = slot;
  }

  #rise(ticket: number, at: Millis, from: number): void {
    let slot = from;
    while (slot > 0) {
      const above = (slot - 1) >> 2;
      if (!this.#isBefore(ticket, at, above)) break;
      this.#put(this.#tickets[above] as number, this.#times[above] as Millis, slot);
      slot = above;
    }
    this.#put(ticket, at, slot);
  }

  #sink(ticket: number, at: Millis, from: number): void {
    const times = this.#times;
    const tickets = this.#tickets;
    const length = this.#length;
    let slot = from;
    for (;;) {
      let least = slot * BRANCHES + 1;
      if (least >= length) break;
      let leastAt = times[least] as Millis;
      const end = Math.min(least + BRANCHES, length);
      for (let other = least + 1; other < end; other++) {
        const otherAt = times[other] as Millis;
        if (otherAt > leastAt) continue;
        if (otherAt === leastAt && !this.#isBeforeAtOnce(tickets[other] as number, tickets[least] as number)) continue;
        least = other;
        leastAt = otherAt;
      }
      const child = tickets[least] as number;
      if (leastAt > at || (leastAt === at && !this.#isBeforeAtOnce(child, ticket))) break;
      this.#put(child, leastAt, slot);
      slot = least;
    }
    this.#put(ticket, at, slot);
  }
}

function enlarged<Numbers extends Float64Array | Int32Array>(numbers: Numbers, larger: Numbers): Numbers {
  larger.set(numbers);
  return larger;
}

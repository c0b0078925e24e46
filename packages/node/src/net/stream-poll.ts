/**
 * Waiting for many streams at once: one `epoll` descriptor for all doors and links, itself watched by Node's loop.
 *
 * Each turn asks once which of them are ready and serves those, for a few milliseconds at most: what is left is ready in the next
 * turn too, and others of this thread have theirs between. It is open, and keeps the process alive, while anything is waited for.
 * @module
 */
import { Beginnings } from "@bittern/protocol/base";
import { EventTable, NamePlace } from "./event-table.ts";
import { receiveBuffer } from "./link.ts";
import type { StreamCalls } from "./stream-calls.ts";

/** Events of a turn. */
const EVENTS_MAX = 128;
/** Milliseconds of a turn after which whoever is ready has to wait for the next one. */
const TURN_MILLIS = 4;
/** The time is looked at after so many events. */
const EVENTS_BETWEEN_LOOKS = 8;

const NOTHING = (): void => undefined;

/** A descriptor that is waited for, as the poll knows it. */
export interface Waiter {
  readonly descriptor: number;
  /** Tells it apart from whoever had the same descriptor before; the poll's to write. */
  number: number;
  ready(flags: number): void;
}

/** A link whose end is still to be told. */
export interface Ended {
  tellEnd(): void;
}

export class StreamPoll {
  readonly calls: StreamCalls;
  /** Where accepted and asked names are written. */
  readonly name: NamePlace;
  /** What all links read into: where it lies, how long it is, and what was read, by length. */
  readonly memory: bigint;
  readonly memoryLength: number;
  readonly received: Beginnings;
  readonly #events: EventTable;
  /** By descriptor. */
  readonly #waiters: (Waiter | undefined)[] = [];
  #count = 0;
  #lastNumber = 0;
  #open: { readonly descriptor: number; readonly watch: { close(): void } } | undefined;
  #isTurn = false;
  #lateAt = 0;
  #ended: Ended[] = [];
  /** The list that `#ended` changes places with. */
  #told: Ended[] = [];

  constructor(calls: StreamCalls) {
    this.calls = calls;
    this.name = new NamePlace(calls.libc);
    this.#events = new EventTable(calls.libc, EVENTS_MAX);
    const { buffer, byteOffset, byteLength } = receiveBuffer();
    const memory = new Uint8Array(buffer, byteOffset, byteLength);
    this.memory = calls.libc.addressOf(memory);
    this.memoryLength = byteLength;
    this.received = new Beginnings(memory);
  }

  /** Takes in somebody who will wait; false when the system has no descriptor to wait with. */
  join(waiter: Waiter): boolean {
    if (this.#open === undefined && !this.#begin()) return false;
    this.#lastNumber = (this.#lastNumber + 1) >>> 0;
    waiter.number = this.#lastNumber;
    this.#waiters[waiter.descriptor] = waiter;
    this.#count++;
    return true;
  }

  /** Waits for other things than before; 0 waits for nothing. 0 or an error. */
  await(waiter: Waiter, before: number, flags: number): number {
    if (before === flags || this.#open === undefined) return 0;
    this.#events.compose(flags, waiter.descriptor, waiter.number);
    const what = before === 0 ? "add" : flags === 0 ? "remove" : "change";
    return this.calls.control(this.#open.descriptor, what, waiter.descriptor, this.#events.composed);
  }

  /** Closes the descriptor of somebody who waits no more. */
  leave(waiter: Waiter): void {
    this.#waiters[waiter.descriptor] = undefined;
    this.#count--;
    // The only descriptor of its kind: with it, what was waited for is gone.
    this.calls.libc.closeDescriptor(waiter.descriptor);
    if (this.#count === 0 && !this.#isTurn) this.#end();
  }

  /** Has the end of a link told with others of this turn. */
  tellLater(link: Ended): void {
    if (this.#ended.push(link) === 1 && !this.#isTurn) process.nextTick(() => this.#tellEnded());
  }

  /** Whether this turn has lasted long enough. */
  get isLate(): boolean {
    return performance.now() > this.#lateAt;
  }

  #begin(): boolean {
    const descriptor = this.calls.createPoll();
    if (descriptor < 0) return false;
    this.#open = { descriptor, watch: this.calls.libc.watch(descriptor, () => this.#wake()) };
    return true;
  }

  #end(): void {
    this.#open?.watch.close();
    if (this.#open !== undefined) this.calls.libc.closeDescriptor(this.#open.descriptor);
    this.#open = undefined;
  }

  /** What is due after Node's turns, and what is thrown in them, is not seen to here: so a turn follows. */
  #wake(): void {
    try {
      if (this.#turn()) setImmediate(NOTHING);
    } catch (error) {
      setImmediate(() => {
        throw error;
      });
    }
  }

  #turn(): boolean {
    if (this.#open === undefined) return false;
    const events = this.#events;
    const count = this.calls.poll(this.#open.descriptor, events.address, EVENTS_MAX);
    if (count <= 0) return false;
    this.#isTurn = true;
    this.#lateAt = performance.now() + TURN_MILLIS;
    try {
      for (let event = 0; event < count; event++) {
        if (event % EVENTS_BETWEEN_LOOKS === EVENTS_BETWEEN_LOOKS - 1 && this.isLate) break;
        const waiter = this.#waiters[events.descriptorOf(event)];
        // Who waits there now may be somebody else.
        if (waiter?.number === events.numberOf(event)) waiter.ready(events.flagsOf(event));
      }
    } finally {
      this.#isTurn = false;
      this.#tellEnded();
      if (this.#count === 0) this.#end();
    }
    return true;
  }

  #tellEnded(): void {
    [this.#told, this.#ended] = [this.#ended, this.#told];
    for (const link of this.#told) link.tellEnd();
    this.#told.length = 0;
  }
}

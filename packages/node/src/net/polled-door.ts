/**
 * A listening descriptor of our own, whose connections become links without Node.
 * @module
 */
import { INTERRUPTED, WOULD_BLOCK } from "./libc.ts";
import type { LinkKeeper } from "./link.ts";
import { PolledLink } from "./polled-link.ts";
import { EXHAUSTED, READABLE } from "./stream-calls.ts";
import type { StreamPoll, Waiter } from "./stream-poll.ts";

/** Connections taken in one turn; those that are left are served in the next. */
const ACCEPTED_MAX = 64;
/** Milliseconds without a look where the system has no more descriptors to give. Who knocks waits in its queue. */
const REST_MILLIS = 100;

export class PolledDoor implements Waiter {
  number = 0;
  readonly descriptor: number;
  readonly #poll: StreamPoll;
  readonly #keeper: LinkKeeper;
  readonly #begin: (link: PolledLink) => void;
  #isOpen = true;
  #rest: NodeJS.Timeout | undefined;

  /** `begin` hears of each connection. The descriptor is the door's now; `undefined` where it cannot be waited for, and it is closed. */
  static open(descriptor: number, poll: StreamPoll, keeper: LinkKeeper, begin: (link: PolledLink) => void): PolledDoor | undefined {
    // One answer after another would wait for the other side's receipt.
    poll.calls.setNoDelay(descriptor);
    const door = new PolledDoor(descriptor, poll, keeper, begin);
    if (!poll.join(door)) {
      poll.calls.libc.closeDescriptor(descriptor);
      return undefined;
    }
    if (poll.await(door, 0, READABLE) === 0) return door;
    poll.leave(door);
    return undefined;
  }

  private constructor(descriptor: number, poll: StreamPoll, keeper: LinkKeeper, begin: (link: PolledLink) => void) {
    this.descriptor = descriptor;
    this.#poll = poll;
    this.#keeper = keeper;
    this.#begin = begin;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    clearTimeout(this.#rest);
    this.#poll.leave(this);
  }

  ready(): void {
    const { calls, name } = this.#poll;
    for (let taken = 0; taken < ACCEPTED_MAX && this.#isOpen && !(taken > 0 && this.#poll.isLate); taken++) {
      name.clear();
      const descriptor = calls.accept(this.descriptor, name.address, name.lengthAddress);
      if (descriptor >= 0) this.#take(descriptor);
      else if (descriptor === WOULD_BLOCK || descriptor === INTERRUPTED) return;
      else if (EXHAUSTED.has(descriptor)) return this.#pause();
      // Anything else is a connection that ended before it was taken: accept(2).
    }
  }

  #take(descriptor: number): void {
    const remote = this.#poll.name.endpoint();
    if (remote === undefined) return this.#poll.calls.libc.closeDescriptor(descriptor);
    const link = new PolledLink(descriptor, remote, this.#poll, this.#keeper);
    this.#poll.join(link);
    this.#begin(link);
  }

  #pause(): void {
    this.#poll.await(this, READABLE, 0);
    this.#rest = setTimeout(() => this.#poll.await(this, 0, READABLE), REST_MILLIS);
  }
}

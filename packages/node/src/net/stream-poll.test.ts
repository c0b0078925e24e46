import { describe, expect, it } from "vitest";
import type { Libc } from "./libc.ts";
import type { StreamCalls } from "./stream-calls.ts";
import { StreamPoll, type Waiter } from "./stream-poll.ts";

/** Flags of an event that something can be read. */
const READABLE = 1;
/** The layout of the events is event-table.test.ts's to test. */
const WORDS = process.arch === "x64" ? { event: 3, data: 1 } : { event: 4, data: 2 };

/** A system in which everybody who was added is always ready, oldest first. */
class Ready {
  readonly added: { readonly descriptor: number; readonly number: number }[] = [];
  readonly closed: number[] = [];
  wake: () => void = () => undefined;
  isWatched = false;
  #tables: Uint32Array[] = [];
  /** Who was reported first last time goes last, as in the kernel. */
  #turned = 0;

  readonly calls = {
    libc: {
      addressOf: (memory: Uint8Array<ArrayBuffer>) => {
        this.#tables.push(new Uint32Array(memory.buffer));
        return BigInt(this.#tables.length);
      },
      watch: (_descriptor: number, wake: () => void) => {
        this.wake = wake;
        this.isWatched = true;
        return {
          close: () => {
            this.isWatched = false;
          },
        };
      },
      closeDescriptor: (descriptor: number) => void this.closed.push(descriptor),
    } as unknown as Libc,
    createPoll: () => 3,
    control: (_poll: number, what: string, descriptor: number) => {
      const table = this.#tables[1] as Uint32Array;
      if (what === "add") this.added.push({ descriptor, number: table[128 * WORDS.event + WORDS.data + 1] as number });
      return 0;
    },
    poll: (_poll: number, _events: bigint, count: number) => {
      const table = this.#tables[1] as Uint32Array;
      const reported = Math.min(count, this.added.length);
      for (let event = 0; event < reported; event++) {
        const { descriptor, number } = this.added[(this.#turned + event) % this.added.length] as { descriptor: number; number: number };
        table.set([READABLE], event * WORDS.event);
        table.set([descriptor, number], event * WORDS.event + WORDS.data);
      }
      this.#turned += reported;
      return reported;
    },
  } as unknown as StreamCalls;
}

function waiterAt(descriptor: number, ready: () => void): Waiter {
  return { descriptor, number: 0, ready };
}

describe("StreamPoll", () => {
  it("serves 128 a turn at most, and ends a turn after four milliseconds", () => {
    const system = new Ready();
    const poll = new StreamPoll(system.calls);
    let served = 0;
    let work = (): void => undefined;
    for (let descriptor = 10; descriptor < 210; descriptor++) {
      const waiter = waiterAt(descriptor, () => {
        served++;
        work();
      });
      poll.join(waiter);
      poll.await(waiter, 0, READABLE);
    }
    system.wake();
    expect(served).toBeLessThanOrEqual(128);
    served = 0;
    // Work that lasts longer than any turn.
    work = () => {
      const until = performance.now() + 5;
      while (performance.now() < until);
    };
    system.wake();
    // Looked at after every eight.
    expect(served).toBeLessThanOrEqual(8);
  });

  it("calls nobody for an event of whoever had the descriptor before", () => {
    const system = new Ready();
    const poll = new StreamPoll(system.calls);
    const heard: string[] = [];
    const first = waiterAt(10, () => heard.push("first"));
    const keeps = waiterAt(11, () => heard.push("keeps"));
    for (const waiter of [first, keeps]) {
      poll.join(waiter);
      poll.await(waiter, 0, READABLE);
    }
    poll.leave(first);
    poll.join(waiterAt(10, () => heard.push("second")));
    system.wake();
    expect(heard).toEqual(["keeps"]);
  });

  it("is watched while somebody waits, and ends with the last one, in a turn as well", () => {
    const system = new Ready();
    const poll = new StreamPoll(system.calls);
    for (let round = 0; round < 2; round++) {
      const waiter = waiterAt(10, () => poll.leave(waiter));
      expect(system.isWatched).toBe(false);
      poll.join(waiter);
      poll.await(waiter, 0, READABLE);
      expect(system.isWatched).toBe(true);
      system.wake();
      expect(system.isWatched).toBe(false);
      expect(system.closed.splice(0)).toEqual([10, 3]);
      system.added.length = 0;
    }
  });
});

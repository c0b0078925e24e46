/**
 * A thread that sends batches of datagrams for this one, so that another core has the way through the system, half of what an answer costs.
 *
 * What it gets are numbers: a descriptor, and where messages lie in memory that stays ours (datagram-table.ts), as jobs in a ring that both threads
 * see. The memory is not touched here until its job is done.
 * @module
 */
import { Worker } from "node:worker_threads";
import { senderUrl } from "./sender-url.ts";
import { FINISHED, IS_READY, JOB, JOB_COUNT, RING_BYTES, SUBMITTED, WAITING, wordOf } from "./sending-ring.ts";

/** Milliseconds that closing a socket waits for what is being sent on it; the thread needs thousandths of one. */
const PATIENCE_MILLIS = 1000;

/** A job, by its number. */
export type Job = number;

export class SendingThread {
  readonly #ring = new Int32Array(new SharedArrayBuffer(RING_BYTES));
  readonly #worker: Worker;
  #isGone = false;

  constructor() {
    this.#worker = new Worker(senderUrl(), { workerData: this.#ring, execArgv: [], name: "datagrams" });
    this.#worker.unref();
    const gone = (): void => {
      this.#isGone = true;
    };
    // Without it everybody sends for themselves.
    this.#worker.once("error", gone);
    this.#worker.once("exit", gone);
  }

  /** Takes `count` messages of a table to be sent; `undefined` where it has enough to do, or is not there. Hot. */
  submit(descriptor: number, messages: bigint, count: number): Job | undefined {
    const ring = this.#ring;
    const job = ring[SUBMITTED] as number;
    if (this.#isGone || ring[IS_READY] === 0 || ((job - Atomics.load(ring, FINISHED)) | 0) >= JOB_COUNT) return undefined;
    const at = wordOf(job);
    ring[at + JOB.descriptor] = descriptor;
    ring[at + JOB.count] = count;
    ring[at + JOB.low] = Number(BigInt.asIntN(32, messages));
    ring[at + JOB.high] = Number(BigInt.asIntN(32, messages >> 32n));
    Atomics.store(ring, SUBMITTED, (job + 1) | 0);
    if (Atomics.load(ring, WAITING) === 1) Atomics.notify(ring, SUBMITTED, 1);
    return job;
  }

  /** Whether a job is done, or will never be. Hot. */
  isDone(job: Job): boolean {
    return this.#isGone || ((Atomics.load(this.#ring, FINISHED) - job) | 0) > 0;
  }

  /** Waits until a job is done; false where it is not after a second, and then its memory and its descriptor are still in use. */
  settle(job: Job): boolean {
    const giveUpAt = performance.now() + PATIENCE_MILLIS;
    while (!this.isDone(job) && performance.now() < giveUpAt) Atomics.wait(this.#ring, FINISHED, job, 1);
    return this.isDone(job);
  }

  async close(): Promise<void> {
    this.#isGone = true;
    await this.#worker.terminate();
  }
}

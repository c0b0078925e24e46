/**
 * Worker threads as the main thread sees them: jobs go out in batches, answers come back by number.
 * @module
 */
import type { Worker } from "node:worker_threads";
import { HostError } from "@bittern/protocol/base";
import type { Answers, Batch, HashJob, IoJob, PlainFault, Replies } from "./jobs.ts";
import { beginThread, takeEarly } from "./thread.ts";
import type { WorkerRole } from "./worker.ts";

/** Batches under way at a worker: one it works on, one it finds when it is done. */
const BATCHES_MAX = 2;
/** Jobs of one batch; what comes meanwhile waits for the next one. */
const JOBS_MAX = 16;
/** Bytes of the buffers in one batch, at least one job. */
const BATCH_LENGTH_MAX = 2 * 1024 * 1024;

type Job = IoJob | HashJob;
/** The answer to a job, or that its worker died: then what was given to it is lost. */
export type Heard<Kind extends Job> = (answer: Answers[Kind["op"]] | HostError) => void;

interface Asked {
  readonly job: Job;
  readonly heard: (answer: never) => void;
}

/** One thread, started at the first job. It keeps the process alive only while it works. */
export class WorkerThread {
  readonly #url: URL;
  readonly #role: WorkerRole;
  #worker: Worker | undefined;
  readonly #waiting: Asked[] = [];
  readonly #asked = new Map<number, Asked>();
  #lastId = 0;
  #batchCount = 0;
  #onIdle: (() => void)[] = [];

  constructor(url: URL, role: WorkerRole) {
    this.#url = url;
    this.#role = role;
  }

  /** Jobs not answered yet. */
  get load(): number {
    return this.#waiting.length + this.#asked.size;
  }

  ask<Kind extends Job>(job: Kind, heard: Heard<Kind>): void {
    this.#waiting.push({ job, heard });
    this.#flush();
  }

  /** Starts the thread before its first job comes: it takes a while to begin. */
  start(): void {
    this.#started();
    if (this.load === 0) this.#worker?.unref();
  }

  /** Waits for the answers that are due. */
  async idle(): Promise<void> {
    if (this.load > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  /** Waits for the answers that are due, then ends the thread. */
  async close(): Promise<void> {
    await this.idle();
    await this.end();
  }

  /** Ends the thread where it stands; the next job starts another one. */
  async end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #flush(): void {
    while (this.#batchCount < BATCHES_MAX && this.#waiting.length > 0) {
      const ids: number[] = [];
      const jobs: Job[] = [];
      const transferred: ArrayBuffer[] = [];
      for (let length = 0; jobs.length < JOBS_MAX && length < BATCH_LENGTH_MAX; ) {
        const asked = this.#waiting.shift();
        if (asked === undefined) break;
        ids.push(++this.#lastId);
        jobs.push(asked.job);
        this.#asked.set(this.#lastId, asked);
        if (asked.job.op !== "store-piece" && asked.job.op !== "read") continue;
        transferred.push(asked.job.buffer);
        length += asked.job.buffer.byteLength;
      }
      this.#batchCount++;
      const batch: Batch = { ids, jobs };
      this.#started().postMessage(batch, transferred);
    }
  }

  #started(): Worker {
    if (this.#worker === undefined) {
      const worker = takeEarly(this.#url, this.#role) ?? beginThread(this.#url, this.#role);
      worker.on("message", (replies: Replies) => this.#heard(replies));
      worker.on("error", (error) => this.#died(worker, error));
      worker.on("exit", () => this.#died(worker, undefined));
      this.#worker = worker;
    }
    this.#worker.ref();
    return this.#worker;
  }

  #heard({ ids, answers, isBatchEnd }: Replies): void {
    if (isBatchEnd) this.#batchCount--;
    this.#flush();
    for (const [at, id] of ids.entries()) {
      const asked = this.#asked.get(id);
      this.#asked.delete(id);
      asked?.heard(answers[at] as never);
    }
    this.#rest();
  }

  #rest(): void {
    if (this.load > 0) return;
    this.#worker?.unref();
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  /** A bug, or no memory: what was asked fails, and the next job starts a new thread. */
  #died(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#batchCount = 0;
    const lost = [...this.#asked.values()];
    this.#asked.clear();
    const fault = new HostError("IO", `the ${this.#role} worker ended`, { cause: error });
    for (const { heard } of lost) heard(fault as never);
    this.#flush();
    this.#rest();
  }
}

/** Several threads that do the same; a job goes to the one with the least to do. */
export class WorkerPool {
  readonly #threads: readonly WorkerThread[];
  readonly #restMillis: number;
  #restTimer: NodeJS.Timeout | undefined;

  /** Threads with nothing to do end after `restMillis`. */
  constructor(url: URL, role: WorkerRole, count: number, restMillis: number) {
    this.#threads = Array.from({ length: count }, () => new WorkerThread(url, role));
    this.#restMillis = restMillis;
  }

  get count(): number {
    return this.#threads.length;
  }

  ask<Kind extends Job>(job: Kind, heard: Heard<Kind>): void {
    let idlest = this.#threads[0] as WorkerThread;
    for (const thread of this.#threads) if (thread.load < idlest.load) idlest = thread;
    clearTimeout(this.#restTimer);
    idlest.ask(job, (answer) => {
      heard(answer);
      if (this.#threads.every(({ load }) => load === 0)) this.#rest();
    });
  }

  /** Starts the threads before their first jobs come. */
  start(): void {
    for (const thread of this.#threads) thread.start();
    this.#rest();
  }

  async close(): Promise<void> {
    clearTimeout(this.#restTimer);
    await Promise.all(this.#threads.map((thread) => thread.close()));
    clearTimeout(this.#restTimer);
  }

  #rest(): void {
    clearTimeout(this.#restTimer);
    this.#restTimer = setTimeout(() => {
      if (this.#threads.every(({ load }) => load === 0)) for (const thread of this.#threads) void thread.end();
    }, this.#restMillis);
    this.#restTimer.unref();
  }
}

/** True for what a worker says when the disk refused. */
export function isFault(answer: unknown): answer is PlainFault {
  return typeof answer === "object" && answer !== null && "fault" in answer;
}

/** The error a worker's answer stands for; `undefined` when it is none. */
export function faultOf(answer: unknown): HostError | undefined {
  if (answer instanceof HostError) return answer;
  return isFault(answer) ? new HostError(answer.fault, answer.message) : undefined;
}

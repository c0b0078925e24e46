/**
 * Files on this machine: opens stores and holds what they share (threads, open files, memory for reads).
 * @module
 */
import { stat } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Done, Storage, Store, StorePlan } from "@bittern/host";
import { HostError } from "@bittern/protocol/base";
import type { OpenedStore, OpenStoreJob } from "./jobs.ts";
import { Layout, pieceCountOf } from "./layout.ts";
import { OpenFiles } from "./open-files.ts";
import { partsPathOf } from "./parts-file.ts";
import { faultOf, WorkerPool, WorkerThread } from "./pool.ts";
import { ScratchPool } from "./scratch.ts";
import { StampBook, stampAt } from "./stamps.ts";
import { NodeStore } from "./store.ts";

/** Files kept open for reading: half of the 128 this host allows itself, the worker has the other half. */
const OPEN_FILES_MAX = 64;
/** Bytes of reads not released yet; then reads wait. */
const LENT_MAX = 64 * 1024 * 1024;
/** Bytes kept for the next reads. */
const IDLE_MAX = 16 * 1024 * 1024;
/** Milliseconds after which idle hash workers end. */
const REST_MILLIS = 10_000;

export interface StorageOptions {
  /** Where parts files go, in a folder of their own; beside the data when absent. */
  readonly stateDir: string | undefined;
  readonly ioWorkers: number | undefined;
  readonly hashWorkers: number | undefined;
  readonly workerUrl: URL;
}

export class NodeStorage implements Storage {
  readonly #workers: readonly WorkerThread[];
  readonly #hashers: WorkerPool;
  readonly #files = new OpenFiles(OPEN_FILES_MAX);
  readonly #scratch = new ScratchPool(LENT_MAX, IDLE_MAX);
  readonly #stateDir: string | undefined;
  #lastStore = 0;
  #isClosing = false;

  constructor({ stateDir, ioWorkers, hashWorkers, workerUrl }: StorageOptions) {
    this.#stateDir = stateDir;
    this.#workers = Array.from({ length: ioWorkers ?? 1 }, () => new WorkerThread(workerUrl, "io"));
    this.#hashers = new WorkerPool(workerUrl, "hash", hashWorkers ?? availableParallelism(), REST_MILLIS);
  }

  /** A store will be opened soon: threads begin while the program does other things. */
  prepare({ willVerify = false }: { readonly willVerify?: boolean } = {}): void {
    this.#workers[(this.#lastStore + 1) % this.#workers.length]?.start();
    if (willVerify) this.#hashers.start();
  }

  open(plan: StorePlan, done: Done<Store>): void {
    if (!/^[A-Za-z0-9][A-Za-z0-9.-]{0,200}$/.test(plan.partsKey)) {
      return done(new HostError("FILE_UNSAFE", `${JSON.stringify(plan.partsKey)} names no parts file`));
    }
    const store = ++this.#lastStore;
    // A store stays with one worker, which does its jobs in order.
    const worker = this.#workers[store % this.#workers.length] as WorkerThread;
    const job = this.#openJob(store, plan);
    if (plan.willVerify === true) this.#startHashersFor(plan);
    worker.ask(job, (answer) => {
      const fault = faultOf(answer);
      if (fault !== undefined) return done(fault);
      const { stamps, rootIdentity, slots } = answer as OpenedStore;
      const isFound = (file: number): boolean => stampAt(stamps, file) !== undefined;
      // What rested in the parts file when another choice held is there still: first as unwanted, then handed over.
      const hasRest = slots.length > 0 && plan.wanted.some((isWanted, file) => isWanted && !isFound(file));
      const found = hasRest ? { ...plan, wanted: plan.wanted.map((isWanted, file) => isWanted && isFound(file)) } : plan;
      const layout = new Layout(found, isFound, job.partsPath, slots);
      const means = { worker, hashers: this.#hashers, files: this.#files, scratch: this.#scratch, partsRoot: this.#stateDir };
      const opened = new NodeStore(store, means, layout, new StampBook(job.paths, stamps, rootIdentity));
      if (!hasRest || plan.readOnly) return done(opened);
      opened.select(plan.wanted, (refusal) => {
        if (refusal === undefined) return done(opened);
        opened.close(() => done(refusal));
      });
    });
  }

  /** Where data lies they will be asked in a moment; where none does, never. */
  #startHashersFor({ root, files }: StorePlan): void {
    const first = files.find(({ isPad }) => !isPad);
    if (first === undefined) return;
    stat(join(root, ...first.path), (missing) => {
      if (missing === null && !this.#isClosing) this.#hashers.start();
    });
  }

  /** Waits for what was asked, closes what is open, then ends the threads. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all(this.#workers.map((worker) => worker.idle()));
    this.#files.drop();
    if (this.#lastStore > 0) for (const worker of this.#workers) worker.ask({ op: "close-stores" }, () => undefined);
    await Promise.all([...this.#workers.map((worker) => worker.close()), this.#hashers.close()]);
  }

  #openJob(store: number, plan: StorePlan): OpenStoreJob {
    const { root, readOnly, pieceLength, partsKey } = plan;
    return {
      op: "open-store",
      store,
      root,
      readOnly,
      partsRoot: this.#stateDir ?? root,
      partsPath: partsPathOf(partsKey, this.#stateDir),
      arePartsBeside: this.#stateDir === undefined,
      pieceLength,
      pieceCount: pieceCountOf(plan),
      paths: plan.files.map(({ path, isPad }) => (isPad ? "" : path.join("/"))),
      lastIdentity: plan.lastIdentity,
    };
  }
}

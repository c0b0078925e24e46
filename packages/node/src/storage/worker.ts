/**
 * A thread of the Node host. Its work is named when it is started: "io" keeps files for writing, "hash" verifies what lies
 * there, "create" hashes its share of a new torrent and ends.
 * Jobs come in batches; what is answered at once is answered together.
 * @module
 */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { assert } from "@bittern/protocol/base";
import type { HashJob as CreationJob } from "../creation/hash-job.ts";
import { hashPieces } from "../creation/hash-pieces.ts";
import { doHashJob } from "./hash-jobs.ts";
import { IoJobs } from "./io-jobs.ts";
import type { Batch, HashJob, IoJob, Replies } from "./jobs.ts";

/** What a thread is for. */
export type WorkerRole = "io" | "hash";

/** What a thread is started with. */
export type WorkerData = { readonly role: WorkerRole } | { readonly role: "create"; readonly job: CreationJob };

const port = parentPort as MessagePort;
assert(parentPort !== null, "this module runs in a worker thread");
begin(workerData as WorkerData);

function begin(data: WorkerData): void {
  if (data.role === "create") {
    port.postMessage(hashPieces(data.job));
    return;
  }
  const ioJobs = new IoJobs();
  const answer =
    data.role === "io" ? (job: IoJob | HashJob) => ioJobs.do(job as IoJob) : (job: IoJob | HashJob) => doHashJob(job as HashJob);
  port.on("message", (batch: Batch) => doBatch(batch, answer));
}

function doBatch({ ids, jobs }: Batch, answer: (job: IoJob | HashJob) => unknown): void {
  const answeredIds: number[] = [];
  const answers: unknown[] = [];
  for (const [at, job] of jobs.entries()) {
    const id = ids[at] as number;
    const given = answer(job);
    if (given instanceof Promise) {
      void given.then((late: unknown) => post({ ids: [id], answers: [late], isBatchEnd: false }));
    } else {
      answeredIds.push(id);
      answers.push(given);
    }
  }
  post({ ids: answeredIds, answers, isBatchEnd: true });
}

/** Buffers of pieces go back to where they came from, and what was read goes along. */
function post(replies: Replies): void {
  const transferred: ArrayBuffer[] = [];
  for (const given of replies.answers) {
    if (given instanceof ArrayBuffer) transferred.push(given);
    else if (typeof given === "object" && given !== null && "buffer" in given && given.buffer instanceof ArrayBuffer)
      transferred.push(given.buffer);
  }
  port.postMessage(replies, transferred);
}

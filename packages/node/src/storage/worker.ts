/**
 * A thread of the Node host. Its work is named when it is started: "io" keeps files for writing, "hash" reads and hashes.
 * Jobs come in batches; what is answered at once is answered together.
 * @module
 */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { assert } from "@bittern/protocol/base";
import { verifyPieces } from "./hash-jobs.ts";
import { IoJobs } from "./io-jobs.ts";
import type { Batch, IoJob, Replies, VerifyJob } from "./jobs.ts";

/** What a thread is for. */
export type WorkerRole = "io" | "hash";

const port = parentPort as MessagePort;
assert(parentPort !== null, "this module runs in a worker thread");

const ioJobs = new IoJobs();
const answer: (job: IoJob | VerifyJob) => unknown =
  (workerData as { readonly role: WorkerRole }).role === "io" ? (job) => ioJobs.do(job as IoJob) : (job) => verifyPieces(job as VerifyJob);

port.on("message", ({ ids, jobs }: Batch) => {
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
});

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

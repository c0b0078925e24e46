import { HostError } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import type { CloseStoreJob, StorePieceJob } from "./jobs.ts";
import { WorkerPool, WorkerThread } from "./pool.ts";
import { beginStorageThread } from "./thread.ts";

/** A worker that answers each job with its store number, in batches as they came, and dies of store 13. */
const ECHO = script(`
  port.on("message", ({ ids, jobs }) => {
    if (jobs.some((job) => job.store === 13)) throw new Error("unlucky");
    port.postMessage({ ids, answers: jobs.map((job) => ({ store: job.store, batch: jobs.length })), isBatchEnd: true });
  });
`);

function script(body: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(`import { parentPort as port } from "node:worker_threads"; ${body}`)}`);
}

interface Echo {
  readonly store: number;
  readonly batch: number;
}

const job = (store: number): CloseStoreJob => ({ op: "close-store", store });
const askEcho = (thread: WorkerThread | WorkerPool, store: number): Promise<Echo | HostError> =>
  new Promise((resolve) => thread.ask(job(store), (answer) => resolve(answer as unknown as Echo | HostError)));

describe("WorkerThread", () => {
  it("answers every job, and sends what queues up together", async () => {
    const thread = new WorkerThread(ECHO, "io");
    const answers = await Promise.all(Array.from({ length: 40 }, (_, store) => askEcho(thread, store + 100)));
    expect(answers.map((answer) => (answer as Echo).store)).toEqual(Array.from({ length: 40 }, (_, store) => store + 100));
    const batches = answers.map((answer) => (answer as Echo).batch);
    expect(batches.slice(0, 2)).toEqual([1, 1]);
    expect(Math.max(...batches)).toBe(16);
    expect(thread.load).toBe(0);
    await thread.close();
  });

  it("fails what a dying thread was asked, and goes on with a new one", async () => {
    const thread = new WorkerThread(ECHO, "io");
    // One after the other: an answer that the thread gave just before its death may come after the news of it.
    expect(await askEcho(thread, 1)).toEqual({ store: 1, batch: 1 });
    expect(await askEcho(thread, 13)).toBeInstanceOf(HostError);
    expect(await askEcho(thread, 2)).toEqual({ store: 2, batch: 1 });
    await thread.close();
  });

  it("gives the buffer away and hears of its loss", async () => {
    const thread = new WorkerThread(ECHO, "io");
    const buffer = new ArrayBuffer(100);
    const stretch = { files: [], triples: [] };
    const piece: StorePieceJob = { op: "store-piece", store: 13, buffer, byteLength: 100, expected: undefined, stretch, slots: [] };
    const answer = await new Promise((resolve) => thread.ask(piece, resolve));
    expect(buffer.byteLength).toBe(0);
    expect(answer).toMatchObject({ code: "IO" });
    await thread.close();
  });

  it("waits for answers before it ends", async () => {
    const thread = new WorkerThread(ECHO, "io");
    const answers = [askEcho(thread, 1), askEcho(thread, 2), askEcho(thread, 3)];
    await thread.close();
    expect(await Promise.all(answers)).toHaveLength(3);
    expect(thread.load).toBe(0);
  });
});

describe("beginStorageThread", () => {
  it("begins a thread for the first who writes, and for nobody else", async () => {
    const whoAmI = script(`
      import { threadId, workerData } from "node:worker_threads";
      port.on("message", ({ ids }) => port.postMessage({ ids, answers: [workerData.role + threadId], isBatchEnd: true }));
    `);
    const ask = (thread: WorkerThread): Promise<unknown> => new Promise((resolve) => thread.ask(job(1), resolve));
    const [hasher, first, second] = [new WorkerThread(whoAmI, "hash"), new WorkerThread(whoAmI, "io"), new WorkerThread(whoAmI, "io")];
    beginStorageThread(whoAmI);
    beginStorageThread(whoAmI);
    const ids = [await ask(hasher), await ask(second), await ask(first)].map((name) => /^(hash|io)(\d+)$/.exec(String(name)));
    expect(ids.map((id) => id?.[1])).toEqual(["hash", "io", "io"]);
    const [ofHasher, ofSecond, ofFirst] = ids.map((id) => Number(id?.[2]));
    // Threads are numbered as they begin.
    expect(ofSecond).toBeLessThan(ofHasher as number);
    expect(ofFirst).toBeGreaterThan(ofHasher as number);
    await Promise.all([hasher.close(), first.close(), second.close()]);
  });
});

describe("WorkerPool", () => {
  it("spreads jobs, and ends threads that have nothing to do", async () => {
    const whoAmI = script(`
      import { threadId } from "node:worker_threads";
      port.on("message", ({ ids, jobs }) => port.postMessage({ ids, answers: jobs.map(() => ({ store: threadId, batch: 1 })), isBatchEnd: true }));
    `);
    const pool = new WorkerPool(whoAmI, "hash", 2, 1);
    const threads = async (): Promise<Set<number>> => {
      const answers = await Promise.all(Array.from({ length: 10 }, (_, at) => askEcho(pool, at)));
      return new Set(answers.map((answer) => (answer as Echo).store));
    };
    const before = await threads();
    expect(before.size).toBe(2);
    await expect.poll(async () => [...(await threads())].every((thread) => !before.has(thread))).toBe(true);
    await pool.close();
  });
});

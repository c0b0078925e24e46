/**
 * How a worker thread begins; and the one that begins before anybody has a use for it. This module needs hardly anything, so that it can
 * be the first that a program evaluates.
 * @module
 */
import { Worker } from "node:worker_threads";
import type { WorkerRole } from "./worker.ts";
import { workerUrl } from "./worker-url.ts";

export function beginThread(url: URL, role: WorkerRole): Worker {
  return new Worker(url, {
    name: `bittern ${role}`,
    workerData: { role },
    // Descriptors opened there are lent to the main thread, which may still read from one when a worker dies.
    trackUnmanagedFds: false,
    // Compiled code resolves compiled packages, whatever conditions this process was started with.
    execArgv: [],
  });
}

/** Begun before anybody had a use for it, and waiting for its first job. */
let early: { readonly worker: Worker; readonly url: string } | undefined;

/**
 * Begins the thread that a session's storage will take: a thread needs a while, in which this one may load the rest of the program. Once
 * more does no harm; a thread that nobody takes does not keep the process alive.
 */
export function beginStorageThread(url: URL = workerUrl()): void {
  if (early !== undefined) return;
  const worker = beginThread(url, "io");
  worker.unref();
  worker.once("error", forgetEarly);
  early = { worker, url: url.href };
}

/** It failed before anybody took it: who needs one begins another, and hears what is wrong with that. */
function forgetEarly(): void {
  early = undefined;
}

export function takeEarly(url: URL, role: WorkerRole): Worker | undefined {
  if (early === undefined || role !== "io" || early.url !== url.href) return undefined;
  const { worker } = early;
  early = undefined;
  worker.off("error", forgetEarly);
  return worker;
}

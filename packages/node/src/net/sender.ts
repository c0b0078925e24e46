/**
 * The program of a thread that sends batches of datagrams, see sending-thread.ts. It sleeps when there is nothing to do, and knows no
 * events: whoever wants it to end ends it.
 * @module
 */
import { workerData } from "node:worker_threads";
import { HEADER_LENGTH } from "./datagram-table.ts";
import { INTERRUPTED, type Libc, loadLibc, NO_BUFFER, WOULD_BLOCK } from "./libc.ts";
import { FINISHED, IS_READY, JOB, SUBMITTED, WAITING, wordOf } from "./sending-ring.ts";

/** Milliseconds between two tries where the network takes nothing, and tries after which it is the datagrams that are lost. */
const PAUSE_MILLIS = 1;
const TRIES_MAX = 20;

const ring = workerData as Int32Array;
const libc = await loadLibc();
if (libc !== undefined) {
  Atomics.store(ring, IS_READY, 1);
  for (;;) work(libc, ring[FINISHED] as number);
}

function work(library: Libc, job: number): void {
  if (Atomics.load(ring, SUBMITTED) === job) {
    // Whoever submits between these two lines changes what is waited for.
    Atomics.store(ring, WAITING, 1);
    Atomics.wait(ring, SUBMITTED, job);
    Atomics.store(ring, WAITING, 0);
    return;
  }
  const at = wordOf(job);
  const address = BigInt.asUintN(32, BigInt(ring[at + JOB.low] as number)) | (BigInt(ring[at + JOB.high] as number) << 32n);
  send(library, ring[at + JOB.descriptor] as number, address, ring[at + JOB.count] as number);
  Atomics.store(ring, FINISHED, (job + 1) | 0);
  Atomics.notify(ring, FINISHED);
}

function send(library: Libc, descriptor: number, messages: bigint, count: number): void {
  let tries = 0;
  for (let sent = 0; sent < count; ) {
    const outcome = library.sendMany(descriptor, messages + BigInt(sent * HEADER_LENGTH), count - sent);
    if (outcome > 0) sent += outcome;
    else if (outcome === WOULD_BLOCK || outcome === NO_BUFFER) {
      if (++tries > TRIES_MAX) return;
      // Nobody tells.
      Atomics.wait(ring, IS_READY, 1, PAUSE_MILLIS);
    } else if (outcome !== INTERRUPTED) sent++;
  }
}

/**
 * The way into a node: one rate for all that arrives.
 *
 * No queue is kept here: a segment is told when its last byte will be in, and each stream asks for one segment at a
 * time, which shares a full downlink evenly. Bytes flow through, they are not stored and forwarded: on an idle
 * downlink no slower than the sender's uplink a segment is in the moment its last byte arrives. What is no longer than a packet goes ahead
 * of the blocks of other streams, as it does on the way out (`uplink.ts`); behind those of its own stream it waits like anything else.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";
import { SPARSE_LENGTH } from "./uplink.ts";

export class Downlink {
  /** Bytes per millisecond. */
  #rate: number;
  #busyUntil: Millis = 0;
  /** Bytes that were let in. */
  receivedLength = 0;

  /** `rate` in bytes per second; `Infinity` for no limit. */
  constructor(rate: number) {
    this.#rate = rate / 1000;
  }

  /** Bytes per second. */
  get rate(): number {
    return this.#rate * 1000;
  }

  /** Holds for what is admitted from now on. */
  set rate(rate: number) {
    this.#rate = rate / 1000;
  }

  /** How far behind it is: what is admitted now waits that long. */
  backlogMillis(now: Millis): Millis {
    return Math.max(0, this.#busyUntil - now);
  }

  /** Lets a segment in whose last byte is here; returns when it has passed. Hot. */
  admit(length: number, now: Millis): Millis {
    this.receivedLength += length;
    const earliest = this.#busyUntil + length / this.#rate;
    this.#busyUntil = earliest > now ? earliest : now;
    return length <= SPARSE_LENGTH ? Math.min(this.#busyUntil, now + length / this.#rate) : this.#busyUntil;
  }
}

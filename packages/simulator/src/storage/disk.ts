/**
 * The disk of a node: how long things take, how much fits, and what goes wrong.
 *
 * Operations are served one after the other, each with a fixed delay and at the rate of the disk. Faults come by
 * schedule ("the 17th call"), by chance, or because the disk is full; whoever stores asks here first.
 * @module
 */
import { HostError, type HostErrorCode, type Millis } from "@bittern/protocol/base";
import type { Process } from "../network/process.ts";
import type { SeededRandom } from "../random.ts";
import type { Timeline } from "../timeline.ts";
import { KIND } from "../trace.ts";

export type DiskOperation =
  | "open"
  | "allocate"
  | "select"
  | "write"
  | "read"
  | "verify"
  | "sync"
  | "space"
  | "move"
  | "remove"
  | "close"
  | "record-load"
  | "record-save"
  | "record-erase";

/** What goes wrong from time to time. */
export interface DiskFaults {
  /** Probability that an operation of this kind fails with "IO". */
  readonly failShares: Partial<Readonly<Record<DiskOperation, number>>>;
  /** Probability that a stored piece goes bad later, silently. */
  readonly rotShare: number;
}

export interface DiskSettings {
  /** Bytes per second; `Infinity` for no limit. */
  readonly rate: number;
  /** Each operation takes at least this long. */
  readonly latencyMillis: Millis;
  /** Bytes that fit in. */
  readonly capacity: number;
}

export const DISK_DEFAULTS: DiskSettings = { rate: Infinity, latencyMillis: 0.2, capacity: Infinity };

/** Something for the disk to do. */
export interface Job {
  readonly operation: DiskOperation;
  /** Bytes to move. */
  readonly length: number;
  readonly extraMillis?: Millis;
}

export class Disk {
  /** May be changed at any time. */
  faults: DiskFaults = { failShares: {}, rotShare: 0 };
  latencyMillis: Millis;
  /** Bytes that fit in; raise it and a full disk heals. */
  capacity: number;
  readonly random: SeededRandom;
  readonly #timeline: Timeline;
  readonly #node: number;
  /** Bytes per millisecond. */
  readonly #rate: number;
  /** Faults by number of the call. */
  readonly #scheduled: Map<number, HostErrorCode> = new Map();
  #brokenWith: HostErrorCode | undefined;
  #usedLength = 0;
  #callCount = 0;
  #busyUntil: Millis = 0;

  constructor(timeline: Timeline, node: number, name: string, settings: DiskSettings) {
    this.#timeline = timeline;
    this.#node = node;
    this.#rate = settings.rate / 1000;
    this.latencyMillis = settings.latencyMillis;
    this.capacity = settings.capacity;
    this.random = timeline.random.fork(`disk/${name}`);
  }

  /** Bytes that are taken. */
  get usedLength(): number {
    return this.#usedLength;
  }
  get freeLength(): number {
    return Math.max(0, this.capacity - this.#usedLength);
  }
  /** How many operations were asked for so far. */
  get callCount(): number {
    return this.#callCount;
  }

  /** Milliseconds since 1970 as files are stamped with; it moves with virtual time. */
  get stampMillis(): number {
    return Math.floor(this.#timeline.now);
  }

  /** Lets one call fail: the first has number 1. */
  failCall(number: number, code: HostErrorCode): void {
    this.#scheduled.set(number, code);
  }

  /** Lets every call fail from now on; `undefined` heals. */
  break(code: HostErrorCode | undefined): void {
    this.#brokenWith = code;
  }

  /** Takes room, or says that there is none. */
  take(length: number): HostError | undefined {
    if (length > this.freeLength) return new HostError("DISK_FULL", `${this.freeLength} bytes are free, ${length} are needed`);
    this.#usedLength += length;
    return undefined;
  }

  /** Gives room back. */
  give(length: number): void {
    this.#usedLength -= length;
  }

  /** Lets an operation happen: `done` is told when its turn is over, and of a fault if there was one. */
  perform(process: Process, job: Job, done: (fault: HostError | undefined) => void): void {
    const timeline = this.#timeline;
    const fault = this.#faultOf(job.operation);
    const seconds = this.latencyMillis + (job.extraMillis ?? 0) + job.length / this.#rate;
    this.#busyUntil = Math.max(timeline.now, this.#busyUntil) + (Number.isFinite(this.#rate) ? seconds : 0);
    const readyAt = Number.isFinite(this.#rate) ? this.#busyUntil : timeline.now + seconds;
    timeline.after(readyAt - timeline.now, () => {
      if (!process.isAlive) return;
      timeline.note(KIND.disk, this.#node, fault === undefined ? job.length : -1);
      done(fault);
    });
  }

  #faultOf(operation: DiskOperation): HostError | undefined {
    this.#callCount++;
    const scheduled = this.#scheduled.get(this.#callCount);
    if (this.#brokenWith !== undefined) return new HostError(this.#brokenWith, `the disk is broken (${operation})`);
    if (scheduled !== undefined) return new HostError(scheduled, `call ${this.#callCount} (${operation}) was to fail`);
    if (this.random.chance(this.faults.failShares[operation] ?? 0)) return new HostError("IO", `${operation} failed by chance`);
    return undefined;
  }
}

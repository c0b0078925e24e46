/**
 * Whether a read is answered from memory, so that it may be made on the main thread.
 *
 * A read of what the system has in its cache takes 60 microseconds for 512 KiB; to hand it to another thread and wait for the
 * answer costs several times that (measured: 0.35 against 0.55 CPU seconds per GiB of a seed). But nobody can ask the system
 * whether the cache has it, and a disk that has to look may take long. So only experience counts, and only that of local disks:
 * reads begin on other threads, then one is tried here, and one that was slow sends the next ones back, each time for longer.
 * Slow is what the disk was asked for: on a busy machine the thread may lose its core in the middle of a read from memory, and a
 * read on another thread would then wait for a core twice (measured with libtorrent on the other side: 1.6 ms a mebibyte).
 * @module
 */
import { statfs } from "node:fs";
import type { Millis } from "@bittern/protocol/base";

/** Milliseconds. Longer than any read from memory, and hardly longer than one the disk answers without moving. */
const SLOW_MILLIS: Millis = 2;
/** The same for a read during which nobody here asked a disk: it may have waited for what was asked for before, or for a core. */
const SLOW_FROM_MEMORY_MILLIS: Millis = 50;
/** Milliseconds for which the count of what was asked of disks is not asked for again: a question takes 3 microseconds and more, as long as a tenth of a read. */
const COUNT_MILLIS: Millis = 20;
/** Milliseconds without a read after which a disk may have gone to sleep. */
const SLEEP_MILLIS: Millis = 5_000;
/** Reads on other threads before one is tried here: first, and at most after each slow one. */
const TRIAL_FIRST = 8;
const TRIAL_MAX = 8_192;

/** `f_type` on Linux of file systems that never wait for a network or for a program: ext, xfs, btrfs, f2fs, zfs, bcachefs, tmpfs, overlay. */
const LOCAL_TYPES: ReadonlySet<number> = new Set([
  0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x2fc12fc1, 0xca451a4e, 0x01021994, 0x794c7630,
]);

export class ReadPace {
  readonly #blocksRead: () => number;
  /** Reads to be made on other threads before the next trial; endless where the place is not known to be local. */
  #distantReads = Number.POSITIVE_INFINITY;
  #trial = TRIAL_FIRST;
  #lastAt: Millis = 0;
  /** What disks were asked for, and when that was counted. */
  #blocks = 0;
  #countedAt: Millis = Number.NEGATIVE_INFINITY;

  /** `blocksRead`: counts what this process, all of its threads, has had a disk read. */
  constructor(blocksRead: () => number = blocksOfProcess) {
    this.#blocksRead = blocksRead;
  }

  /** A file system at hand: trials may begin. */
  trust(): void {
    this.#distantReads = TRIAL_FIRST;
  }

  /** Whether the next read may be made here; it is then told with `took`. */
  isNear(now: Millis): boolean {
    if (now - this.#lastAt > SLEEP_MILLIS) this.#distantReads = Math.max(this.#distantReads, TRIAL_FIRST);
    this.#lastAt = now;
    if (this.#distantReads <= 0) {
      this.#count(now);
      return true;
    }
    this.#distantReads--;
    return false;
  }

  #count(now: Millis): void {
    if (now - this.#countedAt < COUNT_MILLIS) return;
    this.#countedAt = now;
    this.#blocks = this.#blocksRead();
  }

  /** The read took so long. */
  took(millis: Millis): void {
    const isQuick = millis <= SLOW_MILLIS || (millis <= SLOW_FROM_MEMORY_MILLIS && this.#blocksRead() === this.#blocks);
    if (isQuick) {
      // A machine that is busy makes a quick read look slow now and then: one lapse in many is forgiven.
      if (this.#trial > TRIAL_FIRST) this.#trial--;
      return;
    }
    this.#trial = Math.min(TRIAL_MAX, 2 * this.#trial);
    this.#distantReads = this.#trial;
    this.#countedAt = Number.NEGATIVE_INFINITY;
  }
}

function blocksOfProcess(): number {
  return process.resourceUsage().fsRead;
}

/** The pace of a place, trusted once the system has said that it is local. Elsewhere than on Linux the numbers mean other things. */
export function paceOf(root: string): ReadPace {
  const pace = new ReadPace();
  if (process.platform !== "linux") return pace;
  statfs(root, (error, found) => {
    if (!error && LOCAL_TYPES.has(found.type)) pace.trust();
  });
  return pace;
}

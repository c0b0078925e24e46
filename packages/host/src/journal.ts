/**
 * A file that only grows, and from time to time is written anew: what a tracker remembers.
 * @module
 */
import type { Done } from "./done.ts";

/** The file that tells everything, and the one that is being made to replace it. */
export type JournalFile = "current" | "next";

/**
 * Where a journal rests: two files, of which the current one tells everything. One call is open at a time.
 * `done` means that the bytes survive a power cut.
 */
export interface JournalStore {
  /** Gives the current file to `take`, in order, in pieces of any size, lent until it returns; nothing when there is none. */
  load(take: (bytes: Uint8Array) => void, done: Done<void>): void;
  /** Appends; the bytes are given away. */
  append(file: JournalFile, bytes: Uint8Array, done: Done<void>): void;
  /** Empties the next file, or makes it. */
  begin(done: Done<void>): void;
  /** Lets the next file take the place of the current one as a whole: after a crash one of them is there. */
  commit(done: Done<void>): void;
}

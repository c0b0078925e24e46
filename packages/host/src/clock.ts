/**
 * Time and waking up.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";
import type { Cancel } from "./done.ts";

export interface Clock {
  /** Monotonic; never jumps with the wall clock. */
  now(): Millis;
  /** Seconds since 1970, for people and files only: it may jump. */
  wallSeconds(): number;
  /** Calls `wake` once, at `at` or as soon after as can be; never before this call has returned. */
  wakeAt(at: Millis, wake: () => void): Cancel;
}

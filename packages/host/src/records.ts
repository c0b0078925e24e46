/**
 * Small named records that outlive the process: resume records and settings.
 * @module
 */
import type { Done } from "./done.ts";

export interface Records {
  /** `undefined` when there is none, or when both generations of it are damaged. */
  load(key: string, done: Done<Uint8Array | undefined>): void;
  /**
   * Replaces the record as a whole and durably: after a crash the old or the new one is there, never a mixture.
   * `key` is made of letters, digits, "-" and ".", a letter or digit first; 200 at most. The bytes belong to the host until `done`.
   */
  save(key: string, bytes: Uint8Array, done: Done<void>): void;
  erase(key: string, done: Done<void>): void;
}

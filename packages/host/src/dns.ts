/**
 * Names to addresses.
 * @module
 */
import type { Cancel, Done } from "./done.ts";

export interface Dns {
  /** All addresses of a name, canonical text, in the order the system prefers; an address answers itself. */
  resolve(name: string, done: Done<readonly string[]>): Cancel;
  /**
   * The text records of a name, one string each, the parts of a record joined; `NAME_NOT_FOUND` without any. Answers within
   * five seconds, whatever the name server does.
   */
  resolveTexts(name: string, done: Done<readonly string[]>): Cancel;
}

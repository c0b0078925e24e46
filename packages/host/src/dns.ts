/**
 * Names to addresses.
 * @module
 */
import type { Cancel, Done } from "./done.ts";

export interface Dns {
  /** All addresses of a name, canonical text, in the order the system prefers; an address answers itself. */
  resolve(name: string, done: Done<readonly string[]>): Cancel;
}

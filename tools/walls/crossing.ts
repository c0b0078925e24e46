/**
 * What a test does to the street to see a wall turn red.
 * @module
 */
import type { Wall } from "./street.ts";

/** One way to break a rule: a file of its own, so that many crossings share one street and one run of the tool. */
export interface Crossing {
  readonly wall: Wall;
  /** Finishes "the wall of types ...". */
  readonly claim: string;
  readonly path: string;
  readonly text: string;
  /** Found in what the tool says of this file. */
  readonly says: readonly (string | RegExp)[];
  /** What else has to be there. */
  readonly beside?: Readonly<Record<string, string>>;
}

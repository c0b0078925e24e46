/**
 * The first of the two contracts: everything that decides is a machine.
 * @module
 */
import type { Millis } from "./units.ts";

/** Something that decides: one input and the time go in, what must now be done comes out, in order. */
export interface Machine<Input, Output> {
  handle(input: Input, now: Millis): readonly Output[];
  /** When `{ type: "tick" }` is due next; `undefined` while no timer runs. */
  readonly deadline: Millis | undefined;
}

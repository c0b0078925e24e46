/**
 * Keeps V8's space for young objects from growing, in a process that will hold many of other things.
 *
 * The space has two halves of a megabyte and doubles whenever as much as it holds has survived, in the sum of all collections: so it comes to 2 x 16 MB in every process
 * that only runs for long enough. A tracker's announces leave next to nothing behind, and cost the same with a small one; what
 * stays free is what half a million peers need.
 *
 * It is for who has loaded all that he needs: V8 takes what it compiled of Node's own modules only while its flags are what they
 * were then.
 * @module
 */
import { type Compiler, HERE, isKnown } from "./compiler-patience.ts";

/** By what it grows: not at all. */
const NO_GROWTH = 1;

export function keepYoungSpaceSmall(compiler: Compiler = HERE): void {
  if (isKnown(compiler)) compiler.setFlags(`--semi-space-growth-factor=${NO_GROWTH}`);
}

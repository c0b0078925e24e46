/**
 * Our own laws, checked in production too: a broken one is our fault and is never caught.
 * @module
 */

/** Thrown by `assert`; nobody catches it, the process or the connection's owner ends with it. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** States a law of ours. Write it positively, one per line. */
export function assert(holds: boolean, law: string): asserts holds {
  if (!holds) throw new AssertionError(law);
}

/** For the `default` of an exhaustive switch: the compiler proves it is never reached. */
export function unreachable(value: never): never {
  throw new AssertionError(`nothing else is possible, yet here is ${JSON.stringify(value)}`);
}

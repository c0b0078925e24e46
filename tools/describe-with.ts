/**
 * `describe` for tests that need something this machine may lack: without it they are skipped, and `count-reporter.mjs` says why.
 * @module
 */
import { describe } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** Why a test may be skipped; told when it was. */
    skipReason?: string;
  }
}

/** Something that tests need. */
export interface Need {
  readonly present: boolean;
  /** A sentence that says why it is absent. */
  readonly reason: string;
}

/** Describes tests that run only where all `needs` are there. */
export function describeWith(needs: readonly Need[], name: string, tests: () => void): void {
  const reasons = new Set(needs.filter(({ present }) => !present).map(({ reason }) => reason));
  if (reasons.size === 0) describe(name, tests);
  else describe.skip(name, { meta: { skipReason: [...reasons].join("; ") } }, tests);
}

/** To be root, as those who mount, bind low ports and install packages are. */
export function root(): Need {
  return { present: process.getuid?.() === 0, reason: "needs root" };
}

/**
 * The last line of a test run: `N passed, N failed`, with `, N skipped` where some were. Written at exit, so that nothing
 * a test or another reporter prints comes after it. Whatever makes the run fail counts as failed: a file that does not load
 * and an error that nobody caught as well.
 * @module
 */
import { writeSync } from "node:fs";

/** A Vitest reporter. */
export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors) {
    // A run that finds no test at all fails too.
    const counts = { passed: 0, failed: unhandledErrors.length + (modules.length === 0 ? 1 : 0), skipped: 0, pending: 0 };
    for (const module of modules) {
      const failedBefore = counts.failed;
      for (const test of module.children.allTests()) counts[test.result().state]++;
      if (!module.ok() && counts.failed === failedBefore) counts.failed++;
    }
    // A test still pending never gave its verdict (the run was cut short): that is no pass.
    const failed = counts.failed + counts.pending;
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
    process.once("exit", () => writeSync(1, `${counts.passed} passed, ${failed} failed${skipped}\n`));
  }
}

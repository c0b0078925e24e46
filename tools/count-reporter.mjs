/**
 * The last line of a test run: `N passed, N failed`, with `, N skipped` where some were. Written at exit, so that nothing
 * a test or another reporter prints comes after it. Whatever makes the run fail counts as failed: a file that does not load
 * and an error that nobody caught as well.
 *
 * What was skipped is told file by file above it, with the note of who skipped it or the `skipReason` in its `meta`, because a judge
 * that is missing must not go unnoticed. Under `CI=true` and
 * `BITTERN_PEERS=require` nothing may be: a test that was skipped counts as failed, whatever it was skipped for. Only a run that
 * asks for tests by name (`-t`) leaves the others out without a word.
 * @module
 */

import { writeSync } from "node:fs";
import { relative } from "node:path";

const RULE = "=".repeat(100);

/** A Vitest reporter. */
export default class CountReporter {
  #isByName = false;

  onInit({ config }) {
    this.#isByName = config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules, unhandledErrors) {
    // A run that finds no test at all fails too.
    const counts = { passed: 0, failed: unhandledErrors.length + (modules.length === 0 ? 1 : 0), skipped: 0, pending: 0 };
    const skipped = [];
    for (const module of modules) {
      const failedBefore = counts.failed;
      const notes = [];
      for (const test of module.children.allTests()) {
        const { state, note } = test.result();
        counts[state]++;
        if (state === "skipped") notes.push(note ?? test.meta().skipReason);
      }
      if (!module.ok() && counts.failed === failedBefore) counts.failed++;
      if (notes.length > 0) skipped.push(sentenceOf(relative(process.cwd(), module.moduleId), notes));
    }
    if (this.#isByName) skipped.length = 0;
    const mayNotSkip = skipped.length > 0 && (process.env["CI"] === "true" || process.env["BITTERN_PEERS"] === "require");
    if (mayNotSkip) process.exitCode = 1;
    // A test still pending never gave its verdict (the run was cut short): that is no pass.
    const failed = counts.failed + counts.pending + (mayNotSkip ? counts.skipped : 0);
    const tail = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
    const heading = mayNotSkip ? "SKIPPED, where nothing may be:" : "SKIPPED:";
    const told = skipped.length > 0 ? `${RULE}\n${heading}\n${skipped.join("\n")}\n${RULE}\n` : "";
    process.once("exit", () => writeSync(1, `${told}${counts.passed} passed, ${failed} failed${tail}\n`));
  }
}

/** How many of a file, and what they say why. */
function sentenceOf(path, notes) {
  const reasons = [...new Set(notes.filter((note) => note !== undefined && note !== ""))];
  return `  ${notes.length} in ${path}${reasons.length > 0 ? `: ${reasons.join("; ")}` : ""}`;
}

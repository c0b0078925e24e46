/** The last line of a run is a promise to whoever counts: here are runs of every kind, and what they end with. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ROOT } from "./tree.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function lastLineOf(
  tests: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): { line: string | undefined; status: number | null; said: string } {
  const folder = mkdtempSync(join(tmpdir(), "bittern-count-"));
  folders.push(folder);
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const reporters = JSON.stringify(["default", join(ROOT, "tools/count-reporter.mjs")]);
  // As our own runs: what a test file needs beside its tests is not what is asked here.
  writeFileSync(
    join(folder, "vitest.config.mjs"),
    `export default { test: { reporters: ${reporters}, pool: "threads", isolate: false } };\n`,
  );
  for (const [name, text] of Object.entries(tests)) writeFileSync(join(folder, name), `import { describe, it } from "vitest";\n${text}\n`);
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  // Whoever runs us may have said that nothing may be skipped.
  const { CI: _ci, BITTERN_PEERS: _peers, ...env } = process.env;
  const { stdout, status } = spawnSync(process.execPath, [vitest, "run", ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...env, ...environment },
  });
  return { line: stdout.trimEnd().split("\n").at(-1), status, said: stdout };
}

const PASSES = 'it("passes", () => {});';
const FAILS = 'it("fails", () => { throw new Error("as it should"); });';

describe("The last line of a run", () => {
  it("counts what passed", () => {
    expect(lastLineOf({ "a.test.mjs": PASSES, "b.test.mjs": PASSES })).toMatchObject({ line: "2 passed, 0 failed", status: 0 });
  });

  it("counts what failed, and what was skipped", () => {
    const { line, status } = lastLineOf({ "a.test.mjs": `${PASSES}${FAILS}it.skip("waits", () => {});` });
    expect({ line, status }).toEqual({ line: "1 passed, 1 failed, 1 skipped", status: 1 });
  });

  it("has above it what was skipped, and why", () => {
    const skips = 'it("waits", ({ skip }) => skip("needs root")); it("waits as well", ({ skip }) => skip("needs root"));';
    const { line, status, said } = lastLineOf({
      "a.test.mjs": `${PASSES}${skips}`,
      "b.test.mjs": `${PASSES}it.skipIf(true)("c", () => {});`,
    });
    expect({ line, status }).toEqual({ line: "2 passed, 0 failed, 3 skipped", status: 0 });
    expect(said).toMatch(/SKIPPED:\n {2}2 in a\.test\.mjs: needs root\n {2}1 in b\.test\.mjs\n/);
  });

  it("has the reason of tests that were skipped together, and nothing of those that ran", () => {
    const group = (isSkipped: boolean): string =>
      `describe.skipIf(${isSkipped})("g", { meta: { skipReason: "needs IPv6" } }, () => { it("x", () => {}); it("y", () => {}); });`;
    const { said } = lastLineOf({ "a.test.mjs": group(true), "b.test.mjs": group(false) });
    expect(said).toMatch(/SKIPPED:\n {2}2 in a\.test\.mjs: needs IPv6\n=/);
  });

  it.each([{ CI: "true" }, { BITTERN_PEERS: "require" }])("counts what was skipped as failed with %o", (environment) => {
    const { line, status, said } = lastLineOf({ "a.test.mjs": `${PASSES}it.skipIf(true)("c", () => {});` }, [], environment);
    expect({ line, status }).toEqual({ line: "1 passed, 1 failed, 1 skipped", status: 1 });
    expect(said).toContain("SKIPPED, where nothing may be:");
  });

  it("leaves tests out in silence where others are asked for by name", () => {
    const { line, status, said } = lastLineOf({ "a.test.mjs": `${PASSES}${FAILS}` }, ["-t", "passes"], { CI: "true" });
    expect({ line, status }).toEqual({ line: "1 passed, 0 failed, 1 skipped", status: 0 });
    expect(said).not.toContain("SKIPPED");
  });

  it("counts a file that does not load as a failure", () => {
    expect(lastLineOf({ "a.test.mjs": PASSES, "b.test.mjs": 'import "./nowhere.mjs";' })).toMatchObject({
      line: "1 passed, 1 failed",
      status: 1,
    });
  });

  it("counts an error that nobody caught", () => {
    const stray =
      'it("passes", async () => { setTimeout(() => { throw new Error("stray"); }); await new Promise((r) => setTimeout(r, 50)); });';
    expect(lastLineOf({ "a.test.mjs": stray })).toMatchObject({ line: "1 passed, 1 failed", status: 1 });
  });

  it("stays the last, whatever a test prints", () => {
    const loud = `${PASSES}process.on("exit", () => console.log("bye"));`;
    expect(lastLineOf({ "a.test.mjs": loud }).line).toBe("1 passed, 0 failed");
  });

  it("is right when only some tests were asked for, or none was found", () => {
    expect(lastLineOf({ "a.test.mjs": PASSES, "b.test.mjs": FAILS }, ["a.test"])).toMatchObject({ line: "1 passed, 0 failed", status: 0 });
    expect(lastLineOf({ "a.test.mjs": PASSES }, ["nowhere"])).toMatchObject({ line: "0 passed, 1 failed", status: 1 });
  });
});

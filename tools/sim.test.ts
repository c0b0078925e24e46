/** A scenario in two processes, a new one and this one: nothing of the process may leak into the run. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { runScenario } from "../packages/simulator/src/index.ts";
import { ROOT } from "./tree.ts";

const run = promisify(execFile);

async function simulate(...words: string[]): Promise<{ stdout: string; code: number }> {
  try {
    const { stdout } = await run(process.execPath, ["--import", "tsx", "tools/sim.ts", ...words], { cwd: ROOT });
    return { stdout, code: 0 };
  } catch (error) {
    const { stdout, code } = error as { stdout: string; code: number };
    return { stdout, code };
  }
}

describe("npm run sim", () => {
  it("gives the same trace in two processes", async () => {
    const words = ["swarm", "--peers", "6", "--total-length", "1000000", "--seed", "8123", "--json"];
    const { stdout, code } = await simulate("--scenario", ...words);
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as { traceHash: string };
    expect(report.traceHash).toMatch(/^[0-9a-f]{14}$/);
    expect(report).toEqual(JSON.parse(JSON.stringify(runScenario("swarm", { peers: 6, totalLength: 1_000_000, seed: 8123 }))));
  });

  it("lists the scenarios when none is named", async () => {
    const { stdout, code } = await simulate();
    expect(code).toBe(2);
    expect(stdout).toContain("flash-crowd");
  });
});

/** Interop peers may be left out, but never quietly, and never under CI. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "./tree.ts";

/** Runs the installer with no program in reach, so that no machine can have the peers, nor get them. */
function installerSays(environment: Readonly<Record<string, string>>): { status: number | null; stderr: string } {
  const args = ["--import", "tsx", join(ROOT, "tools/peers.ts")];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8", env: { PATH: "", ...environment } });
  return { status, stderr };
}

/** What a test file hears that asks `question` where no program is in reach: on a machine that has them all, no file seems to be there. */
function askerHears(question: "interopPeers" | "judges", environment: Readonly<Record<string, string>>): string {
  const module = JSON.stringify(join(ROOT, "tools/peers.ts"));
  const code = `import fs from "node:fs";
    import { syncBuiltinESMExports } from "node:module";
    import { ${question} } from ${module};
    fs.existsSync = () => false;
    syncBuiltinESMExports();
    try { console.log(JSON.stringify(${question}())); } catch (error) { console.log(error.message); }`;
  const args = ["--import", "tsx", "--input-type=module", "--eval", code];
  return spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8", env: { PATH: "", ...environment } }).stdout;
}

describe("The interop peers", () => {
  it("are skipped aloud where they cannot run", () => {
    const { status, stderr } = installerSays({});
    expect(stderr).toContain("INTEROP TESTS ARE SKIPPED");
    expect(status).toBe(0);
  });

  it("are joined by the judges in being skipped aloud", () => {
    expect(installerSays({ BITTERN_PEERS: "skip" }).stderr).toContain("TESTS WITH JUDGES ARE SKIPPED: BITTERN_PEERS=skip");
  });

  it("are skipped aloud when asked to be", () => {
    const { status, stderr } = installerSays({ BITTERN_PEERS: "skip" });
    expect(stderr).toContain("INTEROP TESTS ARE SKIPPED: BITTERN_PEERS=skip");
    expect(status).toBe(0);
  });

  it.each([{ BITTERN_PEERS: "require" }, { CI: "true" }, { CI: "true", BITTERN_PEERS: "skip" }])("are missed with %o", (environment) => {
    const { status, stderr } = installerSays(environment);
    expect(stderr).toContain("INTEROP TESTS CANNOT RUN");
    expect(status).toBe(1);
  });

  it.each([
    ["interopPeers", "interop peers are required, but "],
    ["judges", "judges are required, but not installed: "],
  ] as const)("make a test file that asks by %s fail where they are required and absent", (question, refusal) => {
    expect(askerHears(question, { BITTERN_PEERS: "require" })).toContain(refusal);
    expect(askerHears(question, { CI: "true", BITTERN_PEERS: "skip" })).toContain(refusal);
  });

  it.each(["interopPeers", "judges"] as const)("tell a test file that asks by %s why it is skipped", (question) => {
    expect(JSON.parse(askerHears(question, { BITTERN_PEERS: "skip" }))).toEqual({
      present: false,
      reason: "BITTERN_PEERS=skip asks to leave them out",
      required: false,
    });
  });
});

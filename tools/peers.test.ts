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
});

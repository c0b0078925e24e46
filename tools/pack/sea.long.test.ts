/** The single-file executable, on its own: no Node, no checkout, an empty home. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../tree.ts";

const folder = mkdtempSync(join(tmpdir(), "bittern-sea-test-"));
const program = join(folder, "bittern");
const home = join(folder, "home");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const env = { PATH: "/nonexistent", HOME: home, ...environment };
  return spawnSync(command, args, { cwd: folder, encoding: "utf8", env, timeout: 120_000 });
}

describe("The single-file executable", () => {
  beforeAll(() => {
    mkdirSync(home);
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, "tools/pack/sea.mjs"), program], { encoding: "utf8" });
    expect(status, stderr).toBe(0);
  }, 300_000);

  it("unpacks itself once, for the user alone, and knows its version", () => {
    expect(run(program, ["--version"])).toMatchObject({ status: 0, stderr: "" });
    const [unpacked, ...more] = readdirSync(join(home, ".cache/bittern"));
    expect(more).toEqual([]);
    expect(unpacked).toMatch(/^\d+\.\d+\.\d+-[0-9a-f]{16}$/);
    expect(run(program, ["help", "get"]).stdout).toContain("Usage: bittern get");
    expect(readdirSync(join(home, ".cache/bittern"))).toEqual([unpacked]);
  });

  it("hashes in its threads", () => {
    writeFileSync(join(folder, "a file.bin"), Buffer.alloc(5_000_000, 7));
    expect(JSON.parse(run(program, ["create", "a file.bin", "--json"]).stdout)).toMatchObject({ totalLength: 5_000_000 });
    expect(run(program, ["verify", "a file.bin.torrent"])).toMatchObject({ status: 0 });
  });

  it("does the main job, which starts it again as other commands", () => {
    const demo = run(program, ["demo", "--json"], { PATH: process.env["PATH"] ?? "" });
    expect(demo.status, demo.stderr).toBe(0);
    expect(JSON.parse(demo.stdout.trim().split("\n").at(-1) ?? "")).toMatchObject({ identical: true });
  });

  it("is a tracker whose processes are itself again, and end with it", { timeout: 60_000 }, async () => {
    const env = { PATH: "/nonexistent", HOME: home };
    const tracker = spawn(program, ["track", "--threads", "2", "--port", "0"], { cwd: folder, env, timeout: 50_000 });
    const ended = once(tracker, "exit");
    let [said, complained] = ["", ""];
    tracker.stderr.setEncoding("utf8").on("data", (text: string) => (complained += text));
    tracker.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    // It says so when all of its processes stand at the doors.
    await Promise.race([expect.poll(() => said, { timeout: 40_000 }).toMatch(/tracking at .*:\d+\/announce/), ended]);
    const port = /:(\d+)\/announce/.exec(said)?.[1];
    const query = `info_hash=${"h".repeat(20)}&uploaded=0&downloaded=0&left=5&compact=0`;
    const announce = async (peer: number) => {
      const url = `http://127.0.0.1:${port}/announce?${query}&peer_id=${String(peer).padEnd(20, "-")}&port=${peer}`;
      return await (await fetch(url, { headers: { Connection: "close" } })).text();
    };
    for (const peer of [1001, 1002, 1003]) await announce(peer);
    expect(await announce(1004)).toMatch(/10:incompletei4e.*porti1001e/);
    tracker.kill("SIGTERM");
    expect([await ended, complained]).toEqual([[0, null], ""]);
  });

  it("opens its terminal face", () => {
    const environment = { PATH: process.env["PATH"] ?? "", HOME: home, TERM: "xterm-256color" };
    const { stdout } = spawnSync("script", ["-qec", `${program} tui --port 0`, "/dev/null"], {
      cwd: folder,
      encoding: "utf8",
      input: "q",
      timeout: 60_000,
      env: environment,
    });
    expect(stdout).toContain("0 torrents");
  });

  it("is the classic program whose name a link gives it", () => {
    const names = readdirSync(join(ROOT, "apps/cli/bin")).filter((name) => name.startsWith("bt"));
    for (const name of names.map((file) => file.replace(/\.js$/, ""))) {
      symlinkSync(program, join(folder, name));
      expect(run(join(folder, name), ["--version"]).stdout).toContain(name);
    }
  });

  it("works where nothing can be kept, and leaves nothing behind", () => {
    const closed = join(folder, "closed");
    const temporary = join(folder, "tmp");
    mkdirSync(temporary);
    writeFileSync(closed, "");
    chmodSync(closed, 0o400);
    expect(run(program, ["--version"], { HOME: closed, TMPDIR: temporary })).toMatchObject({ status: 0, stderr: "" });
    expect(readdirSync(temporary)).toEqual([]);
  });
});

/**
 * The programs for a folder of torrents as the founding articles call them, row by row.
 * @module
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { endAllAfterTests, noise, Running, run, temporaryFolder, writeFiles } from "../../testing.ts";
import { CLASSIC_PROGRAMS } from "../programs.ts";
import { Publisher } from "./publisher.ts";
import { Service } from "./service.ts";
import { commandLine, Terminal } from "./terminal.ts";

const cwd = temporaryFolder();
/** The web server's own folder: files and torrents side by side. */
const images = join(cwd, "images");
const NAMES = ["bbc-2.0.iso", "bbc-2.1.iso"] as const;
let publisher: Publisher;
endAllAfterTests();

const until = (running: Running, pattern: RegExp): Promise<RegExpExecArray> =>
  running.until(() => pattern.exec(running.out) ?? undefined, String(pattern));
/** Of a process that is not our child: it may stay in the list until somebody takes its status. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync("/proc/self/cmdline") || readFileSync(`/proc/${pid}/cmdline`).length > 0;
  } catch {
    return false;
  }
}
const environment = (name: string) => ({ BITTERN_STATE: join(cwd, `state-${name}`) });

beforeAll(async () => {
  publisher = await Publisher.open();
  for (const name of NAMES) {
    writeFiles(images, { [name]: noise(400_000, name) });
    await run([name, `${publisher.url}/announce`], { program: "btmakemetafile", cwd: images });
  }
  mkdirSync(join(cwd, "later"));
  const later = join(cwd, "later", `${NAMES[1]}.torrent`);
  copyFileSync(join(images, `${NAMES[1]}.torrent`), later);
  rmSync(join(images, `${NAMES[1]}.torrent`));
});

describe("btlaunchmany", () => {
  let many: Running;

  it("C1 C7 C8 takes the folder of the web server, and seeds what lies there", async () => {
    many = new Running([images], { program: "btlaunchmany", cwd, env: environment("many") });
    await until(many, /^btlaunchmany starting\.\.\nNew torrent: bbc-2\.0\.iso\.torrent\n/);
    await until(many, /^bbc-2\.0\.iso: Spd: 0 B\/0 B Tot: 0 B\/0 B \[download complete!\]\nAll: Spd: 0 B\/0 B Tot: 0 B\/0 B$/m);
    publisher.peers.push(Number((await publisher.announce(0)).get("port")));
  });

  it("C2 starts a torrent that appears, and stops one that goes", async () => {
    const torrent = join(images, `${NAMES[1]}.torrent`);
    copyFileSync(join(cwd, "later", `${NAMES[1]}.torrent`), torrent);
    await until(many, /^New torrent: bbc-2\.1\.iso\.torrent$/m);
    await until(many, /^bbc-2\.1\.iso: .*complete!\]$/m);
    rmSync(torrent);
    await until(many, /^Torrent bbc-2\.1\.iso stopped$/m);
    expect(existsSync(join(images, NAMES[1]))).toBe(true);
  });

  it("tells of one that fails, and when it is tried again", async () => {
    writeFileSync(join(images, "bad.torrent"), "bad");
    await until(many, /^Torrent bad died: .*bad\.torrent is no valid torrent/m);
    await until(many, /^bad: try 1 died, retry in \d+$/m);
    rmSync(join(images, "bad.torrent"));
  });

  it("C1 C4 has a sister that fills the terminal: it shows progress, rates and running totals, and saves here under the suggested name", async () => {
    const here = join(cwd, "here");
    mkdirSync(here);
    const terminal = new Terminal(commandLine("btlaunchmanycurses", [images]), { cwd: here });
    await terminal.until(({ screen }) => screen.some((row) => row.includes("download complete!")), "completion");
    const { screen } = terminal;
    expect(screen[1]).toMatch(/^\| Filename +Size +Download +Upload \|$/);
    expect(screen[3]).toMatch(/^\| bbc-2\.0\.iso +390\.6 KB +\S+ \w+\/s +0 B\/s \|$/);
    expect(screen[4]).toMatch(/^\| \^--- download complete! +390\.6 KB +0 B \|$/);
    expect(screen[20]).toMatch(/^\| Totals: +\S+ \w+\/s +0 B\/s \|$/);
    expect(screen[21]).toMatch(/^\| +390\.6 KB +0 B \|$/);
    expect(readFileSync(join(here, NAMES[0])).equals(noise(400_000, NAMES[0]))).toBe(true);
    terminal.press("q");
    await terminal.end();
    expect(terminal.raw).toContain("shutting down...");
  });

  it("C10 is a program of its own, with the options of the downloaders", () => {
    const [one, other] = ["btdownloadheadless", "btlaunchmany"].map((name) => CLASSIC_PROGRAMS.find((program) => program.name === name));
    expect(Object.keys(other?.options ?? {})).toEqual(expect.arrayContaining(Object.keys(one?.options ?? {})));
  });

  it("C3 says goodbye when it is stopped", async () => {
    expect(await many.stop("SIGTERM")).toBe(0);
    expect(many.out.trimEnd().split("\n").at(-1)).toBe("shutting down");
  });

  it("C3 falls silent in the background", async () => {
    const from = publisher.announces.length;
    const line = commandLine("btlaunchmany", [images]).replaceAll("'", `'\\''`);
    const terminal = new Terminal(`bash -c 'set -m; ${line} & read line; kill $!; wait; echo over'`, { cwd });
    await publisher.announce(from);
    terminal.press("\n");
    await terminal.end();
    expect(terminal.raw).toContain("over");
    expect(terminal.raw).not.toMatch(/starting|Spd/);
  });

  it("C3 C5 is silent as a service, which has a session of its own and no terminal", async () => {
    const from = publisher.announces.length;
    const service = new Service("btlaunchmany", [images, "--display_interval", "0.1"], { cwd, env: environment("service") });
    await publisher.announce(from);
    expect(await service.stop()).toBe("");
  });

  it("C5 survives the end of its session under nohup", async () => {
    const from = publisher.announces.length;
    const nohup = new Running([images, "--display_interval", "0.2"], { program: "btlaunchmany", cwd, env: environment("nohup") });
    await publisher.announce(from);
    nohup.child.kill("SIGHUP");
    const before = nohup.out.length;
    await nohup.until(() => (nohup.out.length > before + 500 ? true : undefined), "more lines");
    expect(await nohup.stop("SIGTERM")).toBe(0);
  });

  it("C5 is started as the crontab starts it, and outlives the shell", async () => {
    const from = publisher.announces.length;
    const line = `nohup ${commandLine("btlaunchmany", [images])} > many.log 2>&1 & echo pid $!`;
    const said = execFileSync("sh", ["-c", line], { cwd, env: { ...process.env, ...environment("crontab") }, encoding: "utf8" });
    const pid = Number(/pid (\d+)/.exec(said)?.[1]);
    await publisher.announce(from);
    process.kill(pid, "SIGTERM");
    for (let number = from + 1; (await publisher.announce(number)).get("event") !== "stopped"; number++);
    // What it saves last would lie in a folder that is cleaned up already.
    await expect.poll(() => isRunning(pid)).toBe(false);
    expect(readFileSync(join(cwd, "many.log"), "utf8")).toContain("btlaunchmany starting..\nNew torrent: bbc-2.0.iso.torrent\n");
  });

  it("wants a folder", async () => {
    expect(await run([join(images, NAMES[0])], { program: "btlaunchmany", cwd })).toMatchObject({ status: 2 });
    expect((await run([], { program: "btlaunchmany", cwd })).out).toMatch(
      /^usage: btlaunchmany directory \[ option \.\.\. \]\n\n--max_uploads <arg>\n/,
    );
  });
});

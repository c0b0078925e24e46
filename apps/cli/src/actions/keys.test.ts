/** The keys of a transfer, pressed in a pseudo-terminal. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { endAllAfterTests, noise, PROGRAM, Running, run, temporaryFolder, writeFiles } from "../testing.ts";

/** With this program a command believes that it has a terminal; every Linux has it. */
const TERMINAL = "script";
const hasScript = spawnSync(TERMINAL, ["--version"]).status === 0;

const folder = temporaryFolder();
const torrent = join(folder, "album.torrent");
const source = join(folder, "published");
let seeder: Running;
let peer: string;
endAllAfterTests();

beforeAll(async () => {
  writeFiles(join(source, "album"), { "big.bin": noise(3_000_000, "big") });
  await run(["create", join(source, "album"), "--piece-length", "64KiB", "-o", torrent]);
  seeder = new Running(["seed", torrent, "--dir", source, "--port", "0", "--json", "--state", join(folder, "state-seeder")]);
  peer = `127.0.0.1:${Number((await seeder.line("listening"))["port"])}`;
});
afterAll(() => seeder.stop());

/** A command on a terminal: what it shows, what is typed, how it ends. */
class Terminal {
  screen = "";
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #looks = new Set<() => void>();

  constructor(args: readonly string[]) {
    const words = [process.execPath, PROGRAM, ...args].map((word) => `'${word}'`);
    this.#child = spawn(TERMINAL, ["-qec", words.join(" "), "/dev/null"]);
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.screen += text;
      for (const look of this.#looks) look();
    });
    this.ended = new Promise((resolve) => this.#child.on("close", resolve));
  }

  shows(text: string): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!this.screen.includes(text)) return;
        this.#looks.delete(look);
        resolve();
      };
      this.#looks.add(look);
      look();
    });
  }

  press(key: string): void {
    this.#child.stdin.write(key);
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

const terminals: Terminal[] = [];
afterEach(() => {
  for (const terminal of terminals.splice(0)) terminal.kill();
});

let count = 0;
function begin(command: "get" | "seed", ...args: readonly string[]): { terminal: Terminal; dir: string; records: () => readonly string[] } {
  const dir = command === "seed" ? source : join(folder, `download-${++count}`);
  const state = join(folder, `state-${++count}`);
  const kept = join(state, "records");
  const terminal = new Terminal([command, torrent, "--dir", dir, "--state", state, "--port", "0", ...args]);
  terminals.push(terminal);
  const records = (): readonly string[] => (existsSync(kept) ? readdirSync(kept).filter((name) => /^[0-9a-f]{40}-/.test(name)) : []);
  return { terminal, dir, records };
}

describe.skipIf(!hasScript)("The keys of bittern get", { meta: { skipReason: "script is not installed" } }, () => {
  it("show the status, pause, resume and quit, without Enter", async () => {
    const { terminal } = begin("get");
    await terminal.shows("] downloading 0.0 %");
    terminal.press("s");
    await terminal.shows("state:      downloading");
    terminal.press("P");
    await terminal.shows("paused; press r to resume");
    terminal.press("r");
    await terminal.shows("resumed");
    terminal.press("q");
    expect(await terminal.ended).toBe(0);
    expect(terminal.screen).toContain("\r\u001b[K");
  });

  it("cancel: the session forgets the torrent, what is on the disk stays", async () => {
    const { terminal, dir, records } = begin("get", "--peer", peer);
    await terminal.shows("complete");
    terminal.press("c");
    expect(await terminal.ended).toBe(0);
    expect(records()).toEqual([]);
    expect(existsSync(join(dir, "album/big.bin"))).toBe(true);
  });

  it("keep what is known of the torrent when they quit", async () => {
    const { terminal, records } = begin("get", "--peer", peer);
    await terminal.shows("complete");
    terminal.press("q");
    expect(await terminal.ended).toBe(0);
    expect(records()).not.toEqual([]);
  });
});

describe.skipIf(!hasScript)("The keys of bittern seed", { meta: { skipReason: "script is not installed" } }, () => {
  it("show the status, pause, resume and quit", async () => {
    const { terminal, records } = begin("seed");
    await terminal.shows("seeding");
    terminal.press("s");
    await terminal.shows("state:      seeding");
    terminal.press("p");
    await terminal.shows("paused; press r to resume");
    terminal.press("s");
    await terminal.shows("state:      paused");
    terminal.press("r");
    await terminal.shows("resumed");
    terminal.press("q");
    expect(await terminal.ended).toBe(0);
    expect(records()).not.toEqual([]);
  });

  it("cancel: the session forgets the torrent, and its files stay", async () => {
    const { terminal, dir, records } = begin("seed");
    await terminal.shows("seeding");
    terminal.press("C");
    expect(await terminal.ended).toBe(0);
    expect(records()).toEqual([]);
    expect(existsSync(join(dir, "album/big.bin"))).toBe(true);
  });
});

describe.skipIf(!hasScript)("Ctrl-C", { meta: { skipReason: "script is not installed" } }, () => {
  it("says what is waited for when a tracker keeps its farewell to itself, and a second one leaves at once", async () => {
    const tracker = createServer((request, response) => {
      if (request.url?.includes("event=stopped") !== true) response.end("d8:intervali1800e5:peers0:15:warning message7:be kinde");
    });
    await new Promise<void>((resolve) => tracker.listen(0, "127.0.0.1", resolve));
    const { port } = tracker.address() as AddressInfo;
    const link = `magnet:?xt=urn:btih:${"ab".repeat(20)}&tr=${encodeURIComponent(`http://127.0.0.1:${port}/announce`)}`;
    const terminal = new Terminal([
      "get",
      link,
      "--port",
      "0",
      "--dir",
      join(folder, "slow"),
      "--state",
      join(folder, "state-slow"),
      "--lang",
      "en",
    ]);
    terminals.push(terminal);
    // The answer has to have arrived: whoever was never announced says no farewell.
    await terminal.shows("be kind");
    terminal.press("\u0003");
    await terminal.shows("stopping: trackers are told");
    terminal.press("\u0003");
    expect(await terminal.ended).toBe(130);
    tracker.closeAllConnections();
    tracker.close();
  });
});

/**
 * The lines that the systemd units start, run as they are to run there: by a user without any right, on a file system that is
 * read-only but for the unit's own folders. There is no service manager in the tests; namespaces stand in for it.
 */
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTorrent } from "@bittern/client";
import { afterAll, expect, it } from "vitest";
import { describeWith } from "../tools/describe-with.ts";
import { ROOT } from "../tools/tree.ts";

const UNITS = join(ROOT, "packaging/systemd/system");
const PROGRAM = join(ROOT, "apps/cli/bin/bittern.js");
const NOBODY = 65_534;
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Runs its arguments as a service is run: $1 is the only place that can be written. */
const SANDBOX = `set -e
mount --make-rprivate /
mount --bind "$1" "$1"
mount -o remount,bind,ro /
shift
exec setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups --no-new-privs --bounding-set -all --inh-caps -all "$@"`;

function sandboxed(state: string, command: readonly string[]): readonly string[] {
  return ["-m", "sh", "-c", SANDBOX, "sh", state, ...command];
}

function stateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "bittern-units-"));
  folders.push(folder);
  chownSync(folder, NOBODY, NOBODY);
  return folder;
}

/** Whether such namespaces can be made, and nobody may read the program. */
function canSandbox(): boolean {
  if (process.getuid?.() !== 0) return false;
  const state = stateFolder();
  return spawnSync("unshare", sandboxed(state, ["test", "-r", PROGRAM])).status === 0;
}

/** The settings of a unit, with its places and its instance filled in; those that stand twice are joined. */
function settingsOf(unit: string, state: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const line of readFileSync(join(UNITS, unit), "utf8").split("\n")) {
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined) settings.set(name, (value ?? "").replaceAll("%S", state).replaceAll("%i", "album"));
  }
  return settings;
}

/** Starts the unit's line, waits for a word of it, stops it as the manager would, and answers what it said. */
async function started(unit: string, state: string, options: string, word: RegExp): Promise<{ status: number | null; said: string }> {
  const settings = settingsOf(unit, state);
  for (const folder of (settings.get("StateDirectory") ?? "").split(" ")) {
    mkdirSync(join(state, folder), { recursive: true });
    chownSync(join(state, folder), NOBODY, NOBODY);
    chmodSync(join(state, folder), Number.parseInt(settings.get("StateDirectoryMode") ?? "755", 8));
  }
  const environment = Object.fromEntries((settings.get("Environment") ?? "").split(" ").map((pair) => pair.split("=") as [string, string]));
  const [program, ...args] = (settings.get("ExecStart") ?? "").split(" ");
  expect(program).toBe("bittern");
  const words = args.flatMap((arg) => (arg.startsWith("$BITTERN_") ? options.split(" ") : [arg]));
  const child = spawn("unshare", sandboxed(state, [process.execPath, PROGRAM, ...words]), {
    cwd: settings.get("WorkingDirectory"),
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  let isStopping = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (isStopping || !word.test(said)) return;
      isStopping = true;
      child.kill(settings.get("KillSignal") === undefined ? "SIGTERM" : "SIGKILL");
    });
  }
  const patience = setTimeout(() => child.kill("SIGKILL"), 20_000);
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearTimeout(patience);
  return { status, said };
}

async function putAlbum(folder: string): Promise<void> {
  mkdirSync(join(folder, "album"), { recursive: true });
  writeFileSync(join(folder, "album", "one.txt"), "one");
  const torrent = await createTorrent(join(folder, "album"), { pieceLength: 16_384 });
  writeFileSync(join(folder, "album.torrent"), torrent.toBytes());
}

describeWith(
  [{ present: canSandbox(), reason: "needs root, mount namespaces, and a program that all may read" }],
  "The line that a unit starts",
  () => {
    it("C6 tracks, without a complaint about its folder", async () => {
      const state = stateFolder();
      const { status, said } = await started("bittern-track.service", state, "--port 0 --json", /"listening"/);
      expect({ status, said }).toEqual({ status: 0, said: expect.stringMatching(/^\{"type":"listening"[^\n]*\n$/) as string });
    });

    it("C6 watches a folder, and puts the data where the unit says", async () => {
      const state = stateFolder();
      await putAlbum(join(state, "bittern", "torrents"));
      rmSync(join(state, "bittern", "torrents", "album"), { recursive: true });
      const { status, said } = await started("bittern-watch.service", state, "--port 0 --json", /"type":"added"/);
      expect({ status, error: /"error"|warning/.exec(said)?.[0] }).toEqual({ status: 0, error: undefined });
      expect(existsSync(join(state, "bittern", "data"))).toBe(true);
    });

    it("seeds the torrent that the instance names", async () => {
      const state = stateFolder();
      await putAlbum(join(state, "bittern", "seed"));
      const { status, said } = await started("bittern-seed@.service", state, "--port 0 --json", /"listening"/);
      expect({ status, error: /"error"|warning/.exec(said)?.[0] }).toEqual({ status: 0, error: undefined });
    });
  },
);

/**
 * The programs other people wrote that our tests talk to: installs them where it may, says loudly where it may not. Peers are
 * those of the interop tests; judges are those that read, show or run what we ship: shells, terminals, manual readers, web servers,
 * a browser.
 *
 * On Debian 12 with root they come from apt (no service is started) and, for webtorrent, from npm into the user's cache
 * folder. Elsewhere the tests with peers are skipped, those with judges where a judge is missing. `BITTERN_PEERS=skip` and
 * `BITTERN_PEERS=require` decide by hand, and under `CI=true` they are always required: a suite that skips its judges must not look
 * green. `count-reporter.mjs` sees to it that nothing else is skipped then either.
 * @module
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Debian package -> a file it must have brought. */
const PACKAGES: Readonly<Record<string, string>> = {
  "python3-libtorrent": "/usr/share/doc/python3-libtorrent",
  "transmission-daemon": "/usr/bin/transmission-daemon",
  "transmission-cli": "/usr/bin/transmission-create",
  aria2: "/usr/bin/aria2c",
  rtorrent: "/usr/bin/rtorrent",
  opentracker: "/usr/bin/opentracker",
  mktorrent: "/usr/bin/mktorrent",
  tshark: "/usr/bin/tshark",
  iproute2: "/usr/bin/ip",
  nftables: "/usr/sbin/nft",
  "redis-server": "/usr/bin/redis-server",
};

/** Debian package -> the program it must have brought. Where they come from does not matter: no figure depends on their versions. */
const JUDGES: Readonly<Record<string, string>> = {
  mandoc: "/usr/bin/mandoc",
  zsh: "/usr/bin/zsh",
  fish: "/usr/bin/fish",
  "nginx-light": "/usr/sbin/nginx",
  apache2: "/usr/sbin/apache2",
  chromium: "/usr/bin/chromium",
  "desktop-file-utils": "/usr/bin/desktop-file-validate",
  "shared-mime-info": "/usr/bin/update-mime-database",
  systemd: "/usr/bin/systemd-analyze",
  tmux: "/usr/bin/tmux",
  "util-linux": "/usr/bin/unshare",
  bsdutils: "/usr/bin/script",
  mount: "/usr/bin/mount",
};

/** The last webtorrent for Node 20, with two of its dependencies held where they work. */
const WEBTORRENT = {
  name: "bittern-interop-peers",
  private: true,
  dependencies: { webtorrent: "2.8.5" },
  // Older node-datachannel builds from source; uint8-util 2.3 makes `client.add` throw.
  overrides: { "node-datachannel": "0.33.4", "uint8-util": "2.2.5" },
};

const POLICY = "/usr/sbin/policy-rc.d";

/** Whether the interop tests can run here, and if not, why. */
export interface PeersState {
  readonly present: boolean;
  /** A sentence; empty when present. */
  readonly reason: string;
  /** Absent peers are then a failure, not a reason to skip. */
  readonly required: boolean;
}

/** The folder whose `node_modules` holds webtorrent. */
export function webtorrentFolder(): string {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(cache, "bittern", `webtorrent-${WEBTORRENT.dependencies.webtorrent}`);
}

/** Looks, installs nothing. Interop tests ask this: `describeWith([interopPeers()], …)`; throws when required and absent. */
export function interopPeers(): PeersState {
  const state = look();
  if (state.required && !state.present) throw new Error(`interop peers are required, but ${state.reason}`);
  return state;
}

/** The same question about the judges: `describeWith([judges()], …)`; throws when required and absent. */
export function judges(): PeersState {
  const state = lookForJudges();
  if (state.required && !state.present) throw new Error(`judges are required, but ${state.reason}`);
  return state;
}

/** The program of a judge. */
export function judge(name: string): string {
  return JUDGES[name] as string;
}

function lookForJudges(): PeersState {
  const required = isRequired();
  if (isUnwanted()) return { present: false, reason: "BITTERN_PEERS=skip asks to leave them out", required };
  const missing = missingOf(JUDGES);
  if (missing.length > 0) return { present: false, reason: `not installed: ${missing.join(", ")} (npm test installs them)`, required };
  return { present: true, reason: "", required };
}

function look(): PeersState {
  const required = isRequired();
  const absent = (reason: string): PeersState => ({ present: false, reason, required });
  if (isUnwanted()) return absent("BITTERN_PEERS=skip asks to leave them out");
  const obstacle = obstacleHere();
  if (obstacle !== undefined) return absent(obstacle);
  const missing = missingOf(PACKAGES);
  if (missing.length > 0) return absent(`not installed: ${missing.join(", ")} (npm test installs them)`);
  if (!hasWebtorrent()) return absent("webtorrent is not installed (npm test installs it)");
  return { present: true, reason: "", required };
}

function isRequired(): boolean {
  return process.env["CI"] === "true" || process.env["BITTERN_PEERS"] === "require";
}

function isUnwanted(): boolean {
  return !isRequired() && process.env["BITTERN_PEERS"] === "skip";
}

/** What about this machine keeps the peers from running at all. */
function obstacleHere(): string | undefined {
  if (process.platform !== "linux") return `they run on Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return "network namespaces need root";
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  if (!/^ID=debian$/m.test(release) || !/^VERSION_ID="12"$/m.test(release))
    return "their versions are those of Debian 12, this is another system";
  if (spawnSync("unshare", ["-n", "true"]).status !== 0) return "this machine does not allow network namespaces (unshare -n)";
  return undefined;
}

function missingOf(packages: Readonly<Record<string, string>>): string[] {
  return Object.keys(packages).filter((name) => !existsSync(packages[name] as string));
}

function hasWebtorrent(): boolean {
  return existsSync(join(webtorrentFolder(), "node_modules/webtorrent/index.js"));
}

function install(): void {
  const missing = [...missingOf(PACKAGES), ...missingOf(JUDGES)];
  if (missing.length > 0) withoutServices(() => installPackages(missing));
  if (!hasWebtorrent()) installWebtorrent();
}

function installPackages(names: readonly string[]): void {
  say(`installing ${names.join(" ")} with apt`);
  // wireshark-common asks a question; RUNLEVEL keeps init scripts still. Another apt may hold the lock for a while.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const apt = ["-q", "-y", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"];
  run("apt-get", [...apt, "update"], { env });
  run("apt-get", [...apt, "install", "--no-install-recommends", ...names], { env });
}

/** While `work` runs, no package may start its service. A policy that was there before is left alone. */
function withoutServices(work: () => void): void {
  if (existsSync(POLICY)) return work();
  writeFileSync(POLICY, "#!/bin/sh\nexit 101\n");
  chmodSync(POLICY, 0o755);
  const remove = (): void => rmSync(POLICY, { force: true });
  process.once("exit", remove);
  try {
    work();
  } finally {
    remove();
    process.off("exit", remove);
  }
}

function installWebtorrent(): void {
  const folder = webtorrentFolder();
  say(`installing webtorrent ${WEBTORRENT.dependencies.webtorrent} with npm`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(WEBTORRENT, null, 2)}\n`);
  // A dependency's preinstall script would call the network; what webtorrent needs ships its binaries.
  run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--engine-strict=false", "--loglevel=error"], { cwd: folder });
}

function run(command: string, args: readonly string[], options: { env?: NodeJS.ProcessEnv; cwd?: string }): void {
  const { status, error } = spawnSync(command, args, { ...options, stdio: ["ignore", 2, 2] });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ended with ${status}`);
}

function say(text: string): void {
  console.error(`peers: ${text}`);
}

/** Called by `npm test`: installs what may be installed and decides whether the tests may go on. */
function main(): number {
  if (!isUnwanted() && obstacleHere() === undefined) {
    try {
      install();
    } catch (error) {
      say(`the installation failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const verdicts = [told("INTEROP TESTS", look()), told("TESTS WITH JUDGES", lookForJudges())];
  return verdicts.every((mayGoOn) => mayGoOn) ? 0 : 1;
}

/** Whether the tests may go on; says loudly what they go without. */
function told(what: string, { present, reason, required }: PeersState): boolean {
  if (present) return true;
  const rule = "=".repeat(100);
  say(`${rule}\npeers: ${what} ${required ? "CANNOT RUN" : "ARE SKIPPED"}: ${reason}\npeers: ${rule}`);
  return !required;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = main();

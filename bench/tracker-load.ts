/**
 * Trackers and the generator that asks them (tracker-load.c), for the benches of the tracker: one core for the tracker, the other for
 * the generator.
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const OPENTRACKER = "/usr/bin/opentracker";
/** It can bind a port that another one has, and then one of them is deaf: each gets a number of its own. */
const OPENTRACKER_PORTS = { first: 20_000, count: 10_000 };
const TICKS_PER_SECOND = 100;

export const TORRENTS = 10_000;
export const PEERS = 10;

/** A tracker in a process of its own. */
export interface RunningTracker {
  readonly child: ChildProcess;
  readonly port: number;
}

/** What the generator says; floods also tell how long answers took. */
export interface Answers {
  readonly answers: number;
  readonly lost: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly median?: number;
  readonly p99?: number;
}

/** What is asked, of how many torrents and peers. */
export interface Load {
  readonly mode: string;
  readonly requests: number;
  readonly torrents?: number;
  readonly peers?: number;
  /** Datagrams on their way at once; 64 when absent. */
  readonly inFlight?: number;
}

/** Compiles the generator into a folder; returns the program. */
export function compileGenerator(folder: string): string {
  const source = fileURLToPath(new URL("./tracker-load.c", import.meta.url));
  const program = join(folder, "tracker-load");
  const { status, stderr } = spawnSync("cc", ["-O2", "-o", program, source], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the generator needs a C compiler: ${stderr ?? "cc is missing"}`);
  return program;
}

/** A command that keeps to one core, where there are several. */
export function onCore(core: number, command: readonly string[]): { program: string; words: string[] } {
  const [program = "", ...words] = cpus().length > 1 ? ["taskset", "-c", String(core), ...command] : command;
  return { program, words };
}

/** Starts a program of this folder that listens on a port of its choice and says "port N"; TypeScript goes through tsx. */
export async function startTracker(script: string, ...words: readonly string[]): Promise<RunningTracker> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const loader = script.endsWith(".ts") ? ["--import", "tsx"] : [];
  const [program, ...rest] = [process.execPath, ...loader, path, ...words];
  // One of several threads takes whatever cores there are.
  const isSpread = words.some((word) => word.startsWith("threads="));
  const command = isSpread ? { program, words: rest } : onCore(0, [program, ...rest]);
  const child = spawn(command.program, command.words, { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise<number>((resolve, reject) => {
    child.once("exit", () => reject(new Error(`${script} did not start`)));
    child.stdout.on("data", (text: Buffer) => resolve(Number(/port (\d+)/.exec(text.toString())?.[1])));
  });
  return { child, port };
}

/** Starts opentracker, where it is installed. The Debian build tracks what is on its list and nothing else. */
export function startOpentracker(folder: string, generator: string): RunningTracker | undefined {
  if (spawnSync("test", ["-x", OPENTRACKER]).status !== 0) return undefined;
  const { stdout } = spawnSync(generator, ["hashes", "127.0.0.1", "1", String(TORRENTS), "1", "1", "1"], { maxBuffer: 64 * 1024 * 1024 });
  writeFileSync(join(folder, "list"), stdout);
  spawnSync("chmod", ["-R", "a+rX", folder]);
  const port = OPENTRACKER_PORTS.first + Math.floor(Math.random() * OPENTRACKER_PORTS.count);
  const place = ["-d", folder, "-i", "127.0.0.1", "-p", String(port), "-P", String(port), "-w", "/list"];
  const { program, words } = onCore(0, [OPENTRACKER, ...place]);
  return { child: spawn(program, words, { stdio: "ignore" }), port };
}

/** The generator's command for a load. */
export function loadCommand(generator: string, port: number, load: Load): { program: string; words: string[] } {
  const { mode, requests, torrents = TORRENTS, peers = PEERS, inFlight = 64 } = load;
  const seed = Math.floor(Math.random() * 1e9);
  return onCore(1, [generator, mode, "127.0.0.1", ...[port, torrents, peers, requests, seed, inFlight].map(String)]);
}

/** Asks a tracker and waits for the end of it. */
export function ask(generator: string, port: number, load: Load): Answers {
  const { program, words } = loadCommand(generator, port, load);
  const { stdout, stderr, status } = spawnSync(program, words, { encoding: "utf8", timeout: 300_000 });
  if (status !== 0) throw new Error(`${load.mode}: ${stderr}`);
  return JSON.parse(stdout) as Answers;
}

/** CPU a tracker has used, with the processes beside it. `taskset` becomes the program it starts, so the child is the tracker itself. */
export function cpuSeconds({ child }: RunningTracker): number {
  const beside = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").split(" ").filter(Boolean);
  return [String(child.pid), ...beside].reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return sum + (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }, 0);
}

/** Bytes of memory that no file stands behind. */
export function anonymousBytes({ child }: RunningTracker): number {
  const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
  return 1024 * Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]);
}

/**
 * N. The tracker against opentracker: what an answer costs, over UDP and HTTP, and what a peer costs in memory.
 *
 * One core for the tracker, the other for the generator (tracker-load.c, compiled with `cc`), 64 requests in flight. CPU seconds
 * count, not rates: the generator and whatever else runs share the machine.
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Bench, type BenchOptions, compare } from "./bench.ts";
import type { Contender } from "./figures.ts";

const TORRENTS = 10_000;
const PEERS = 10;
const OPENTRACKER = "/usr/bin/opentracker";
const OPENTRACKER_PORT = 16_970;
const TICKS_PER_SECOND = 100;

type Figure = "cpu" | "rate" | "lost";
type MemoryFigure = "resident" | "tables" | "pause";

/** What is asked, how often, and of whom it can be asked. */
const MODES: readonly { readonly mode: string; readonly title: string; readonly requests: number; readonly oursOnly?: boolean }[] = [
  { mode: "udp-announce", title: "UDP announce, connection id used again", requests: 300_000 },
  { mode: "udp-pairs", title: "UDP connect and announce", requests: 100_000 },
  { mode: "udp-scrape1", title: "UDP scrape of one torrent", requests: 200_000 },
  { mode: "udp-scrape70", title: "UDP scrape of 70 torrents", requests: 100_000 },
  { mode: "http-close", title: "HTTP announce, a connection each", requests: 50_000 },
  { mode: "http-scrape", title: "HTTP scrape, a connection each", requests: 50_000 },
  { mode: "http-keep", title: "HTTP announce, connection kept", requests: 200_000, oursOnly: true },
];

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
}

export const bench: Bench = {
  question: "An announce over UDP for at most 1.25 x the CPU of opentracker, a peer for at most 40 bytes?",
  run: async (options) => {
    const generator = compileGenerator(options.folder);
    const started: Running[] = [];
    try {
      const ours = await startOurs();
      started.push(ours);
      const theirs = startOpentracker(options.folder, generator);
      if (theirs === undefined) options.note("opentracker is not installed, so there is nothing to compare with");
      else started.push(theirs);
      for (const { port } of started) ask(generator, "udp-fill", port, TORRENTS * PEERS);
      const tables: string[] = [];
      for (const { mode, title, requests, oursOnly } of MODES) {
        const contenders = [contender("bittern", generator, ours, mode, requests)];
        if (theirs !== undefined && oursOnly !== true) contenders.push(contender("opentracker", generator, theirs, mode, requests));
        const table = await compare(options, contenders, [
          { figure: "cpu", title: "CPU s per 100,000", digits: 2 },
          { figure: "rate", title: "answers/s", digits: 0 },
          { figure: "lost", title: "lost", digits: 0 },
        ]);
        tables.push(`### ${title}\n\n${table}`);
      }
      tables.push(`### A million peers in 100,000 torrents\n\n${await memoryTable(options)}`);
      return tables.join("\n\n");
    } finally {
      for (const { child } of started) child.kill();
    }
  },
};

function compileGenerator(folder: string): string {
  const source = fileURLToPath(new URL("./tracker-load.c", import.meta.url));
  const program = join(folder, "tracker-load");
  const { status, stderr } = spawnSync("cc", ["-O2", "-o", program, source], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the generator needs a C compiler: ${stderr ?? "cc is missing"}`);
  return program;
}

/** A command that keeps to one core, where there are several. */
function onCore(core: number, command: readonly string[]): { program: string; words: string[] } {
  const [program = "", ...words] = cpus().length > 1 ? ["taskset", "-c", String(core), ...command] : command;
  return { program, words };
}

async function startOurs(): Promise<Running> {
  const script = fileURLToPath(new URL("./tracker-process.ts", import.meta.url));
  const command = onCore(0, [process.execPath, "--import", "tsx", script]);
  const child = spawn(command.program, command.words, { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise<number>((resolve, reject) => {
    child.once("exit", () => reject(new Error("our tracker did not start")));
    child.stdout.on("data", (text: Buffer) => resolve(Number(/port (\d+)/.exec(text.toString())?.[1])));
  });
  return { child, port };
}

/** The Debian build tracks what is on its list and nothing else. */
function startOpentracker(folder: string, generator: string): Running | undefined {
  if (spawnSync("test", ["-x", OPENTRACKER]).status !== 0) return undefined;
  const { stdout } = spawnSync(generator, ["hashes", "127.0.0.1", "1", String(TORRENTS), "1", "1", "1"], { maxBuffer: 64 * 1024 * 1024 });
  writeFileSync(join(folder, "list"), stdout);
  spawnSync("chmod", ["-R", "a+rX", folder]);
  const place = ["-d", folder, "-i", "127.0.0.1", "-p", String(OPENTRACKER_PORT), "-P", String(OPENTRACKER_PORT), "-w", "/list"];
  const { program, words } = onCore(0, [OPENTRACKER, ...place]);
  return { child: spawn(program, words, { stdio: "ignore" }), port: OPENTRACKER_PORT };
}

interface Answers {
  readonly answers: number;
  readonly lost: number;
  readonly seconds: number;
}

function ask(generator: string, mode: string, port: number, requests: number): Answers {
  const seed = String(Math.floor(Math.random() * 1e9));
  const words = [mode, "127.0.0.1", String(port), String(TORRENTS), String(PEERS), String(requests), seed];
  const command = onCore(1, [generator, ...words]);
  const { stdout, stderr, status } = spawnSync(command.program, command.words, { encoding: "utf8", timeout: 300_000 });
  if (status !== 0) throw new Error(`${mode}: ${stderr}`);
  return JSON.parse(stdout) as Answers;
}

function contender(name: string, generator: string, { child, port }: Running, mode: string, requests: number): Contender<Figure> {
  const run = async (): Promise<Record<Figure, number>> => {
    const before = cpuSeconds(child);
    const { answers, lost, seconds } = ask(generator, mode, port, requests);
    return { cpu: ((cpuSeconds(child) - before) / answers) * 100_000, rate: answers / seconds, lost };
  };
  return { name, run };
}

/** `taskset` becomes the program it starts, so the child is the tracker itself. */
function cpuSeconds({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function memoryTable(options: BenchOptions): Promise<string> {
  const cases = ["compact 4", "compact 6", "compact both", "ids 4", "ids 6", "ids both"];
  const contenders = cases.map((name): Contender<MemoryFigure> => ({ name, run: async () => memoryOf(name.split(" ")) }));
  return compare(
    { ...options, only: [] },
    contenders,
    [
      { figure: "resident", title: "resident B a peer", digits: 1 },
      { figure: "tables", title: "of it tables", digits: 1 },
      { figure: "pause", title: "longest pause of cleaning, ms", digits: 1 },
    ],
    0,
  );
}

function memoryOf(words: readonly string[]): Record<MemoryFigure, number> {
  const script = fileURLToPath(new URL("./tracker-memory.ts", import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--expose-gc", "--import", "tsx", script, ...words], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  const { bytesPerPeer, tableBytesPerPeer, pause } = JSON.parse(stdout) as {
    bytesPerPeer: number;
    tableBytesPerPeer: number;
    pause: number;
  };
  return { resident: bytesPerPeer, tables: tableBytesPerPeer, pause };
}

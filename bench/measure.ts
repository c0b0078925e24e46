/**
 * Runs programs and says what they cost: wall and CPU seconds, peak resident and peak anonymous memory.
 *
 * CPU seconds are what `wait4` reports to a shell around the program, children that it waited for included, so the last
 * milliseconds before an exit count too. Memory is sampled from /proc, every process of the tree added up. Linux only.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import type { Namespace } from "./namespace.ts";

/** Milliseconds between two samples of memory: short beside a transfer, and about 1 % of one core. */
const SAMPLE_MILLIS = 20;
/** Clock ticks a second in /proc/<pid>/stat; every Linux that runs Node says 100. */
const TICKS_PER_SECOND = 100;

/** What one program cost, from its start to its end. */
export interface Cost {
  readonly wallSeconds: number;
  /** User and system, all threads. */
  readonly cpuSeconds: number;
  /** Bytes; files it mapped or has in its page tables included. */
  readonly residentPeak: number;
  /** Bytes that only this program holds: heap, buffers, stacks. */
  readonly anonymousPeak: number;
  /** `null` when a signal ended it. */
  readonly exitCode: number | null;
}

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Where it runs; the machine's own network when left out. */
  readonly namespace?: Namespace;
  /** Runs as `nice`, `taskset` or the like would: put in front of the command. */
  readonly prefix?: readonly string[];
}

// The traps keep the shell alive until the program has ended; a trapped signal (unlike an ignored one) reaches the program as usual.
const SHELL =
  'trap : TERM INT HUP; "$@" & child=$!; wait $child; while kill -0 $child 2>/dev/null; do wait $child; done; wait $child; status=$?; times >&3; exit $status';

/** A program that is running or has ended. */
export class Program {
  readonly #child: ChildProcess;
  readonly #startedAt: number = performance.now();
  readonly #ended: Promise<Cost>;
  #residentPeak = 0;
  #anonymousPeak = 0;
  #output = "";
  #errors = "";

  constructor(command: readonly string[], options: ProgramOptions = {}) {
    const inside = [...(options.namespace?.prefix() ?? []), ...(options.prefix ?? []), ...command];
    this.#child = spawn("bash", ["-c", SHELL, "bash", ...inside], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["pipe", "pipe", "pipe", "pipe"],
      // A process group of its own, so that a signal reaches the program and not only the shell.
      detached: true,
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#output += text;
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#errors += text;
    });
    this.#ended = this.#watch();
  }

  /** What it wrote to standard output so far. */
  get output(): string {
    return this.#output;
  }

  /** What it wrote to standard error so far. */
  get errors(): string {
    return this.#errors;
  }

  /** Seconds since the start. */
  get age(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  /** CPU seconds of the living tree so far, to a hundredth; for programs that are ended from outside, such as seeders. */
  cpuSecondsSoFar(): number {
    return sum(this.#processes().map(ticksOf)) / TICKS_PER_SECOND;
  }

  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  kill(signal: NodeJS.Signals = "SIGTERM"): void {
    if (this.#child.pid === undefined || this.#child.exitCode !== null) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch {
      // It ended in the meantime.
    }
  }

  /** Answers once the program has ended, however it did. */
  ended(): Promise<Cost> {
    return this.#ended;
  }

  /** Answers with the first match in standard output or standard error; fails when the program ends or the time is over. */
  async says(pattern: RegExp, timeoutSeconds = 60): Promise<RegExpExecArray> {
    const until = performance.now() + timeoutSeconds * 1000;
    for (;;) {
      const found = pattern.exec(this.#output) ?? pattern.exec(this.#errors);
      if (found !== null) return found;
      if (this.#child.exitCode !== null) throw new Error(`ended with ${this.#child.exitCode} before it said ${pattern}:\n${this.#errors}`);
      if (performance.now() > until) throw new Error(`did not say ${pattern} within ${timeoutSeconds} s:\n${this.#output}${this.#errors}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async #watch(): Promise<Cost> {
    let times = "";
    (this.#child.stdio[3] as Readable).setEncoding("utf8").on("data", (text: string) => {
      times += text;
    });
    const sampler = setInterval(() => this.#sample(), SAMPLE_MILLIS);
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      this.#child.on("error", reject);
      this.#child.on("close", resolve);
    }).finally(() => clearInterval(sampler));
    return {
      wallSeconds: this.age,
      cpuSeconds: childSeconds(times),
      residentPeak: this.#residentPeak,
      anonymousPeak: this.#anonymousPeak,
      exitCode,
    };
  }

  #sample(): void {
    let resident = 0;
    let anonymous = 0;
    for (const pid of this.#processes()) {
      const status = readProc(`${pid}/status`);
      resident += kibibytes(status, "VmRSS");
      anonymous += kibibytes(status, "RssAnon");
    }
    this.#residentPeak = Math.max(this.#residentPeak, resident * 1024);
    this.#anonymousPeak = Math.max(this.#anonymousPeak, anonymous * 1024);
  }

  /** The program's processes, without the shell around them. */
  #processes(): readonly number[] {
    return this.#child.pid === undefined ? [] : descendantsOf(this.#child.pid);
  }
}

/** Runs a command to its end; fails when it does. */
export async function run(command: readonly string[], options: ProgramOptions = {}): Promise<Cost> {
  const program = new Program(command, options);
  const cost = await program.ended();
  if (cost.exitCode !== 0) throw new Error(`${command.join(" ")} ended with ${cost.exitCode}:\n${program.errors}`);
  return cost;
}

function descendantsOf(pid: number): readonly number[] {
  const found: number[] = [];
  for (const thread of readdirOf(`/proc/${pid}/task`)) {
    for (const child of readProc(`${pid}/task/${thread}/children`).split(" ").filter(Boolean).map(Number)) {
      found.push(child, ...descendantsOf(child));
    }
  }
  return found;
}

/** utime and stime are the 14th and 15th field; the command in parentheses may hold anything, so counting starts after it. */
function ticksOf(pid: number): number {
  const stat = readProc(`${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

/** Second line of the shell's `times`: user and system time of its children, as `0m1.234s 0m0.056s`. */
function childSeconds(times: string): number {
  const line = times.split("\n")[1] ?? "";
  return sum([...line.matchAll(/(\d+)m([\d.]+)s/g)].map(([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds)));
}

function kibibytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
}

/** A process may end between two looks at it: then nothing is there any more. */
function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, "utf8");
  } catch {
    return "";
  }
}

function readdirOf(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

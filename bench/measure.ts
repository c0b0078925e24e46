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
import { Speech } from "./speech.ts";

/** Milliseconds between two samples of memory: short beside a transfer, and about 1 % of one core a program. */
const SAMPLE_MILLIS = 20;
/** Clock ticks a second in /proc/<pid>/stat; every Linux that runs Node says 100. */
const TICKS_PER_SECOND = 100;
/** Characters of each output that stand in an error. */
const OUTPUT_SHOWN = 2000;

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

/** Bytes. */
export interface Memory {
  readonly resident: number;
  readonly anonymous: number;
}

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Where it runs; the machine's own network when left out. */
  readonly namespace?: Pick<Namespace, "prefix">;
  /** Runs as `nice`, `taskset` or the like would: put in front of the command. */
  readonly prefix?: readonly string[];
  /** Milliseconds between two samples of memory, for runs of many programs that last long. */
  readonly sampleMillis?: number;
}

// The traps keep the shell alive until the program has ended; a trapped signal (unlike an ignored one) reaches the program as usual.
const SHELL =
  'trap : TERM INT HUP; "$@" <&0 & child=$!; wait $child; status=$?; while kill -0 $child 2>/dev/null; do wait $child; status=$?; done; times >&3; exit $status';

/** Programs lead process groups of their own, so that nobody but us can take them along when we are stopped. */
const living = new Set<Program>();
process.on("exit", () => {
  for (const program of living) program.kill("SIGKILL");
});

/** Read by Node at its start, which costs 40 ms of CPU with a system's bundle of certificates: it belongs to the shell, not to a program. */
const CERTIFICATES_VARIABLE = "NODE_EXTRA_CA_CERTS";

function inheritedEnvironment(): NodeJS.ProcessEnv {
  const environment = { ...process.env };
  delete environment[CERTIFICATES_VARIABLE];
  return environment;
}

/** A program that is running or has ended. */
export class Program {
  readonly #child: ChildProcess;
  readonly #startedAt: number = performance.now();
  readonly #ended: Promise<Cost>;
  #residentPeak = 0;
  #anonymousPeak = 0;
  readonly #sampleMillis: number;
  readonly #output = new Speech();
  readonly #errors = new Speech();

  constructor(command: readonly string[], options: ProgramOptions = {}) {
    const inside = [...(options.namespace?.prefix() ?? []), ...(options.prefix ?? []), ...command];
    this.#child = spawn("bash", ["-c", SHELL, "bash", ...inside], {
      cwd: options.cwd,
      env: { ...inheritedEnvironment(), ...options.env },
      stdio: ["pipe", "pipe", "pipe", "pipe"],
      // A process group of its own, so that a signal reaches the program and not only the shell.
      detached: true,
    });
    this.#sampleMillis = options.sampleMillis ?? SAMPLE_MILLIS;
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => this.#output.hear(text));
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => this.#errors.hear(text));
    living.add(this);
    this.#ended = this.#watch().finally(() => living.delete(this));
  }

  /** What it wrote to standard output so far. */
  get output(): string {
    return this.#output.text;
  }

  /** What it wrote to standard error so far. */
  get errors(): string {
    return this.#errors.text;
  }

  /** Seconds since the start. */
  get age(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  /** CPU seconds of the living tree so far, to a hundredth; for programs that are ended from outside, such as seeders. */
  cpuSecondsSoFar(): number {
    return sum(this.#processes().map(ticksOf)) / TICKS_PER_SECOND;
  }

  /** The same to a microsecond or so, without threads that have ended; for programs that idle. */
  cpuSecondsOfThreads(): number {
    return sum(this.#processes().map(threadSecondsOf));
  }

  /** Bytes in use now. */
  memory(): Memory {
    const memory = { resident: 0, anonymous: 0 };
    for (const pid of this.#processes()) {
      const status = readProc(`${pid}/status`);
      memory.resident += kibibytes(status, "VmRSS") * 1024;
      memory.anonymous += kibibytes(status, "RssAnon") * 1024;
    }
    return memory;
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
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(`did not say ${pattern} within ${timeoutSeconds} s`), timeoutSeconds * 1000);
    const end = (status: string): void => giveUp.abort(`ended with ${status} before it said ${pattern}`);
    this.#ended.then(
      ({ exitCode }) => end(String(exitCode)),
      (fault) => end(String(fault)),
    );
    try {
      return await Promise.race([this.#output.says(pattern, giveUp.signal), this.#errors.says(pattern, giveUp.signal)]);
    } catch {
      throw new Error(`${giveUp.signal.reason}:\n${this.output.slice(-OUTPUT_SHOWN)}${this.errors.slice(-OUTPUT_SHOWN)}`);
    } finally {
      clearTimeout(timer);
      giveUp.abort();
    }
  }

  async #watch(): Promise<Cost> {
    let times = "";
    (this.#child.stdio[3] as Readable).setEncoding("utf8").on("data", (text: string) => {
      times += text;
    });
    const sampler = setInterval(() => this.#sample(), this.#sampleMillis);
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
    const { resident, anonymous } = this.memory();
    this.#residentPeak = Math.max(this.#residentPeak, resident);
    this.#anonymousPeak = Math.max(this.#anonymousPeak, anonymous);
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

/** The first field of schedstat: nanoseconds on a processor. */
function threadSecondsOf(pid: number): number {
  const threads = readdirOf(`/proc/${pid}/task`);
  return sum(threads.map((thread) => Number(readProc(`${pid}/task/${thread}/schedstat`).split(" ")[0] ?? 0))) / 1e9;
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

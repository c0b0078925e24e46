/**
 * A command of this very program in a process of its own, heard through its JSON lines.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { CommandError } from "../failure.ts";

/** One JSON line. */
export interface Line {
  readonly type?: string;
  readonly [key: string]: unknown;
}

/** Characters of standard error that are kept for the message of a failure. */
const COMPLAINT_LENGTH_MAX = 2000;

export class ProgramRun {
  /** The last line of each type. */
  readonly last: Map<string, Line> = new Map();
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #listeners: Set<() => void> = new Set();
  #lineCount = 0;
  #complaint = "";
  #status: number | undefined;

  constructor(args: readonly string[]) {
    this.#name = `bittern ${args[0]}`;
    this.#child = spawn(process.execPath, [process.argv[1] as string, ...args, "--json"], { stdio: ["ignore", "pipe", "pipe"] });
    const { stdout, stderr } = this.#child;
    if (stdout !== null) createInterface({ input: stdout }).on("line", (text) => this.#hear(text));
    stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-COMPLAINT_LENGTH_MAX);
    });
    this.#child.on("close", (status) => {
      this.#status = status ?? 1;
      this.#changed();
    });
    this.#child.on("error", (error) => {
      this.#complaint = error.message;
      this.#status = 1;
      this.#changed();
    });
  }

  /** The first line of this type that comes, or has come already. */
  async line(type: string, signal: AbortSignal): Promise<Line> {
    return await this.#until(() => this.last.get(type), signal);
  }

  /** The next line of this type after this call. */
  async next(type: string, signal: AbortSignal): Promise<Line> {
    const before = this.last.get(type);
    return await this.#until(() => (this.last.get(type) === before ? undefined : this.last.get(type)), signal);
  }

  /** The result of a command that ends. */
  async result(signal: AbortSignal): Promise<Line> {
    return await this.#until(() => (this.#status === 0 ? this.last.get("") : undefined), signal);
  }

  /** Asks it to end and waits until it has. */
  async stop(): Promise<void> {
    if (this.#status !== undefined) return;
    const ended = new Promise<void>((resolve) => this.#child.once("close", () => resolve()));
    this.#child.kill("SIGTERM");
    await ended;
  }

  #hear(text: string): void {
    this.#lineCount++;
    try {
      const line = JSON.parse(text) as Line;
      this.last.set(line.type ?? "", line);
    } catch {
      this.#complaint = `line ${this.#lineCount} is no JSON: ${text.slice(0, 100)}`;
    }
    this.#changed();
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #until(ask: () => Line | undefined, signal: AbortSignal): Promise<Line> {
    return new Promise((resolve, reject) => {
      const leave = (act: () => void): void => {
        this.#listeners.delete(look);
        signal.removeEventListener("abort", abort);
        act();
      };
      const look = (): void => {
        const answer = ask();
        if (answer !== undefined) leave(() => resolve(answer));
        else if (this.#status !== undefined) leave(() => reject(this.#failure()));
      };
      const abort = (): void => leave(() => reject(new CommandError("DEMO_STOPPED", `${this.#name} was not ready in time`)));
      if (signal.aborted) return abort();
      this.#listeners.add(look);
      signal.addEventListener("abort", abort, { once: true });
      look();
    });
  }

  #failure(): CommandError {
    const words = this.#complaint.trim().split("\n").at(-1) ?? "";
    return new CommandError("DEMO_FAILED", `${this.#name} ended with status ${this.#status}: ${words === "" ? "it said nothing" : words}`);
  }
}

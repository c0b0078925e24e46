/**
 * For tests: a program as a service manager starts it, in a session of its own, without a terminal, with its output in a file.
 * @module
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { minded, PROGRAM, type RunOptions } from "../../testing.ts";

export class Service {
  readonly #child: ChildProcess;
  readonly #journal: string;

  constructor(program: string, args: readonly string[], { cwd = ".", env }: RunOptions) {
    this.#journal = join(cwd, `${program}.journal`);
    const journal = openSync(this.#journal, "w");
    const line = [join(dirname(PROGRAM), `${program}.js`), ...args];
    const options = { cwd, env: { ...process.env, ...env }, detached: true, stdio: ["ignore" as const, journal, journal] };
    this.#child = minded(spawn(process.execPath, line, options));
    closeSync(journal);
  }

  /** Ends it, and tells all that it said. */
  async stop(): Promise<string> {
    const end = once(this.#child, "close");
    this.#child.kill("SIGTERM");
    await end;
    return readFileSync(this.#journal, "utf8");
  }
}

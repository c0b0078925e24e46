/**
 * For tests: a program in a pseudo-terminal, and what a person would read there.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { minded, PROGRAM } from "../../testing.ts";

export interface TerminalOptions {
  readonly cwd: string;
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** The command line of one of our programs, for a shell. */
export function commandLine(program: string, args: readonly string[]): string {
  const words = [process.execPath, join(dirname(PROGRAM), `${program}.js`), ...args];
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}

/** Runs a shell's command line in a terminal of its own. */
export class Terminal {
  readonly child: ChildProcess;
  /** Everything that was written, codes and all. */
  raw = "";
  hasEnded = false;
  readonly #looks = new Set<() => void>();

  constructor(command: string, { cwd, columns = 80, rows = 24, env = {} }: TerminalOptions) {
    const line = `stty cols ${columns} rows ${rows}; ${command}`;
    const environment = { ...process.env, SHELL: "/bin/bash", TERM: "xterm", BITTERN_STATE: join(cwd, "state"), ...env };
    this.child = minded(spawn("script", ["-qec", line, "/dev/null"], { cwd, env: environment, stdio: ["pipe", "pipe", "inherit"] }));
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.raw += text;
      this.#look();
    });
    this.child.on("close", () => {
      this.hasEnded = true;
      this.#look();
    });
  }

  press(keys: string): void {
    this.child.stdin?.write(keys);
  }

  /** The rows as they stand on the screen. */
  get screen(): readonly string[] {
    return screenOf(this.raw);
  }

  /** Waits until the screen, or all that was written, says so. */
  until(isThere: (terminal: Terminal) => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (isThere(this)) resolve();
        else if (this.hasEnded) reject(new Error(`ended before ${what}: ${this.raw}`));
        else return;
        this.#looks.delete(look);
      };
      this.#looks.add(look);
      look();
    });
  }

  async end(): Promise<void> {
    await this.until(({ hasEnded }) => hasEnded, "the end");
  }

  #look(): void {
    for (const look of [...this.#looks]) look();
  }
}

/** The codes that our programs use: go to a row, clear to its end, clear all, bold, and modes that change no text. */
const CODE = /\u001b\[(\??[\d;]*)([A-Za-z])/y;

function screenOf(raw: string): readonly string[] {
  let rows: string[] = [];
  let [row, column] = [0, 0];
  for (let at = 0; at < raw.length; ) {
    CODE.lastIndex = at;
    const code = CODE.exec(raw);
    if (code !== null) {
      at = CODE.lastIndex;
      const [, numbers = "", letter] = code;
      if (letter === "H")
        [row, column] = numbers === "" ? [0, 0] : (numbers.split(";").map((number) => Number(number) - 1) as [number, number]);
      else if (letter === "K") rows[row] = (rows[row] ?? "").slice(0, column);
      else if (letter === "J" || numbers === "?1049") rows = [];
      continue;
    }
    const sign = raw[at++] as string;
    if (sign === "\r") column = 0;
    else if (sign === "\n") row++;
    else {
      const before = (rows[row] ?? "").padEnd(column);
      rows[row] = before.slice(0, column) + sign + before.slice(column + 1);
      column++;
    }
  }
  return Array.from(rows, (line) => line ?? "");
}

/**
 * The log: to standard error, or to a file when one is named.
 * @module
 */
import { appendFileSync } from "node:fs";
import { printable } from "@bittern/faces";
import { UsageError } from "@bittern/protocol/base";
import type { Output } from "./output.ts";

export const LOG_LEVELS = ["silent", "error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogOptions {
  readonly level: LogLevel;
  readonly file: string | undefined;
}

/** The shape that `Session` takes as its `logger`. */
export class Log {
  readonly #rank: number;
  readonly #isFile: boolean;
  readonly #write: (line: string) => void;
  readonly #words: (message: string) => string;

  constructor(options: LogOptions, output: Output) {
    this.#rank = LOG_LEVELS.indexOf(options.level);
    const { file } = options;
    this.#isFile = file !== undefined;
    this.#write = file === undefined ? (line) => output.log(line) : (line) => appendFileSync(file, `${line}\n`);
    // Who looks on reads his own language; a file is for whoever is asked for help.
    this.#words = file === undefined && !output.isJson ? (message) => output.messages.failure("", message) : (message) => message;
    if (file !== undefined) {
      try {
        appendFileSync(file, "");
      } catch (error) {
        throw new UsageError(
          "LOG_FILE",
          `--log-file ${file}: cannot be written (${(error as NodeJS.ErrnoException).code}); name another file`,
        );
      }
    }
  }

  /** What ends a command is told by the command itself: on standard error it would stand twice, so only who reads along gets it there. */
  error(message: string): void {
    if (this.#isFile || this.#rank > LOG_LEVELS.indexOf("warn")) this.#say("error", message);
  }
  warn(message: string): void {
    this.#say("warn", message);
  }
  info(message: string): void {
    this.#say("info", message);
  }
  debug(message: string): void {
    this.#say("debug", message);
  }

  #say(level: LogLevel, message: string): void {
    if (LOG_LEVELS.indexOf(level) > this.#rank) return;
    this.#write(`${new Date().toISOString()} ${level.padEnd(5)} ${printable(this.#words(message))}`);
  }
}

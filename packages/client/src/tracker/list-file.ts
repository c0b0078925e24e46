/**
 * A text file with one entry a line, taken over again whenever it changes: lists of torrents, of users, of networks.
 *
 *     # a comment
 *     0123456789abcdef0123456789abcdef01234567    the rest of a line is for people
 * @module
 */
import type { Stats } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { diskFault } from "@bittern/node";
import { HostError, UsageError } from "@bittern/protocol/base";

/** Milliseconds between two looks. */
const LOOK_MILLIS = 5000;
const LENGTH_MAX = 256 * 1024 * 1024;

export class ListFile {
  readonly #path: string;
  readonly #take: (entries: readonly string[]) => void;
  readonly #onWarning: (message: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #stamp = "";
  #fault: string | undefined;

  /** `take` gets the first word of each line, and throws `UsageError` for one that makes no sense. */
  constructor(path: string, take: (entries: readonly string[]) => void, onWarning: (message: string) => void) {
    this.#path = path;
    this.#take = take;
    this.#onWarning = onWarning;
  }

  /** Reads it once; rejects when that cannot be. */
  async look(): Promise<void> {
    const stamp = await this.#look();
    const text = await readFile(this.#path, "utf8").catch((error: unknown) => {
      throw diskFault(error, this.#path);
    });
    const lines = text.split("\n").map((line) => line.trim());
    const words = lines.filter((line) => line !== "" && !line.startsWith("#")).map((line) => line.split(/\s+/)[0] as string);
    try {
      this.#take(words);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(error.code, `${this.#path}: ${error.message}`);
    }
    this.#stamp = stamp;
  }

  /** Looks again and again. A file that is gone or wrong leaves things as they are. */
  watch(): void {
    this.#timer = setInterval(() => void this.lookAgain(), LOOK_MILLIS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Takes it over again where it has changed; resolves with what is wrong with it, of which a warning is given once. */
  async lookAgain(): Promise<string | undefined> {
    const stamp = stampOf(await this.#stats());
    if (stamp === this.#stamp) return this.#fault;
    try {
      await this.look();
      this.#fault = undefined;
    } catch (error) {
      this.#stamp = stamp;
      this.#fault = `${textOf(error)}; what it said before goes on`;
      this.#onWarning(this.#fault);
    }
    return this.#fault;
  }

  async #look(): Promise<string> {
    const found = await this.#stats();
    if (found !== undefined && found.size > LENGTH_MAX) throw new HostError("FILE_UNSAFE", `${this.#path} has ${found.size} bytes`);
    return stampOf(found);
  }

  #stats(): Promise<Stats | undefined> {
    return stat(this.#path).catch(() => undefined);
  }
}

function stampOf(found: Stats | undefined): string {
  return `${found?.size} ${found?.mtimeMs} ${found?.ino}`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

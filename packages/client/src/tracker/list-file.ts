/**
 * A text file with one entry a line, taken over again whenever it changes: lists of torrents, of users, of networks.
 *
 *     # a comment
 *     0123456789abcdef0123456789abcdef01234567    the rest of a line is for people
 * @module
 */
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

  /** Takes it over again where it has changed. */
  async lookAgain(): Promise<void> {
    const stamp = await this.#look().catch(() => this.#stamp);
    if (stamp === this.#stamp) return;
    await this.look().catch((error: unknown) => {
      this.#stamp = stamp;
      this.#onWarning(`${textOf(error)}; what it said before goes on`);
    });
  }

  async #look(): Promise<string> {
    const found = await stat(this.#path).catch(() => undefined);
    if (found !== undefined && found.size > LENGTH_MAX) throw new HostError("FILE_UNSAFE", `${this.#path} has ${found.size} bytes`);
    return `${found?.size} ${found?.mtimeMs} ${found?.ino}`;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

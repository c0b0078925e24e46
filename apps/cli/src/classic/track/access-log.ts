/**
 * The log of the classic tracker: lines gathered for some seconds, then written together.
 * @module
 */
import { createWriteStream, type WriteStream } from "node:fs";
import { UsageError } from "@bittern/protocol/base";

/** Bytes that wait for a slow disk before lines are left out: a flood must not fill the memory. */
const WAITING_LENGTH_MAX = 16 * 1024 * 1024;

export class AccessLog {
  #stream: WriteStream | NodeJS.WriteStream;
  /** `undefined` for standard output. */
  readonly #path: string | undefined;
  readonly #flushMillis: number;
  #lines: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** Opens the file, or takes standard output for "" and "-". */
  static async open(path: string, flushSeconds: number): Promise<AccessLog> {
    if (path === "" || path === "-") return new AccessLog(process.stdout, undefined, flushSeconds);
    const stream = append(path);
    await new Promise<void>((resolve, reject) => {
      stream.once("open", () => resolve());
      stream.once("error", (error: NodeJS.ErrnoException) =>
        reject(new UsageError("LOG_FILE", `--logfile ${path}: cannot be written (${error.code}); name another file`)),
      );
    });
    return new AccessLog(stream, path, flushSeconds);
  }

  private constructor(stream: WriteStream | NodeJS.WriteStream, path: string | undefined, flushSeconds: number) {
    this.#stream = stream;
    this.#path = path;
    this.#flushMillis = Math.max(0, flushSeconds) * 1000;
  }

  write(line: string): void {
    this.#lines.push(line);
    if (this.#flushMillis === 0) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), this.#flushMillis);
  }

  /** Goes on in a new file of the same name: the old one was moved away. Lines stand where they fell. */
  reopen(): void {
    if (this.#path === undefined) return;
    this.#flush();
    this.#stream.end();
    this.#stream = append(this.#path);
  }

  /** Writes what waits; resolves when the file is closed. */
  async close(): Promise<void> {
    this.#flush();
    if (this.#path !== undefined) await new Promise<void>((resolve) => this.#stream.end(resolve));
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#lines.map((line) => `${line}\n`).join("");
    this.#lines = [];
    if (text !== "" && this.#stream.writableLength < WAITING_LENGTH_MAX) this.#stream.write(text);
  }
}

function append(path: string): WriteStream {
  const stream = createWriteStream(path, { flags: "a" });
  // A disk that fills up later costs lines, not the tracker.
  stream.on("error", () => undefined);
  return stream;
}

/**
 * The state file of the classic tracker, kept beside a running one: written from time to time and at the end, as a whole.
 * @module
 */
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { diskFault, errorOf, makeFolder } from "@bittern/node";
import { HostError, ProtocolError, type Random } from "@bittern/protocol/base";
import { dfileToJournal } from "@bittern/tracker";
import type { DfileOptions } from "./options.ts";

/** Seconds between two writes where nobody says otherwise: the classic's. */
const INTERVAL_SECONDS = 300;
/** Bytes; a million peers have about ninety million. */
const LENGTH_MAX = 512 * 1024 * 1024;

export class DfileKeeper {
  readonly #options: DfileOptions;
  readonly #onWarning: (message: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<void> = Promise.resolve();
  #content: (() => Uint8Array) | undefined;

  constructor(options: DfileOptions, onWarning: (message: string) => void) {
    this.#options = options;
    this.#onWarning = onWarning;
  }

  /**
   * What the file remembers, as a journal; `undefined` when there is none. Rejects with a `ProtocolError` when it is no dfile,
   * and leaves the file alone; with a `HostError` where it could not be written: five minutes later nobody would look.
   */
  async load(random: Random): Promise<Uint8Array | undefined> {
    const { path } = this.#options;
    await this.#tryPlace();
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || found.size === 0) return undefined;
    if (found.size > LENGTH_MAX) throw new HostError("FILE_UNSAFE", `${path} has ${found.size} bytes, which is no state of a tracker`);
    try {
      return dfileToJournal(await readFile(path), Math.floor(found.mtimeMs / 1000), random);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw diskFault(error, path);
      throw new ProtocolError(error.code, `${path} is no state of a tracker: ${error.message}`);
    }
  }

  /** As a write would begin, and nothing is left behind. */
  async #tryPlace(): Promise<void> {
    const { path } = this.#options;
    try {
      makeFolder(dirname(path));
      const file = await open(this.#draft, "w", 0o600);
      await file.close();
      await rm(this.#draft);
    } catch (error) {
      const { code, message } = diskFault(errorOf(error, path), path);
      throw new HostError(code, `the state cannot be kept: ${message}`, { cause: error });
    }
  }

  /** Beside the file, which it replaces once it is whole. */
  get #draft(): string {
    return `${this.#options.path}.new`;
  }

  /** Begins to write what `content` tells. */
  start(content: () => Uint8Array): void {
    this.#content = content;
    this.#timer = setInterval(() => void this.#write(), 1000 * (this.#options.intervalSeconds ?? INTERVAL_SECONDS));
  }

  /** Writes once more, while `content` still answers. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#write();
    this.#content = undefined;
  }

  #write(): Promise<void> {
    const content = this.#content?.();
    if (content === undefined) return this.#last;
    this.#last = this.#last
      .then(() => this.#replace(content))
      .catch((error: unknown) => {
        this.#onWarning(`the state is not kept: ${diskFault(error, this.#options.path).message}`);
      });
    return this.#last;
  }

  async #replace(content: Uint8Array): Promise<void> {
    const file = await open(this.#draft, "w", 0o600);
    try {
      await file.writeFile(content);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(this.#draft, this.#options.path);
  }
}

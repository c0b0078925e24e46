/**
 * Files open for reading on the main thread. The worker opens and closes them (walking folders may wait for a cold disk,
 * and Node wants a descriptor closed by the thread that opened it), here they are only read from, so that uploads keep
 * several threads of the system busy at once.
 * @module
 */
import { HostError } from "@bittern/protocol/base";

/** Who opens the files of a store, and closes them again. */
export interface FileSource {
  readonly store: number;
  open(path: string, opened: (fd: number | HostError) => void): void;
  close(fd: number): void;
}

interface OpenFile {
  readonly fd: number;
  readonly source: FileSource;
  /** Reads under way. */
  pins: number;
  /** Let go of as soon as nobody reads. */
  isLeaving: boolean;
}

export class OpenFiles {
  readonly #countMax: number;
  /** By key, least recently used first. */
  readonly #files = new Map<string, OpenFile>();
  readonly #opening = new Map<string, ((file: OpenFile | HostError) => void)[]>();

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  /** A descriptor for one use; `done` ends the use. At once when the file is open already. */
  use(source: FileSource, path: string, use: (fd: number | HostError, done: () => void) => void): void {
    const key = `${source.store}:${path}`;
    const pinned = (file: OpenFile | HostError): void => {
      if (file instanceof HostError) return use(file, () => undefined);
      file.pins++;
      use(file.fd, () => this.#unpin(file));
    };
    const kept = this.#files.get(key);
    if (kept !== undefined) {
      this.#files.delete(key);
      this.#files.set(key, kept);
      return pinned(kept);
    }
    const waiting = this.#opening.get(key);
    if (waiting !== undefined) {
      waiting.push(pinned);
      return;
    }
    this.#opening.set(key, [pinned]);
    source.open(path, (fd) => {
      if (!(fd instanceof HostError && fd.code === "TOO_MANY_FILES" && this.#dropIdle())) return this.#opened(key, source, fd);
      // Those just given up are closed before this is tried again: a source does things in order.
      source.open(path, (again) => this.#opened(key, source, again));
    });
  }

  /** Lets go of the files of one store, or of all. */
  drop(store?: number): void {
    const start = store === undefined ? "" : `${store}:`;
    for (const [key, file] of this.#files) if (key.startsWith(start)) this.#leave(key, file);
  }

  /** Gives up what nobody reads from, whoever it belongs to; returns whether there was anything. */
  #dropIdle(): boolean {
    const idle = [...this.#files].filter(([, { pins }]) => pins === 0);
    for (const [key, file] of idle) this.#leave(key, file);
    return idle.length > 0;
  }

  #opened(key: string, source: FileSource, fd: number | HostError): void {
    const waiting = this.#opening.get(key) ?? [];
    this.#opening.delete(key);
    if (fd instanceof HostError) {
      for (const pinned of waiting) pinned(fd);
      return;
    }
    this.#makeRoom();
    const file = { fd, source, pins: 1, isLeaving: false };
    this.#files.set(key, file);
    for (const pinned of waiting) pinned(file);
    this.#unpin(file);
  }

  #makeRoom(): void {
    for (const [key, file] of this.#files) {
      if (this.#files.size < this.#countMax) return;
      if (file.pins === 0) this.#leave(key, file);
    }
  }

  #leave(key: string, file: OpenFile): void {
    this.#files.delete(key);
    file.isLeaving = true;
    if (file.pins === 0) file.source.close(file.fd);
  }

  #unpin(file: OpenFile): void {
    file.pins--;
    if (file.pins === 0 && file.isLeaving) file.source.close(file.fd);
  }
}

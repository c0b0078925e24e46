/**
 * The files one worker has open, least recently used closed first.
 * @module
 */
import { closeSync, readSync, writeSync } from "node:fs";
import { HostError } from "@bittern/protocol/base";
import { codeOf } from "../faults.ts";

/** Says what to open when a file is not open yet. */
export type Opener = () => number;

interface OpenFile {
  readonly fd: number;
  readonly isWritable: boolean;
  /** Users that outlast one job: a sync under way. */
  pins: number;
  /** Closed as soon as nobody uses it. */
  isLeaving: boolean;
}

export class FilePool {
  readonly #countMax: number;
  /** By key, least recently used first. */
  readonly #files = new Map<string, OpenFile>();

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  /** A descriptor that is ours and stays open until the next call (or longer, when pinned). */
  get(key: string, isForWriting: boolean, open: Opener): number {
    const kept = this.#files.get(key);
    if (kept !== undefined && (kept.isWritable || !isForWriting)) {
      this.#files.delete(key);
      this.#files.set(key, kept);
      return kept.fd;
    }
    this.#makeRoom();
    const fd = this.openApart(open);
    if (kept !== undefined) this.#leave(key, kept);
    this.#files.set(key, { fd, isWritable: isForWriting, pins: 0, isLeaving: false });
    return fd;
  }

  /** Keeps the descriptor that `get` gave last for this key open, until the function returned is called. */
  pin(key: string): () => void {
    const file = this.#files.get(key);
    if (file === undefined) return () => undefined;
    file.pins++;
    return () => {
      file.pins--;
      if (file.isLeaving && file.pins === 0) closeSync(file.fd);
    };
  }

  /** Closes a file, if it is open, as soon as nobody has it pinned. */
  drop(key: string): void {
    const file = this.#files.get(key);
    if (file !== undefined) this.#leave(key, file);
  }

  /** Closes all files whose key begins so. */
  dropAll(start = ""): void {
    for (const key of [...this.#files.keys()]) if (key.startsWith(start)) this.drop(key);
  }

  /** Opens a file that does not stay here. Where the process has no descriptor left, what lies idle here is the first to go. */
  openApart<Opened extends number | undefined>(open: () => Opened): Opened {
    try {
      return open();
    } catch (error) {
      if (!["EMFILE", "ENFILE"].includes(codeOf(error)) || this.#files.size === 0) throw error;
      this.dropAll();
      return open();
    }
  }

  #makeRoom(): void {
    if (this.#files.size < this.#countMax) return;
    for (const [key, file] of this.#files) {
      if (file.pins > 0) continue;
      this.#leave(key, file);
      return;
    }
  }

  #leave(key: string, file: OpenFile): void {
    this.#files.delete(key);
    file.isLeaving = true;
    if (file.pins === 0) closeSync(file.fd);
  }
}

/** Writes all of it: the system may write less than asked, and says why only when asked again. */
export function writeAll(fd: number, bytes: Uint8Array, position: number): void {
  let written = 0;
  while (written < bytes.length) {
    const count = writeSync(fd, bytes, written, bytes.length - written, position + written);
    if (count === 0) throw new HostError("IO", "the system wrote nothing and said nothing");
    written += count;
  }
}

/** Reads until `bytes` is full or the file ends; returns how many bytes were there. */
export function readFully(fd: number, bytes: Uint8Array, position: number): number {
  let filled = 0;
  while (filled < bytes.length) {
    const count = readSync(fd, bytes, filled, bytes.length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

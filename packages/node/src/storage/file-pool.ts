/**
 * The files one worker has open, least recently used closed first.
 * @module
 */
import { closeSync, readSync, writeSync } from "node:fs";
import { HostError } from "@bittern/protocol/base";

/** Says what to open when a file is not open yet. */
export type Opener = () => number;

interface OpenFile {
  readonly fd: number;
  readonly isWritable: boolean;
  /** Users that outlast one job: a sync under way. */
  pins: number;
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
    const fd = open();
    if (kept !== undefined) this.#close(key, kept);
    this.#files.set(key, { fd, isWritable: isForWriting, pins: 0 });
    return fd;
  }

  /** Keeps a file open until `unpin`. */
  pin(key: string): void {
    const file = this.#files.get(key);
    if (file !== undefined) file.pins++;
  }

  unpin(key: string): void {
    const file = this.#files.get(key);
    if (file !== undefined) file.pins--;
  }

  /** Closes a file that is open and that nobody pinned. */
  drop(key: string): void {
    const file = this.#files.get(key);
    if (file !== undefined && file.pins === 0) this.#close(key, file);
  }

  /** Closes all files whose key begins so. */
  dropAll(start = ""): void {
    for (const key of [...this.#files.keys()]) if (key.startsWith(start)) this.drop(key);
  }

  #makeRoom(): void {
    if (this.#files.size < this.#countMax) return;
    for (const [key, file] of this.#files) {
      if (file.pins > 0) continue;
      this.#close(key, file);
      return;
    }
  }

  #close(key: string, file: OpenFile): void {
    this.#files.delete(key);
    closeSync(file.fd);
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

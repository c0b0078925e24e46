/**
 * A tracker's journal as two files: FILE, which tells everything, and FILE.next, which is being made to replace it.
 *
 * Appended bytes are synced before they count as written. The next file takes the place of the current one by a rename
 * of a synced file in a synced folder, so that after a power cut one of them is there as a whole.
 * @module
 */
import { type FileHandle, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { Done, JournalFile, JournalStore } from "@bittern/host";
import { codeOf, diskFault } from "./faults.ts";
import { lockFile, type TargetLock } from "./lock.ts";
import { syncFolder } from "./sync-folder.ts";

/** Bytes of a read. */
const READ_LENGTH = 1024 * 1024;

export class FileJournal implements JournalStore {
  readonly #path: string;
  readonly #lock: TargetLock;
  readonly #open: Map<JournalFile, FileHandle> = new Map();
  /** What was asked last; the end waits for it. */
  #last: Promise<void> = Promise.resolve();

  /** Throws a `UsageError` when another process has this journal. Folders above it are made. */
  constructor(path: string) {
    this.#path = path;
    this.#lock = lockFile(`${path}.lock`, { doing: `keeping the journal ${path}`, file: path });
  }

  load(take: (bytes: Uint8Array) => void, done: Done<void>): void {
    this.#do(
      "reading",
      async () => {
        const file = await open(this.#path, "r").catch((error: unknown) => {
          if (codeOf(error) === "ENOENT") return undefined;
          throw error;
        });
        if (file === undefined) return;
        try {
          const buffer = new Uint8Array(READ_LENGTH);
          for (;;) {
            const { bytesRead } = await file.read(buffer, 0, buffer.length);
            if (bytesRead === 0) return;
            take(buffer.subarray(0, bytesRead));
          }
        } finally {
          await file.close();
        }
      },
      done,
    );
  }

  append(which: JournalFile, bytes: Uint8Array, done: Done<void>): void {
    this.#do(
      "writing",
      async () => {
        const isNew = !this.#open.has(which);
        const file = this.#open.get(which) ?? (await open(this.#pathOf(which), "a", 0o600));
        this.#open.set(which, file);
        await file.appendFile(bytes);
        await file.datasync();
        if (isNew) await syncFolder(dirname(this.#path));
      },
      done,
    );
  }

  begin(done: Done<void>): void {
    this.#do(
      "beginning",
      async () => {
        await this.#close("next");
        this.#open.set("next", await open(this.#pathOf("next"), "w", 0o600));
      },
      done,
    );
  }

  commit(done: Done<void>): void {
    this.#do(
      "replacing",
      async () => {
        const next = this.#open.get("next");
        await next?.datasync();
        await rename(this.#pathOf("next"), this.#path);
        await this.#close("current");
        this.#open.delete("next");
        if (next !== undefined) this.#open.set("current", next);
        await syncFolder(dirname(this.#path));
      },
      done,
    );
  }

  /** Waits for what is being written, closes the files, gives the journal free. */
  async close(): Promise<void> {
    await this.#last;
    await this.#close("current");
    await this.#close("next");
    this.#lock.release();
  }

  #pathOf(which: JournalFile): string {
    return which === "current" ? this.#path : `${this.#path}.next`;
  }

  async #close(which: JournalFile): Promise<void> {
    const file = this.#open.get(which);
    this.#open.delete(which);
    await file?.close();
  }

  #do(doing: string, work: () => Promise<void>, done: Done<void>): void {
    const outcome = this.#last.then(work).catch((error: unknown) => diskFault(error, `${doing} ${this.#path}`));
    this.#last = outcome.then(
      () => undefined,
      () => undefined,
    );
    void outcome.then(done);
  }
}

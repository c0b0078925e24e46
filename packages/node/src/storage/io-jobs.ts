/**
 * The jobs of the I/O worker: hash and write, read, open, sync, move. One after the other, except for those that take
 * long, which give way to the others between their steps.
 * @module
 */
import { closeSync } from "node:fs";
import { HostError } from "@bittern/protocol/base";
import { diskFault } from "../faults.ts";
import { FilePool, readFully, writeAll } from "./file-pool.ts";
import { judgePiece } from "./hashing.ts";
import { IoStore } from "./io-store.ts";
import type {
  AllocateJob,
  Answers,
  ExportJob,
  IoJob,
  MoveJob,
  OpenedStore,
  OpenStoreJob,
  PlainFault,
  PlainStamps,
  ReadJob,
  ReadPart,
  RemoveJob,
  StoredPiece,
  StorePieceJob,
  SyncedStore,
} from "./jobs.ts";
import { writePartsEntries } from "./parts-file.ts";
import { moveFiles, removeFiles } from "./relocate.ts";

/** Files kept open for writing: half of the 128 this host allows itself. */
const OPEN_FILES_MAX = 64;
/** Stores that hold folders open, each of them up to 25: of thousands of torrents few are at work at a time. */
const AWAKE_MAX = 16;
/** Bytes copied out of the parts file at once. */
const EXPORT_LENGTH = 1024 * 1024;

export class IoJobs {
  readonly #pool = new FilePool(OPEN_FILES_MAX);
  readonly #stores = new Map<number, IoStore>();
  /** Those used last, the latest last. */
  readonly #awake = new Set<IoStore>();

  /** The answer, or a promise of it for what takes long. Never throws what the disk says. */
  do(job: IoJob): Answers[IoJob["op"]] | Promise<Answers[IoJob["op"]]> {
    switch (job.op) {
      case "store-piece":
        return this.#storePiece(job);
      case "open-store":
        return this.#later(`opening ${job.root}`, this.#openStore(job));
      case "read":
        return this.#read(job);
      case "open-file":
        return this.#guard(`opening ${job.path}`, () => this.#store(job.store).openToRead(job.path));
      case "close-file":
        return this.#guard("closing", () => {
          closeSync(job.fd);
          return undefined;
        });
      case "allocate":
        return this.#later(`making files in ${this.#rootOf(job.store)}`, this.#allocate(job));
      case "export":
        return this.#later(`moving bytes of the parts file to ${this.#rootOf(job.store)}`, this.#export(job));
      case "sync":
        return this.#later(`syncing ${this.#rootOf(job.store)}`, this.#sync(job.store));
      case "move":
        return this.#later(`moving to ${job.root}`, this.#move(job));
      case "remove":
        return this.#later(`deleting in ${this.#rootOf(job.store)}`, this.#remove(job));
      case "close-store":
        this.#end(job.store);
        return undefined;
      case "close-stores":
        for (const id of [...this.#stores.keys()]) this.#end(id);
        return undefined;
    }
  }

  #storePiece({ store, buffer, byteLength, expected, stretch, slots }: StorePieceJob): StoredPiece {
    const bytes = new Uint8Array(buffer, 0, byteLength);
    const outcome = this.#guard(`storing in ${this.#rootOf(store)}`, () => {
      const judged = expected === undefined ? ({ good: true } as const) : judgePiece(bytes, expected);
      if (!judged.good) return judged;
      const target = this.#store(store);
      target.checkWritable();
      target.write(bytes, stretch, slots);
      return judged;
    });
    return { outcome, buffer };
  }

  async #openStore(job: OpenStoreJob): Promise<OpenedStore> {
    const store = new IoStore(job, this.#pool);
    const stamps = await store.stamps(job.paths);
    if (job.lastIdentity !== undefined && !hasFile(stamps)) store.files.checkDisk(job.lastIdentity);
    const opened = { stamps, rootIdentity: store.files.identity(), slots: store.readSlots() };
    this.#stores.set(job.store, store);
    this.#wake(store);
    return opened;
  }

  #read({ store, stretch, places, buffer }: ReadJob): ReadPart {
    const fault = this.#guard(`reading in ${this.#rootOf(store)}`, () => {
      this.#store(store).read(buffer, stretch, places);
      return undefined;
    });
    return { fault, buffer };
  }

  async #allocate({ store, files }: AllocateJob): Promise<undefined> {
    const target = this.#store(store);
    target.checkWritable();
    for (const [count, file] of files.entries()) {
      if (count % 64 === 63) await new Promise((resolve) => setImmediate(resolve));
      target.allocate(file);
    }
  }

  async #export({ store, files, moves, freed, isEmptied }: ExportJob): Promise<SyncedStore> {
    const target = this.#store(store);
    target.checkWritable();
    const parts = { path: target.partsPath, length: 0, mayMake: false, isParts: true };
    const bytes = Buffer.alloc(EXPORT_LENGTH);
    for (let at = 0; at < moves.length; at += 4) {
      const [from, index, to, length] = moves.slice(at, at + 4) as [number, number, number, number];
      for (let done = 0; done < length; done += bytes.length) {
        const part = bytes.subarray(0, Math.min(bytes.length, length - done));
        const count = readFully(target.openToWrite(parts), part, from + done);
        const file = files[index];
        if (file !== undefined) writeAll(target.openToWrite(file), part.subarray(0, count), to + done);
      }
    }
    // Durable in the file before the table forgets where it was.
    const synced = await target.sync();
    if (isEmptied) target.removeParts();
    else if (freed.length > 0)
      writePartsEntries(
        target.openToWrite(parts),
        freed.flatMap((piece) => [piece, -1]),
      );
    return synced;
  }

  async #sync(store: number): Promise<SyncedStore> {
    return await this.#store(store).sync();
  }

  async #move({ store, root, paths, partsPath, arePartsBeside }: MoveJob): Promise<SyncedStore> {
    const target = this.#store(store);
    target.checkWritable();
    await target.sync();
    target.dropFiles();
    const parts = { folder: target.parts, isBeside: arePartsBeside, path: target.partsPath, newPath: partsPath };
    await moveFiles(target.files, root, paths, parts);
    target.moveTo(root, partsPath, arePartsBeside);
    return await target.found(paths);
  }

  async #remove({ store, paths }: RemoveJob): Promise<undefined> {
    const target = this.#store(store);
    if (target.readOnly) throw new HostError("DISK_READ_ONLY", "this torrent's files are only read");
    target.dropFiles();
    if (target.files.identity() !== "") {
      target.checkRoot();
      await removeFiles(target.files, paths);
    }
    target.removeParts();
    this.#end(store);
  }

  #end(id: number): void {
    const store = this.#stores.get(id);
    if (store === undefined) return;
    store.close();
    this.#stores.delete(id);
    this.#awake.delete(store);
  }

  /** For messages. */
  #rootOf(id: number): string {
    return this.#stores.get(id)?.files.root ?? "a store that was closed";
  }

  #store(id: number): IoStore {
    const store = this.#stores.get(id);
    if (store === undefined) throw new HostError("STORAGE_MISSING", "the store was closed");
    this.#wake(store);
    return store;
  }

  #wake(store: IoStore): void {
    this.#awake.delete(store);
    this.#awake.add(store);
    if (this.#awake.size <= AWAKE_MAX) return;
    for (const oldest of this.#awake) {
      this.#awake.delete(oldest);
      oldest.rest();
      return;
    }
  }

  #guard<Answer>(doing: string, job: () => Answer): Answer | PlainFault {
    try {
      return job();
    } catch (error) {
      return faultOf(error, doing);
    }
  }

  #later<Answer>(doing: string, job: Promise<Answer>): Promise<Answer | PlainFault> {
    return job.catch((error: unknown) => faultOf(error, doing));
  }
}

function hasFile(stamps: PlainStamps): boolean {
  return stamps.some((number) => !Number.isNaN(number));
}

function faultOf(error: unknown, doing: string): PlainFault {
  const { code, message } = diskFault(error, doing);
  return { fault: code, message };
}

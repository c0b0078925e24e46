/**
 * One store as the I/O worker knows it: its sandbox, the files it has open, and what was written since the last sync.
 * @module
 */
import { closeSync, fstatSync, ftruncateSync, statSync } from "node:fs";
import { setImmediate as breathe } from "node:timers/promises";
import { HostError } from "@bittern/protocol/base";
import { codeOf } from "../faults.ts";
import { makeFolder } from "../make-folder.ts";
import { type FilePool, readFully, writeAll } from "./file-pool.ts";
import { type FileName, MISSING, type OpenStoreJob, PAD, type PlainStamps, type Stretch, type SyncedStore } from "./jobs.ts";
import { type PartsShape, readPartsTable, writePartsEntries, writePartsHead } from "./parts-file.ts";
import { Sandbox } from "./paths.ts";
import { syncData, syncFolder } from "./syncing.ts";

const STAMP_LENGTH = 3;
/** Files looked at before other jobs get their turn. */
const STAMPS_AT_ONCE = 512;

export class IoStore {
  readonly id: number;
  readonly readOnly: boolean;
  partsPath: string;
  files: Sandbox;
  parts: Sandbox;
  readonly #pool: FilePool;
  readonly #shape: PartsShape;
  #rootDevice = 0;
  #rootInode = 0;
  #hasRoot = false;
  /** The parts file has no table that can be read: whatever is there begins anew when something is to be kept. */
  #lacksTable = true;
  /** Files written since the last sync. */
  #dirty = new Map<string, FileName>();
  /** Files made since the last sync: the folders they stand in must reach the disk as well. */
  #made = new Map<string, FileName>();

  constructor(job: OpenStoreJob, pool: FilePool) {
    this.id = job.store;
    this.readOnly = job.readOnly;
    this.partsPath = job.partsPath;
    this.files = new Sandbox(job.root, { followsLinks: job.readOnly });
    this.parts = job.arePartsBeside ? this.files : new Sandbox(job.partsRoot, { followsLinks: false });
    this.#pool = pool;
    this.#shape = { pieceLength: job.pieceLength, pieceCount: job.pieceCount };
    this.#rememberRoot();
  }

  /** Entries of the parts file's table, as pairs of piece and slot; none when there is no such file. */
  readSlots(): number[] {
    try {
      const fd = this.#pool.get(this.#key("", true), false, () => this.parts.openToRead(this.partsPath));
      const slots = readPartsTable(fd, this.#shape);
      this.#lacksTable = slots === undefined;
      return slots ?? [];
    } catch {
      return [];
    }
  }

  /** How files are found, "" being none; with a pause now and then, for there may be 200,000. */
  async stamps(paths: readonly string[]): Promise<PlainStamps> {
    const stamps = new Float64Array(paths.length * STAMP_LENGTH).fill(Number.NaN);
    const inodes = new Set<string>();
    // Nothing lies in a folder that is not there; to be told so by an exception costs as much as to make a file.
    let missing = "";
    for (const [at, path] of paths.entries()) {
      if (at % STAMPS_AT_ONCE === STAMPS_AT_ONCE - 1) await breathe();
      if (path === "" || !this.#hasRoot || (missing !== "" && path.startsWith(`${missing}/`))) continue;
      const found = this.files.look(path);
      if (found === undefined) {
        if (!this.readOnly) missing = this.files.missingFolderOf(path);
        continue;
      }
      if (!this.readOnly && found.nlink === 1n) this.#notTwice(path, `${found.dev}:${found.ino}`, inodes);
      stamps[STAMP_LENGTH * at] = Number(found.size);
      stamps[STAMP_LENGTH * at + 1] = Number(found.mtimeNs) / 1e6;
      // Some file systems number past 2^53; the lower bits tell two files apart well enough.
      stamps[STAMP_LENGTH * at + 2] = Number(found.ino & 0x1f_ffff_ffff_ffffn);
    }
    return stamps;
  }

  /** The root must be the folder it was: a drive that was pulled out leaves an empty mount point behind. */
  checkRoot(): void {
    const { root } = this.files;
    if (!this.#hasRoot) {
      makeFolder(root);
      this.#rememberRoot();
      return;
    }
    const found = statSync(root, { throwIfNoEntry: false });
    if (found?.isDirectory() && found.dev === this.#rootDevice && found.ino === this.#rootInode) return;
    throw new HostError("STORAGE_MISSING", `${root} is gone or is another folder than before`);
  }

  /** Refuses what would change data that must not be changed. */
  checkWritable(): void {
    if (this.readOnly) throw new HostError("DISK_READ_ONLY", "this torrent's files are only read");
    this.checkRoot();
  }

  /** Writes a stretch of the stream; pads are left out. */
  write(bytes: Uint8Array, { files, triples }: Stretch, slots: readonly number[]): void {
    let taken = 0;
    for (let at = 0; at < triples.length; at += 3) {
      const length = triples[at + 2] as number;
      const file = files[triples[at] as number];
      if (file !== undefined) {
        const part = new Uint8Array(bytes.buffer, bytes.byteOffset + taken, length);
        const isWhole = file.length === length;
        if (!isWhole || !this.#makeWhole(file, part)) writeAll(this.openToWrite(file, isWhole), part, triples[at + 1] as number);
      }
      taken += length;
    }
    const partsFile = slots.length > 0 ? files.find(({ isParts }) => isParts) : undefined;
    if (partsFile !== undefined) writePartsEntries(this.openToWrite(partsFile), slots);
  }

  /** Reads a stretch of the stream to the places named, whole or not at all. */
  read(target: ArrayBuffer, { files, triples }: Stretch, places: readonly number[]): void {
    for (let at = 0; at < triples.length; at += 3) {
      const bytes = new Uint8Array(target, places[at / 3] as number, triples[at + 2] as number);
      const index = triples[at] as number;
      if (index === PAD) bytes.fill(0);
      else this.#readPart(bytes, index === MISSING ? undefined : files[index], triples[at + 1] as number);
    }
  }

  /** Opens a file for good: the descriptor goes to somebody else. */
  openToRead(path: string): number {
    try {
      return this.#pool.openApart(() => this.files.openToRead(path));
    } catch (error) {
      throw this.#missingFault(error);
    }
  }

  /** Makes a file with its full length, or gives the one that is there that length. */
  allocate(file: FileName): void {
    const wasMade = this.#made.size;
    const fd = this.openToWrite(file);
    if (this.#made.size === wasMade && fstatSync(fd).size !== file.length) ftruncateSync(fd, file.length);
  }

  /** A descriptor for writing, which stays with the pool. `isWhole`: all of it is written now, so that it needs no length before. */
  openToWrite(file: FileName, isWhole = false): number {
    const key = this.#key(file.path, file.isParts);
    let isKept = true;
    const fd = this.#pool.get(key, true, () => {
      isKept = false;
      return this.#openToWrite(file, isWhole);
    });
    if (isKept) this.#checkNames(key, file, fd);
    this.#dirty.set(key, file);
    return fd;
  }

  /**
   * Makes a file, writes all of it and closes it: nobody has to find it open afterwards. Thousands of small files come this way, one
   * after the other. Returns false where something of that name is there already, or may be.
   */
  #makeWhole(file: FileName, bytes: Uint8Array): boolean {
    const key = this.#key(file.path, file.isParts);
    if (!file.mayMake || file.isParts || this.#made.has(key)) return false;
    const fd = this.#pool.openApart(() => this.#makeNew(file, this.files, true));
    if (fd === undefined) return false;
    this.#dirty.set(key, file);
    try {
      writeAll(fd, bytes, 0);
    } finally {
      closeSync(fd);
    }
    return true;
  }

  /** Somebody may have deleted the file, or given it a second name, since it was opened. */
  #checkNames(key: string, file: FileName, fd: number): void {
    const { nlink } = fstatSync(fd);
    if (nlink === 1) return;
    this.#pool.drop(key);
    if (nlink > 1) throw new HostError("FILE_UNSAFE", `${file.path} has a second name`);
    throw new HostError("FILE_MISSING", `${file.path} was deleted by somebody else`);
  }

  /** Makes everything written so far durable, in the background: one file at a time, so that reads keep their threads. */
  async sync(): Promise<SyncedStore> {
    const dirty = this.#dirty;
    const made = this.#made;
    this.#dirty = new Map();
    this.#made = new Map();
    try {
      for (const [key, file] of dirty) await this.#syncFile(key, file);
      await this.#syncFolders([...made.values()]);
    } catch (error) {
      // Not durable yet: the next sync has to try again, whatever its caller made of this fault.
      this.#dirty = new Map([...dirty, ...this.#dirty]);
      this.#made = new Map([...made, ...this.#made]);
      throw error;
    }
    const paths = [...dirty.values()].filter(({ isParts }) => !isParts).map(({ path }) => path);
    return await this.found(paths);
  }

  async found(paths: readonly string[]): Promise<SyncedStore> {
    return { paths, stamps: await this.stamps(paths), rootIdentity: this.files.identity() };
  }

  /** Follows its files to another root. */
  moveTo(root: string, partsPath: string, arePartsBeside: boolean): void {
    this.dropFiles();
    this.files.close();
    this.files = new Sandbox(root, { followsLinks: this.readOnly });
    if (arePartsBeside) this.parts = this.files;
    this.partsPath = partsPath;
    this.#rememberRoot();
  }

  removeParts(): void {
    const key = this.#key("", true);
    this.#pool.drop(key);
    this.#dirty.delete(key);
    this.parts.removeFile(this.partsPath);
  }

  dropFiles(): void {
    this.#pool.dropAll(`${this.id}:`);
  }

  /** Lets go of the folders it holds open; the next job finds its way again. */
  rest(): void {
    this.files.close();
    this.parts.close();
  }

  close(): void {
    this.dropFiles();
    this.rest();
  }

  #key(path: string, isParts: boolean): string {
    return isParts ? `${this.id}:parts` : `${this.id}:file:${path}`;
  }

  #readPart(bytes: Uint8Array, file: FileName | undefined, position: number): void {
    if (file === undefined) throw new HostError("FILE_MISSING", "the bytes were never stored");
    const sandbox = file.isParts ? this.parts : this.files;
    let fd: number;
    try {
      fd = this.#pool.get(this.#key(file.path, file.isParts), false, () => sandbox.openToRead(file.path));
    } catch (error) {
      throw this.#missingFault(error);
    }
    if (readFully(fd, bytes, position) < bytes.length) throw new HostError("FILE_MISSING", `${file.path} ends too early`);
  }

  /** A file that is missing because its root is: say so. */
  #missingFault(error: unknown): unknown {
    if (codeOf(error) === "ENOENT" && this.#hasRoot) this.checkRoot();
    return error;
  }

  /** One file under two names that is no link: the disk folds case, and the second would overwrite the first. */
  #notTwice(path: string, inode: string, inodes: Set<string>): void {
    if (inodes.has(inode)) throw new HostError("FILE_UNSAFE", `${path} is the same file as another one on this disk`);
    inodes.add(inode);
  }

  #openToWrite(file: FileName, isWhole: boolean): number {
    const sandbox = file.isParts ? this.parts : this.files;
    if (file.isParts) makeFolder(this.parts.root);
    const isOurs = this.#made.has(this.#key(file.path, file.isParts));
    // Thousands of files are made in a row: to look for each of them first would cost more than making it.
    if (file.mayMake && !file.isParts && !isOurs) {
      const fd = this.#makeNew(file, sandbox, isWhole);
      if (fd !== undefined) return fd;
    }
    try {
      const fd = sandbox.openToWrite(file.path);
      if (file.isParts) return this.#withTable(fd);
      // Believed to be new and yet there: either somebody put it there, or the disk takes it for another file of ours.
      if (!file.mayMake || isOurs || sandbox.isListed(file.path)) return fd;
      closeSync(fd);
      throw new HostError("FILE_UNSAFE", `${file.path} is the same file as another one on this disk`);
    } catch (error) {
      if (codeOf(error) !== "ENOENT" || !file.mayMake) throw this.#missingFault(error);
    }
    return this.#make(file, sandbox, isWhole);
  }

  /** `undefined` when there is something of that name already. */
  #makeNew(file: FileName, sandbox: Sandbox, isWhole: boolean): number | undefined {
    try {
      return this.#make(file, sandbox, isWhole);
    } catch (error) {
      if (codeOf(error) === "EEXIST") return undefined;
      throw this.#missingFault(error);
    }
  }

  #make(file: FileName, sandbox: Sandbox, isWhole: boolean): number {
    const fd = sandbox.create(file.path);
    this.#made.set(this.#key(file.path, file.isParts), file);
    if (file.isParts) this.#lacksTable = true;
    if (file.isParts) return this.#withTable(fd);
    if (!isWhole && file.length > 0) ftruncateSync(fd, file.length);
    return fd;
  }

  #withTable(fd: number): number {
    if (this.#lacksTable) writePartsHead(fd, this.#shape);
    this.#lacksTable = false;
    return fd;
  }

  async #syncFile(key: string, file: FileName): Promise<void> {
    const sandbox = file.isParts ? this.parts : this.files;
    let fd: number;
    try {
      // Windows syncs only through a descriptor that may write.
      const isForWriting = process.platform === "win32";
      fd = this.#pool.get(key, isForWriting, () => (isForWriting ? sandbox.openToWrite(file.path) : sandbox.openToRead(file.path)));
    } catch (error) {
      // Deleted by somebody: its stamp will say so.
      if (codeOf(error) === "ENOENT") return;
      throw error;
    }
    const unpin = this.#pool.pin(key);
    try {
      await syncData(fd, file.path);
    } finally {
      unpin();
    }
  }

  /** A new file is durable when its folder is, and that one when its own folder is. */
  async #syncFolders(made: readonly FileName[]): Promise<void> {
    const synced = new Set<string>();
    for (const file of made) {
      const sandbox = file.isParts ? this.parts : this.files;
      for (let path = file.path; ; path = path.slice(0, path.lastIndexOf("/"))) {
        const folder = `${sandbox.root}/${path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ""}`;
        if (!synced.has(folder)) await syncFolder(sandbox, path);
        synced.add(folder);
        if (!path.includes("/")) break;
      }
    }
  }

  #rememberRoot(): void {
    const found = statSync(this.files.root, { throwIfNoEntry: false });
    if (found !== undefined && !found.isDirectory()) throw new HostError("FILE_UNSAFE", `${this.files.root} is no folder`);
    this.#hasRoot = found !== undefined;
    this.#rootDevice = found?.dev ?? 0;
    this.#rootInode = found?.ino ?? 0;
  }
}

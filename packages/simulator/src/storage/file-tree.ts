/**
 * The files of a virtual disk, page by page, with what a power cut would leave of them.
 *
 * A write is volatile until its file is synced. A cut keeps, drops or tears each volatile page as the dice fall, and
 * a file whose making was never synced may be gone.
 * @module
 */
import type { FileStamp } from "@bittern/host";
import { assert, concatBytes, HostError } from "@bittern/protocol/base";
import type { SeededRandom } from "../random.ts";

/** Bytes. */
export const PAGE_LENGTH = 4096;
/** A page tears at a border of sectors. */
const SECTOR_LENGTH = 512;

interface Page {
  bytes: Uint8Array;
  /** What it was at the last sync; `undefined`: it did not exist. */
  durable: Uint8Array | undefined;
  isVolatile: boolean;
}

/** One file: sparse, zeros where nothing was written. */
export class VirtualFile {
  readonly inode: number;
  length = 0;
  modifiedMillis = 0;
  isDurablyThere = false;
  #durableLength = 0;
  readonly #pages: Map<number, Page> = new Map();

  constructor(inode: number) {
    this.inode = inode;
  }

  get stamp(): FileStamp {
    return { length: this.length, modifiedMillis: this.modifiedMillis, inode: this.inode };
  }

  /** Bytes of all pages. */
  get usedLength(): number {
    return this.#pages.size * PAGE_LENGTH;
  }

  /** Bytes that a write there would newly take. */
  roomFor(offset: number, length: number): number {
    let pages = 0;
    for (let page = Math.floor(offset / PAGE_LENGTH); page * PAGE_LENGTH < offset + length; page++) if (!this.#pages.has(page)) pages++;
    return pages * PAGE_LENGTH;
  }

  write(offset: number, bytes: Uint8Array, nowMillis: number): void {
    for (let done = 0; done < bytes.length; ) {
      const page = this.#pageAt(Math.floor((offset + done) / PAGE_LENGTH));
      const from = (offset + done) % PAGE_LENGTH;
      const count = Math.min(PAGE_LENGTH - from, bytes.length - done);
      // The durable state may share memory with the present one until the first write after a sync.
      if (page.bytes === page.durable) page.bytes = page.bytes.slice();
      page.bytes.set(bytes.subarray(done, done + count), from);
      page.isVolatile = true;
      done += count;
    }
    this.length = Math.max(this.length, offset + bytes.length);
    this.modifiedMillis = nowMillis;
  }

  /** Fills `target`; false when the file ends before. */
  read(offset: number, target: Uint8Array): boolean {
    if (offset + target.length > this.length) return false;
    for (let done = 0; done < target.length; ) {
      const from = (offset + done) % PAGE_LENGTH;
      const count = Math.min(PAGE_LENGTH - from, target.length - done);
      const page = this.#pages.get(Math.floor((offset + done) / PAGE_LENGTH));
      if (page === undefined) target.fill(0, done, done + count);
      else target.set(page.bytes.subarray(from, from + count), done);
      done += count;
    }
    return true;
  }

  truncate(length: number, nowMillis: number): void {
    this.length = length;
    this.modifiedMillis = nowMillis;
    for (const index of this.#pages.keys()) if (index * PAGE_LENGTH >= length) this.#pages.delete(index);
  }

  /** Turns one byte over and tells nobody: the stamp stays as it was. */
  rot(offset: number): void {
    const page = this.#pageAt(Math.floor(offset / PAGE_LENGTH));
    page.bytes = page.bytes.slice();
    page.bytes[offset % PAGE_LENGTH] = (page.bytes[offset % PAGE_LENGTH] as number) ^ 0xff;
    page.durable = page.bytes;
  }

  sync(): void {
    for (const page of this.#pages.values()) {
      if (!page.isVolatile) continue;
      page.isVolatile = false;
      page.durable = page.bytes;
    }
    this.#durableLength = this.length;
    this.isDurablyThere = true;
  }

  /** What is left of it after the power was cut. */
  cutPower(random: SeededRandom): void {
    // All of it made it, or none, or each page has a fate of its own.
    const common = random.whole(0, 3);
    for (const [index, page] of this.#pages) {
      if (!page.isVolatile) continue;
      const fate = common < 2 ? common : random.whole(0, 2);
      const before = page.durable ?? new Uint8Array(PAGE_LENGTH);
      if (fate === 1) page.bytes = before;
      if (fate === 2) {
        const tear = random.whole(1, PAGE_LENGTH / SECTOR_LENGTH - 1) * SECTOR_LENGTH;
        page.bytes = concatBytes([page.bytes.subarray(0, tear), before.subarray(tear)]);
      }
      page.isVolatile = false;
      page.durable = page.bytes;
      if (fate === 1 && this.#durableLength <= index * PAGE_LENGTH) this.#pages.delete(index);
    }
    if (this.isDurablyThere && random.chance(0.5)) this.length = Math.max(this.#durableLength, this.#endOfPages());
  }

  #endOfPages(): number {
    let end = 0;
    for (const index of this.#pages.keys()) end = Math.max(end, Math.min(this.length, (index + 1) * PAGE_LENGTH));
    return end;
  }

  #pageAt(index: number): Page {
    const found = this.#pages.get(index);
    if (found !== undefined) return found;
    const page: Page = { bytes: new Uint8Array(PAGE_LENGTH), durable: undefined, isVolatile: true };
    this.#pages.set(index, page);
    return page;
  }
}

/** All files of a disk by path; folders are there as long as a file is below them. */
export class FileTree {
  readonly #files: Map<string, VirtualFile> = new Map();
  #inode = 1000;

  nextInode(): number {
    return ++this.#inode;
  }

  get(path: string): VirtualFile | undefined {
    return this.#files.get(path);
  }

  /** Every path there is, in the order the files were made. */
  paths(): readonly string[] {
    return [...this.#files.keys()];
  }

  /** Whether anything lies below a folder. */
  hasFolder(path: string): boolean {
    const prefix = `${path}/`;
    for (const each of this.#files.keys()) if (each.startsWith(prefix)) return true;
    return false;
  }

  /** The file at a path, made when there is none; a folder in its place is no file. */
  open(path: string): VirtualFile | HostError {
    if (this.hasFolder(path)) return new HostError("FILE_UNSAFE", `${path} is no plain file`);
    const found = this.#files.get(path);
    if (found !== undefined) return found;
    const file = new VirtualFile(this.nextInode());
    this.#files.set(path, file);
    return file;
  }

  /** Deletes a file; returns the bytes that became free. */
  remove(path: string): number {
    const file = this.#files.get(path);
    this.#files.delete(path);
    return file?.usedLength ?? 0;
  }

  rename(from: string, to: string): void {
    const file = this.#files.get(from);
    assert(file !== undefined, "what is renamed is there");
    this.#files.delete(from);
    this.#files.set(to, file);
  }

  cutPower(random: SeededRandom): void {
    for (const [path, file] of this.#files) {
      if (!file.isDurablyThere && random.chance(0.5)) this.#files.delete(path);
      else file.cutPower(random);
    }
  }
}

/**
 * The sandbox: the only door from the names in a torrent to the file system.
 *
 * On Linux every component is opened below a descriptor of its parent, through `/proc/self/fd/<parent>/<name>` with
 * `O_NOFOLLOW`, which acts like `openat` (tried): a link planted anywhere on the way, before or while we walk, is refused.
 * Elsewhere each component is looked at with `lstat` first, and the opened file must be the one that was seen; between
 * the look and the opening of a folder a local program could still swap it, which is the smaller guarantee there.
 *
 * Everything is synchronous and belongs to one thread: a place is used before the next one is asked for.
 * @module
 */
import {
  type BigIntStats,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  realpathSync,
  rmdirSync,
  statSync,
  unlinkSync,
} from "node:fs";
import { dirname, join, sep } from "node:path";
import { HostError } from "@bittern/protocol/base";
import { codeOf, diskFault, errorOf } from "../faults.ts";
import { FolderDescriptors, makeOneFolder } from "./folder-descriptors.ts";
import { splitPath } from "./safe-path.ts";

const { O_CREAT, O_EXCL, O_RDONLY, O_RDWR } = constants;
/** Windows knows none of these. */
const { O_DIRECTORY = 0, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;

/** To make a file: it follows no link, and what it opens is new, plain, and known by this one name. */
const MAKE: number = O_RDWR + O_CREAT + O_EXCL;
/** True where descriptors can be walked. */
export const HAS_DESCRIPTOR_PATHS: boolean = process.platform === "linux" && existsSync("/proc/self/fd");

export interface SandboxOptions {
  /** Reading only, and links whose real place is below the root are followed: mirrors are full of them. */
  readonly followsLinks: boolean;
  /** Which walk to take; tests take both. */
  readonly hasDescriptorPaths?: boolean;
}

export class Sandbox {
  readonly root: string;
  readonly #followsLinks: boolean;
  readonly #hasDescriptorPaths: boolean;
  readonly #folders: FolderDescriptors;

  constructor(root: string, options: SandboxOptions) {
    this.root = root;
    this.#folders = new FolderDescriptors(root);
    this.#followsLinks = options.followsLinks;
    this.#hasDescriptorPaths = options.hasDescriptorPaths ?? HAS_DESCRIPTOR_PATHS;
  }

  /** Opens a file that exists, for reading. */
  openToRead(path: string): number {
    if (!this.#followsLinks) return this.#opened(path, O_RDONLY, false);
    return this.#withoutLinks(() => this.#openOnce(path, O_RDONLY, false)) ?? openRegular(this.#realPath(path), O_RDONLY);
  }

  /** Opens a file that exists, for reading and writing; one that has a second name is refused. */
  openToWrite(path: string): number {
    return this.#opened(path, O_RDWR, false);
  }

  /** Makes a file that must not exist yet, and the folders above it. */
  create(path: string): number {
    return this.#opened(path, MAKE, true);
  }

  /** How a file is found; `undefined` when nothing, or nothing that may be read, is there. */
  look(path: string): BigIntStats | undefined {
    try {
      const found = this.#followsLinks ? this.#withoutLinks(() => this.#lookAt(path)) : this.#lookAt(path);
      if (found?.isFile() === true) return found;
      if (!this.#followsLinks) return undefined;
      const real = lstatSync(this.#realPath(path), { bigint: true });
      return real.isFile() ? real : undefined;
    } catch (error) {
      if (["ENOENT", "ENOTDIR", "ELOOP", "EACCES"].includes(codeOf(error)) || error instanceof HostError) return undefined;
      throw error;
    }
  }

  /** The folder of the file, when there is none or none that may be entered; "" when there is. Links count as none, so it is not for those who follow them. */
  missingFolderOf(path: string): string {
    const { folder } = splitPath(path);
    try {
      if (this.#hasDescriptorPaths) this.#folders.of(folder, false);
      else this.#lookedAt(folder, false);
      return "";
    } catch {
      return folder;
    }
  }

  /** Where a name stands, for one immediate call that does not follow a link in its last part. `makes`: with the folders above it. */
  place(path: string, makes: boolean): string {
    return this.#locate(path, makes);
  }

  /** Deletes a file, unless something else took its name. Returns whether one was deleted. */
  removeFile(path: string): boolean {
    try {
      const place = this.#locate(path, false);
      if (!lstatSync(place).isFile()) return false;
      unlinkSync(place);
      return true;
    } catch (error) {
      if (error instanceof HostError || ["ENOENT", "ENOTDIR", "ELOOP"].includes(codeOf(error))) return false;
      throw error;
    }
  }

  /** Deletes a folder when it is empty. */
  removeFolder(path: string): void {
    try {
      this.#folders.forget();
      const place = this.#locate(path, false);
      if (lstatSync(place).isDirectory()) rmdirSync(place);
    } catch {
      // Not empty, not there, not ours: it stays.
    }
  }

  /** Opens the folder `path` is in, for `fsync`; the descriptor is given away. `undefined` where folders cannot be opened. */
  openFolderOf(path: string): number | undefined {
    if (!this.#hasDescriptorPaths) return undefined;
    return openSync(`/proc/self/fd/${this.#folders.of(splitPath(path).folder, false)}`, O_RDONLY + O_DIRECTORY);
  }

  /** Whether the folder lists the file under exactly this name: a disk that folds case answers to other names too. */
  isListed(path: string): boolean {
    const { folder, name } = splitPath(path);
    const place = this.#hasDescriptorPaths ? `/proc/self/fd/${this.#folders.of(folder, false)}` : this.#lookedAt(folder, false);
    return readdirSync(place).includes(name);
  }

  /** Device and inode of the root as text, "" when there is none. */
  identity(): string {
    try {
      const found = statSync(this.root, { bigint: true });
      return found.isDirectory() ? `${found.dev}:${found.ino}` : "";
    } catch (error) {
      if (["ENOENT", "ENOTDIR"].includes(codeOf(error))) return "";
      throw diskFault(error, `looking at ${this.root}`);
    }
  }

  /** Throws `STORAGE_MISSING` when the root lies on another disk than it did under that identity, or would lie there. */
  checkDisk(identity: string): void {
    const disk = identity.slice(0, identity.indexOf(":"));
    if (disk === "" || deviceAbove(this.root) === disk) return;
    throw new HostError(
      "STORAGE_MISSING",
      `${this.root} is on another disk than before and nothing is there: mount the right one, or recheck to begin anew`,
    );
  }

  /** Lets go of all folders; the next walk begins anew. */
  close(): void {
    this.#folders.close();
  }

  /**
   * What is done along a way on which there is no link, for those who may follow one: hardly ever is there any, and this way looks at
   * each folder once, where the other looks at each part of each path. `undefined` whatever is in the way: the other will say it.
   */
  #withoutLinks<Result>(work: () => Result): Result | undefined {
    if (!this.#hasDescriptorPaths) return undefined;
    try {
      return work();
    } catch {
      return undefined;
    }
  }

  #lookAt(path: string): BigIntStats | undefined {
    return lstatSync(this.#locate(path, false), { bigint: true, throwIfNoEntry: false });
  }

  #opened(path: string, flags: number, makes: boolean): number {
    try {
      return this.#openAgain(path, flags, makes);
    } catch (error) {
      throw errorOf(error, join(this.root, path));
    }
  }

  #openAgain(path: string, flags: number, makes: boolean): number {
    try {
      return this.#openOnce(path, flags, makes);
    } catch (error) {
      // A folder we hold may have been deleted and made again: once more, from the root.
      if (codeOf(error) !== "ENOENT" || this.#folders.isEmpty) throw error;
      this.close();
      return this.#openOnce(path, flags, makes);
    }
  }

  #openOnce(path: string, flags: number, makes: boolean): number {
    const place = this.#locate(path, makes);
    if (this.#hasDescriptorPaths) return openRegular(place, flags);
    const seen = makes ? undefined : lstatSync(place, { bigint: true });
    if (seen !== undefined && !seen.isFile()) throw new HostError("FILE_UNSAFE", `${path} is no plain file`);
    return openRegular(place, flags, seen);
  }

  #locate(path: string, makes: boolean): string {
    const { folder, name } = splitPath(path);
    if (!this.#hasDescriptorPaths) return join(this.#lookedAt(folder, makes), name);
    return `/proc/self/fd/${this.#folders.of(folder, makes)}/${name}`;
  }

  /** The path of a folder whose every component was looked at and is a real folder. */
  #lookedAt(folder: string, makes: boolean): string {
    let place = realpathSync(this.root);
    for (const part of folder === "" ? [] : folder.split("/")) {
      place = join(place, part);
      if (makes) makeOneFolder(place);
      if (!lstatSync(place).isDirectory()) throw new HostError("FILE_UNSAFE", `${folder} does not lead to a folder`);
    }
    if (realpathSync(place) !== place) throw new HostError("FILE_UNSAFE", `${folder} leads elsewhere`);
    return place;
  }

  #realPath(path: string): string {
    splitPath(path);
    const root = realpathSync(this.root);
    const real = realpathSync(join(root, ...path.split("/")));
    if (!real.startsWith(root.endsWith(sep) ? root : root + sep)) throw new HostError("FILE_UNSAFE", `${path} leads out of its folder`);
    return real;
  }
}

/** The device of a folder, or of the nearest above it that exists. */
function deviceAbove(folder: string): string {
  const found = statSync(folder, { bigint: true, throwIfNoEntry: false });
  const above = dirname(folder);
  return found !== undefined || above === folder ? `${found?.dev ?? ""}` : deviceAbove(above);
}

/** Not blocking: a pipe under the name of a file must not hold the thread until somebody writes into it. */
function openRegular(place: string, flags: number, seen?: BigIntStats): number {
  const fd = openSync(place, flags + O_NOFOLLOW + O_NONBLOCK, 0o666);
  if (flags === MAKE) return fd;
  const found = fstatSync(fd);
  const isForWriting = flags !== O_RDONLY;
  if (found.isFile() && isSeen(fd, seen) && !(isForWriting && found.nlink > 1)) return fd;
  closeSync(fd);
  throw new HostError("FILE_UNSAFE", found.isFile() ? "the file has a second name or was swapped" : "the name is not that of a plain file");
}

/** Whether the file opened is the one that was looked at before. */
function isSeen(fd: number, seen: BigIntStats | undefined): boolean {
  if (seen === undefined) return true;
  const found = fstatSync(fd, { bigint: true });
  return seen.dev === found.dev && seen.ino === found.ino;
}

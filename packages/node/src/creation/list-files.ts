/**
 * The files of a folder that is to become a torrent.
 *
 * Names are bytes: what is no UTF-8 is found and can be opened all the same. Hidden files and what editors and desktops
 * leave behind stay out unless all are asked for. A link is followed when it leads to somewhere below the folder
 * (mktorrent follows every link, and so publishes whatever it points to); one that leads out, or round in a circle, is
 * left out and named, because leaving out in silence would be as bad.
 * @module
 */
import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { setImmediate as breathe } from "node:timers/promises";
import { compareBytes, HostError, UsageError } from "@bittern/protocol/base";
import { METAINFO_LIMITS } from "@bittern/protocol/metainfo";
import { codeOf, diskFault } from "../faults.ts";

/** Entries looked at before others get their turn. */
const ENTRIES_AT_ONCE = 256;
/** What desktops leave in folders; editors leave names with "~" or "#". */
const LITTER: ReadonlySet<string> = new Set(["thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "__macosx"]);

const SLASH = Buffer.from("/");

export interface ListOptions {
  /** With hidden files and litter. */
  readonly all: boolean;
  /** By the rule of mainline's maker: hidden files, `core` and `CVS` stay out, and no litter. */
  readonly likeMainline?: boolean;
}

export interface ListedFile {
  /** Below the folder; for a single file its name alone. Not UTF-8: U+FFFD stands for the bytes that are not. */
  readonly path: readonly string[];
  /** The same as bytes. */
  readonly rawPath: readonly Uint8Array[];
  /** Where to open it. */
  readonly place: Uint8Array;
  /** Bytes. */
  readonly length: number;
  /** Milliseconds since 1970, of the last change. */
  readonly modifiedMillis: number;
  readonly isExecutable: boolean;
}

/** Something below the folder that stays out of the torrent. */
export interface LeftOut {
  /** Below the folder, with "/". */
  readonly path: string;
  readonly why: "hidden" | "litter" | "leads out" | "leads round" | "leads nowhere" | "no file";
}

export interface Listing {
  /** Of the folder or the file: its last part. */
  readonly name: string;
  readonly isSingleFile: boolean;
  /** In the byte order of their paths, as mktorrent sorts them. */
  readonly files: readonly ListedFile[];
  readonly leftOut: readonly LeftOut[];
}

interface Folder {
  readonly place: Buffer;
  readonly rawPath: readonly Buffer[];
  /** Device and inode of the folders this one lies in, itself included: a link back to one of them is a circle. */
  readonly within: readonly string[];
}

/** Lists a folder and everything below it, or a single file. */
export async function listFiles(path: string, { all, likeMainline = false }: ListOptions): Promise<Listing> {
  const absolute = resolve(path);
  const found = lookAt(Buffer.from(absolute), absolute);
  const name = basename(absolute);
  if (found.isFile()) {
    const raw = Buffer.from(name);
    return { name, isSingleFile: true, files: [listed(Buffer.from(absolute), [raw], found)], leftOut: [] };
  }
  if (!found.isDirectory()) throw new UsageError("CREATE_FILES", `${path} is neither a file nor a folder`);
  const walk = new Walk(absolute, all ? () => undefined : likeMainline ? unwantedByMainline : unwanted);
  await walk.run();
  const files = walk.files.toSorted((left, right) => compareBytes(joined(left.rawPath), joined(right.rawPath)));
  return { name, isSingleFile: false, files, leftOut: walk.leftOut };
}

class Walk {
  readonly files: ListedFile[] = [];
  readonly leftOut: LeftOut[] = [];
  readonly #unwanted: (name: string) => Unwanted | undefined;
  readonly #root: Buffer;
  readonly #realRoot: Buffer;
  readonly #waiting: Folder[];

  constructor(root: string, judge: (name: string) => Unwanted | undefined) {
    this.#unwanted = judge;
    this.#root = Buffer.from(root);
    this.#realRoot = realpathSync(this.#root, { encoding: "buffer" });
    this.#waiting = [{ place: this.#root, rawPath: [], within: [identity(statSync(root))] }];
  }

  async run(): Promise<void> {
    let count = 0;
    for (let folder = this.#waiting.pop(); folder !== undefined; folder = this.#waiting.pop()) {
      for (const entry of entriesOf(folder.place)) {
        if (count++ % ENTRIES_AT_ONCE === 0) await breathe();
        this.#enter(folder, entry);
      }
    }
  }

  #enter(folder: Folder, entry: Dirent<Buffer>): void {
    const rawPath = [...folder.rawPath, entry.name];
    const place = Buffer.concat([folder.place, SLASH, entry.name]);
    const why = this.#unwanted(entry.name.toString());
    if (why !== undefined) return this.#leaveOut(rawPath, why);
    let found: Stats;
    try {
      found = lookAt(place, place.toString());
    } catch (error) {
      if (entry.isSymbolicLink()) return this.#leaveOut(rawPath, "leads nowhere");
      throw error;
    }
    if (entry.isSymbolicLink() && !this.#isBelowRoot(place)) return this.#leaveOut(rawPath, "leads out");
    if (found.isFile()) return this.#add(place, rawPath, found);
    if (!found.isDirectory()) return this.#leaveOut(rawPath, "no file");
    const self = identity(found);
    if (folder.within.includes(self)) return this.#leaveOut(rawPath, "leads round");
    if (rawPath.length >= METAINFO_LIMITS.depth) throw new UsageError("CREATE_PATH", `${place.toString()} lies too deep for a torrent`);
    this.#waiting.push({ place, rawPath, within: [...folder.within, self] });
  }

  #add(place: Buffer, rawPath: readonly Buffer[], found: Stats): void {
    if (this.files.length >= METAINFO_LIMITS.fileCount) {
      throw new UsageError("CREATE_FILES", `more than ${METAINFO_LIMITS.fileCount} files are too many for one torrent`);
    }
    this.files.push(listed(place, rawPath, found));
  }

  #isBelowRoot(place: Buffer): boolean {
    const real = realpathSync(place, { encoding: "buffer" });
    const start = Buffer.concat([this.#realRoot, SLASH]);
    return real.equals(this.#realRoot) || real.subarray(0, start.length).equals(start);
  }

  #leaveOut(rawPath: readonly Buffer[], why: LeftOut["why"]): void {
    this.leftOut.push({ path: rawPath.map((part) => part.toString()).join("/"), why });
  }
}

type Unwanted = "hidden" | "litter";

function unwanted(name: string): Unwanted | undefined {
  if (name.startsWith(".")) return "hidden";
  const isLitter = name.endsWith("~") || /^#.*#$/.test(name) || LITTER.has(name.toLowerCase());
  return isLitter ? "litter" : undefined;
}

/** Dumps of crashed programs and the folders of a version control of its day are all the litter it knows. */
function unwantedByMainline(name: string): Unwanted | undefined {
  if (name.startsWith(".")) return "hidden";
  return name === "core" || name === "CVS" ? "litter" : undefined;
}

function entriesOf(place: Buffer): readonly Dirent<Buffer>[] {
  try {
    return readdirSync(place, { withFileTypes: true, encoding: "buffer" }) as unknown as Dirent<Buffer>[];
  } catch (error) {
    throw diskFault(error, `listing ${place.toString()}`);
  }
}

function lookAt(place: Buffer, shown: string): Stats {
  try {
    return statSync(place);
  } catch (error) {
    if (codeOf(error) === "ENOENT") throw new HostError("FILE_MISSING", `${shown}: there is no such file or folder`);
    throw diskFault(error, `looking at ${shown}`);
  }
}

function listed(place: Buffer, rawPath: readonly Buffer[], found: Stats): ListedFile {
  return {
    path: rawPath.map((part) => part.toString()),
    rawPath,
    place,
    length: found.size,
    modifiedMillis: found.mtimeMs,
    isExecutable: (found.mode & 0o100) !== 0,
  };
}

function identity({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}

function joined(rawPath: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(rawPath.flatMap((part, at) => (at === 0 ? [part] : [SLASH, part])));
}

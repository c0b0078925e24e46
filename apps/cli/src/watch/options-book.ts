/**
 * What the options files of a watched folder say, and said when they were last right: a slip of the pen in one of them stops
 * nothing that is at work.
 * @module
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Failure, failureOf } from "../failure.ts";
import { type FolderOptions, parseFolderOptions } from "./folder-options.ts";
import { FOLDER_OPTIONS_NAME, foldersAround, type WatchListing } from "./listing.ts";
import type { WatchedFile } from "./roster.ts";

/** A file that cannot be taken. `hasOptions`: it could before, and what it said then still holds. */
export interface OptionsFault {
  readonly path: string;
  readonly failure: Failure;
  readonly hasOptions: boolean;
}

interface Page {
  /** Of the file as it was last read. */
  readonly stamp: string;
  /** Undefined: it has never been right. */
  readonly options: FolderOptions | undefined;
  /** Why it is not right now. */
  readonly fault: string | undefined;
}

export class OptionsBook {
  readonly #folder: string;
  readonly #complain: (fault: OptionsFault) => void;
  readonly #pages = new Map<string, Page>();
  #listed: ReadonlySet<string> = new Set();

  constructor(folder: string, complain: (fault: OptionsFault) => void) {
    this.#folder = folder;
    this.#complain = complain;
  }

  /**
   * Reads what changed, and gives the torrents of the listing that may be worked on: one that is new and lies below a file that
   * was never right waits for that, for nobody knows what its options should be. Calls must not overlap.
   */
  async take({ torrents, options }: WatchListing): Promise<ReadonlyMap<string, WatchedFile>> {
    for (const path of this.#pages.keys()) if (!options.has(path)) this.#pages.delete(path);
    for (const [path, stamp] of options) if (this.#pages.get(path)?.stamp !== stamp) await this.#read(path, stamp);
    const files = new Map<string, WatchedFile>();
    for (const [path, file] of torrents) {
      const isHeld = this.#pagesAround(path).some((page) => page.options === undefined);
      if (isHeld && !this.#listed.has(path)) continue;
      // What the options say, not when they were written: a file that is mended to what it was changes nothing.
      files.set(path, { ...file, stamp: JSON.stringify([file.stamp, this.optionsFor(path)]) });
    }
    this.#listed = new Set(files.keys());
    return files;
  }

  /** What the files around a watched file say together, the nearest first. */
  optionsFor(path: string): FolderOptions {
    return Object.assign({}, ...this.#pagesAround(path).map(({ options }) => options));
  }

  #pagesAround(path: string): readonly Page[] {
    return foldersAround(this.#folder, path).flatMap((place) => this.#pages.get(join(place, FOLDER_OPTIONS_NAME)) ?? []);
  }

  async #read(path: string, stamp: string): Promise<void> {
    const before = this.#pages.get(path);
    try {
      this.#pages.set(path, { stamp, options: parseFolderOptions(await readFile(path, "utf8"), path), fault: undefined });
    } catch (error) {
      const failure = failureOf(error);
      this.#pages.set(path, { stamp, options: before?.options, fault: failure.message });
      if (before?.fault !== failure.message) this.#complain({ path, failure, hasOptions: before?.options !== undefined });
    }
  }
}

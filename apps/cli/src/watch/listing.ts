/**
 * Looks at a folder again and again, or has the system tell of its changes.
 * @module
 */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import type { FSWatcher } from "chokidar";
import type { WatchedFile } from "./roster.ts";

/** Milliseconds a file must have been left alone: whoever copies one in is given time to end. */
const SETTLE_MILLIS = 300;
/** Milliseconds in which changes that come together are taken together. */
const GATHER_MILLIS = 50;
/** Milliseconds between two looks, where the system does not tell. */
const LOOK_MILLIS = 1000;

/** Name of the file that says how the torrents of its folder, and of those in it, are handled. */
export const FOLDER_OPTIONS_NAME = ".bittern.json";

export type Listener = (files: ReadonlyMap<string, WatchedFile>) => void;

/** What lies in a folder and the folders in it. */
export interface WatchListing {
  /** Those nearest to the top first. */
  readonly torrents: ReadonlyMap<string, WatchedFile>;
  /** The options files, by path, each with a stamp that changes with it. */
  readonly options: ReadonlyMap<string, string>;
}

/** Ends the looking. */
export type EndWatch = () => Promise<void>;

/** The .torrent files of the folder itself that are not empty, looked for every so many seconds. */
export function pollFolder(folder: string, seconds: number, listen: Listener, complain: (error: unknown) => void): EndWatch {
  let isEnded = false;
  let timer: NodeJS.Timeout | undefined;
  // A folder that is gone is gone at the next look as well.
  let isMissing = false;
  const look = async (): Promise<void> => {
    try {
      const files = await torrentsOf(folder);
      if (!isEnded) listen(files);
      isMissing = false;
    } catch (error) {
      if (!isMissing) complain(error);
      isMissing = true;
    }
    if (!isEnded) timer = setTimeout(() => void look(), seconds * 1000);
  };
  const first = look();
  return async () => {
    isEnded = true;
    clearTimeout(timer);
    await first;
  };
}

async function torrentsOf(folder: string): Promise<ReadonlyMap<string, WatchedFile>> {
  const files = new Map<string, WatchedFile>();
  for (const name of (await readdir(folder)).toSorted()) {
    if (!name.endsWith(".torrent")) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() === true && found.size > 0) files.set(path, { stamp: `${found.size}:${found.mtimeMs}`, isLink: false });
  }
  return files;
}

/** The .torrent and .magnet files of the folder and of all folders in it, empty ones left out. `polls`: the system is not trusted to tell of changes. */
export async function watchFolder(folder: string, polls: boolean, listen: (listing: WatchListing) => void): Promise<EndWatch> {
  const { watch } = await import("chokidar");
  const stamps = new Map<string, string>();
  const watcher: FSWatcher = watch(folder, {
    alwaysStat: true,
    awaitWriteFinish: { stabilityThreshold: SETTLE_MILLIS, pollInterval: 100 },
    usePolling: polls,
    interval: LOOK_MILLIS,
    ignored: (path, found) => found?.isFile() === true && !isWatched(path),
  });
  let timer: NodeJS.Timeout | undefined;
  let isReady = false;
  const changed = (): void => {
    if (!isReady) return;
    clearTimeout(timer);
    timer = setTimeout(() => listen(listingOf(stamps)), GATHER_MILLIS);
  };
  const seen = (path: string, found?: { readonly size: number; readonly mtimeMs: number }): void => {
    if (!isWatched(path)) return;
    // A shell makes the file before the command runs that fills it.
    if (found?.size === 0) stamps.delete(path);
    else stamps.set(path, `${found?.size}:${found?.mtimeMs}`);
    changed();
  };
  watcher.on("add", seen).on("change", seen);
  watcher.on("unlink", (path) => {
    if (stamps.delete(path)) changed();
  });
  await new Promise<void>((resolve, reject) => {
    watcher.once("ready", resolve);
    watcher.once("error", reject);
  });
  // From here on an error is one of a folder that went away; what is left is watched on.
  watcher.on("error", () => undefined);
  isReady = true;
  listen(listingOf(stamps));
  return async () => {
    clearTimeout(timer);
    await watcher.close();
  };
}

function isWatched(path: string): boolean {
  return /\.(torrent|magnet)$/.test(path) || basename(path) === FOLDER_OPTIONS_NAME;
}

function listingOf(stamps: ReadonlyMap<string, string>): WatchListing {
  const isOptions = (path: string): boolean => basename(path) === FOLDER_OPTIONS_NAME;
  const depth = (path: string): number => path.split(sep).length;
  const torrents = [...stamps]
    .filter(([path]) => !isOptions(path))
    .toSorted(([left], [right]) => depth(left) - depth(right) || (left < right ? -1 : 1))
    .map(([path, stamp]) => [path, { stamp, isLink: path.endsWith(".magnet") }] as const);
  return { torrents: new Map(torrents), options: new Map([...stamps].filter(([path]) => isOptions(path))) };
}

/** From the watched folder down to the one that holds the file. */
export function foldersAround(folder: string, path: string): readonly string[] {
  const parts = relative(folder, dirname(path))
    .split(sep)
    .filter((part) => part !== "");
  return [folder, ...parts.map((_, at) => join(folder, ...parts.slice(0, at + 1)))];
}

/**
 * What stands in a folder, for the dialog that chooses where to save.
 * @module
 */
import { readdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";

export interface FolderListing {
  /** Absolute. */
  readonly path: string;
  /** The folder above; null at the root. */
  readonly above: string | null;
  readonly folders: readonly string[];
  /** Files: choosing one resumes it. */
  readonly files: readonly string[];
}

/** Entries of each kind that are shown; whoever has more types the name. */
const SHOWN_MAX = 2000;

export async function listFolder(path: string): Promise<FolderListing> {
  const folder = resolve(path);
  const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => !entry.name.startsWith("."));
  const names = (isWanted: (entry: (typeof entries)[number]) => boolean): readonly string[] =>
    entries
      .filter(isWanted)
      .map(({ name }) => name)
      .toSorted((one, other) => one.localeCompare(other))
      .slice(0, SHOWN_MAX);
  return {
    path: folder,
    above: dirname(folder) === folder ? null : dirname(folder),
    folders: names((entry) => entry.isDirectory()),
    files: names((entry) => entry.isFile()),
  };
}

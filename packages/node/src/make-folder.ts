/**
 * Makes a folder and those above it that are missing, one by one.
 *
 * `mkdir` with `recursive` of Node 20 never comes back where a folder is there and yet takes no entry and says ENOENT, as
 * /proc does: it takes the answer for a missing parent, finds the parent, and tries again for ever.
 * @module
 */
import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { codeOf } from "./faults.ts";

/** Answers the topmost folder that was made; `undefined` when all were there. */
export function makeFolder(path: string, mode?: number): string | undefined {
  const missing: string[] = [];
  let place = resolve(path);
  for (let found = stat(place); found === undefined; found = stat(place)) {
    missing.push(place);
    if (dirname(place) === place) break;
    place = dirname(place);
  }
  // A file in the way is told by the system itself.
  if (missing.length === 0 && stat(place)?.isDirectory() === false) mkdirSync(place);
  for (const folder of missing.toReversed()) make(folder, mode);
  return missing.at(-1);
}

function stat(path: string) {
  return statSync(path, { throwIfNoEntry: false });
}

/** Somebody else may make it at the same moment. */
function make(folder: string, mode: number | undefined): void {
  try {
    mkdirSync(folder, mode);
  } catch (error) {
    if (codeOf(error) !== "EEXIST" || stat(folder)?.isDirectory() !== true) throw error;
  }
}

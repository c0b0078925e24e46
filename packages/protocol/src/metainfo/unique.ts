/**
 * Gives every file a name of its own: two files with one path would overwrite each other, and a file cannot stand where a folder must.
 *
 * The first file of a path keeps it, each later one gets `.1`, `.2`, ... before its extension; a file whose path is also a
 * folder always gives way. The same torrent gives the same names everywhere.
 * @module
 */
import { ProtocolError, utf8 } from "../base/index.ts";
import type { DraftFile } from "./file.ts";
import { type NameRules, numberedPart } from "./name.ts";

/** Makes the paths unique, in place. Pads are left alone: they have no place on disk. */
export function makeUnique(files: readonly DraftFile[], rules: NameRules, duplicateCountMax: number): void {
  const keys = files.map(({ path }) => (rules === "portable" ? path.map(folded) : path));
  const order = sortedOrder(files, keys);
  const clashes = findClashes(order, keys);
  if (clashes.length > duplicateCountMax) throw new ProtocolError("METAINFO_DUPLICATES", `${clashes.length} files whose names are taken`);
  const taken = new Taken(order, keys);
  // Numbers go on where the last file of the same path left off: whoever fills ten thousand of them must not be paid for each again.
  const numbers = new Map<string, number>();
  for (const index of clashes) {
    const file = files[index] as DraftFile;
    const path = file.path.join("/");
    const { free, number } = freePath(file.path, (numbers.get(path) ?? 0) + 1, taken, rules);
    numbers.set(path, number);
    file.originalPath ??= file.path.map(utf8);
    file.path = free;
  }
}

/** What two names have in common that Windows and macOS take for the same. */
function folded(part: string): string {
  return part.normalize("NFC").toLowerCase();
}

/**
 * Files by path, part by part, so that whatever collides stands side by side. A sort and not a table of all folders: it costs
 * no memory worth speaking of for paths of any depth, and next to no time where files are in order, as most are.
 */
function sortedOrder(files: readonly DraftFile[], keys: readonly (readonly string[])[]): number[] {
  const order: number[] = [];
  for (const [index, file] of files.entries()) if (!file.isPad) order.push(index);
  return order.sort((left, right) => comparePaths(keys[left] as string[], keys[right] as string[]) || left - right);
}

function comparePaths(left: readonly string[], right: readonly string[]): number {
  const shared = Math.min(left.length, right.length);
  for (let at = 0; at < shared; at++) {
    const one = left[at] as string;
    const other = right[at] as string;
    if (one !== other) return one < other ? -1 : 1;
  }
  return left.length - right.length;
}

/** Indexes of the files that must give way, in the order of the torrent. */
function findClashes(order: readonly number[], keys: readonly (readonly string[])[]): number[] {
  const clashes: number[] = [];
  let first = 0;
  while (first < order.length) {
    const path = keys[order[first] as number] as readonly string[];
    let next = first + 1;
    while (next < order.length && comparePaths(path, keys[order[next] as number] as string[]) === 0) next++;
    const follower = keys[order[next] ?? -1];
    const isFolder = follower !== undefined && startsWith(follower, path);
    for (let at = isFolder ? first : first + 1; at < next; at++) clashes.push(order[at] as number);
    first = next;
  }
  return clashes.sort((left, right) => left - right);
}

function startsWith(path: readonly string[], folder: readonly string[]): boolean {
  return folder.length < path.length && folder.every((part, at) => path[at] === part);
}

/** All paths in use, to be asked whether one more would collide. */
class Taken {
  readonly #order: readonly number[];
  readonly #keys: readonly (readonly string[])[];
  readonly #added: Set<string> = new Set();

  constructor(order: readonly number[], keys: readonly (readonly string[])[]) {
    this.#order = order;
    this.#keys = keys;
  }

  /** True when the path was free, and it is taken from now on. */
  take(key: readonly string[]): boolean {
    const text = key.join("/");
    if (this.#added.has(text) || this.#isOccupied(key)) return false;
    this.#added.add(text);
    return true;
  }

  /** Whether a file stands there, or below there. */
  #isOccupied(key: readonly string[]): boolean {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (comparePaths(this.#keys[this.#order[middle] as number] as string[], key) < 0) low = middle + 1;
      else high = middle;
    }
    const found = this.#keys[this.#order[low] ?? -1];
    return found !== undefined && (comparePaths(found, key) === 0 || startsWith(found, key));
  }
}

/** The first free path from `number` on. There is one: no torrent has as many files as there are numbers. */
function freePath(path: readonly string[], number: number, taken: Taken, rules: NameRules): { free: readonly string[]; number: number } {
  const folder = path.slice(0, -1);
  for (let tried = number; ; tried++) {
    const free = [...folder, numberedPart(path.at(-1) as string, tried)];
    if (taken.take(rules === "portable" ? free.map(folded) : free)) return { free, number: tried };
  }
}

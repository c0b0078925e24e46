/**
 * Folders below a root, held open by their descriptors: each is entered from its parent, so that no link planted on the way leads
 * anywhere, and kept for the next file in it.
 * @module
 */
import { closeSync, constants, mkdirSync, openSync } from "node:fs";
import { HostError } from "@bittern/protocol/base";
import { codeOf } from "../faults.ts";

const { O_RDONLY } = constants;
/** Windows knows neither. */
const { O_DIRECTORY = 0, O_NOFOLLOW = 0 } = constants as Partial<typeof constants>;

/** Folders kept open, the root not counted. */
const FOLDERS_MAX = 24;

export class FolderDescriptors {
  readonly #root: string;
  /** Open folders by path below the root, least recently used first. */
  readonly #folders = new Map<string, number>();
  #rootFd: number | undefined;
  /** The folder used last, the latest of those: what follows lies there too, mostly. */
  #lastFolder = "";
  #lastFd: number | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  /** None is held but the root. */
  get isEmpty(): boolean {
    return this.#folders.size === 0;
  }

  /** A descriptor of a folder below the root, kept for the next time: it may be closed by the next call. */
  of(folder: string, makes: boolean): number {
    this.#rootFd ??= openSync(this.#root, O_RDONLY + O_DIRECTORY);
    if (folder === "") return this.#rootFd;
    if (this.#lastFd !== undefined && this.#lastFolder === folder) return this.#lastFd;
    const kept = this.#folders.get(folder);
    if (kept !== undefined) {
      this.#folders.delete(folder);
      this.#folders.set(folder, kept);
    }
    // Folders are closed on the way.
    this.#lastFd = undefined;
    const fd = kept ?? this.#walkTo(folder, makes);
    this.#lastFolder = folder;
    this.#lastFd = fd;
    return fd;
  }

  /** Lets go of all but the root. */
  forget(): void {
    for (const fd of this.#folders.values()) closeSync(fd);
    this.#folders.clear();
    this.#lastFd = undefined;
  }

  /** Lets go of all; the next walk begins anew. */
  close(): void {
    this.forget();
    if (this.#rootFd !== undefined) closeSync(this.#rootFd);
    this.#rootFd = undefined;
  }

  #walkTo(folder: string, makes: boolean): number {
    const parts = folder.split("/");
    let known = parts.length;
    while (known > 0 && !this.#folders.has(parts.slice(0, known).join("/"))) known--;
    let fd = known === 0 ? (this.#rootFd as number) : (this.#folders.get(parts.slice(0, known).join("/")) as number);
    for (let depth = known; depth < parts.length; depth++) {
      fd = enterFolder(`/proc/self/fd/${fd}/${parts[depth]}`, makes);
      this.#folders.set(parts.slice(0, depth + 1).join("/"), fd);
      this.#dropFolders(fd);
    }
    return fd;
  }

  #dropFolders(kept: number): void {
    for (const [folder, fd] of this.#folders) {
      if (this.#folders.size <= FOLDERS_MAX) return;
      if (fd === kept) continue;
      this.#folders.delete(folder);
      closeSync(fd);
    }
  }
}

function enterFolder(place: string, makes: boolean): number {
  if (makes) makeOneFolder(place);
  try {
    return openSync(place, O_RDONLY + O_DIRECTORY + O_NOFOLLOW);
  } catch (error) {
    if (["ELOOP", "ENOTDIR"].includes(codeOf(error))) throw new HostError("FILE_UNSAFE", "a folder is a link or a file", { cause: error });
    throw error;
  }
}

/** Unless something is there. */
export function makeOneFolder(place: string): void {
  try {
    mkdirSync(place);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

/**
 * What is remembered of a feed between two runs: which links were dealt with, and how to ask the server whether anything
 * changed. One JSON file a feed and folder; a damaged one is as good as none.
 * @module
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder } from "@bittern/node";
import { writeWholeFile } from "../write-file.ts";

/** Links remembered; those the feed named longest ago go first. More than any feed holds, so none comes twice. */
export const MEMORY_LINKS_MAX: number = 20_000;

/** What the server said of its answer, to be told back to it (RFC 9110, section 13). */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

interface Remembered {
  readonly version: 1;
  readonly feed: string;
  readonly validators: Validators;
  readonly links: readonly string[];
  readonly infoHashes: readonly string[];
}

export class FeedMemory {
  validators: Validators = {};
  readonly #path: string;
  readonly #feed: string;
  /** In the order they were last named. */
  readonly #links = new Set<string>();
  readonly #infoHashes = new Set<string>();

  private constructor(path: string, feed: string) {
    this.#path = path;
    this.#feed = feed;
  }

  /** `folder` is where the torrents go: the same feed into another folder is another matter. */
  static load(stateDir: string, feed: string, folder: string): FeedMemory {
    const memory = new FeedMemory(memoryPath(stateDir, feed, folder), feed);
    const known = readRemembered(memory.#path);
    if (known === undefined) return memory;
    memory.validators = known.validators;
    for (const link of known.links) memory.#links.add(link);
    for (const hash of known.infoHashes) memory.#infoHashes.add(hash);
    return memory;
  }

  get path(): string {
    return this.#path;
  }

  /** Whether the link was dealt with; one that is still named is kept longer. */
  knows(link: string): boolean {
    if (!this.#links.delete(link)) return false;
    this.#links.add(link);
    return true;
  }

  add(link: string): void {
    this.#links.add(link);
  }

  hasTorrent(infoHash: string): boolean {
    return this.#infoHashes.has(infoHash);
  }

  addTorrent(infoHash: string): void {
    this.#infoHashes.add(infoHash);
  }

  async save(): Promise<void> {
    const remembered: Remembered = {
      version: 1,
      feed: this.#feed,
      validators: this.validators,
      links: [...this.#links].slice(-MEMORY_LINKS_MAX),
      infoHashes: [...this.#infoHashes].slice(-MEMORY_LINKS_MAX),
    };
    makeFolder(dirname(this.#path));
    await writeWholeFile(this.#path, new TextEncoder().encode(`${JSON.stringify(remembered)}\n`), true);
  }
}

export function memoryPath(stateDir: string, feed: string, folder: string): string {
  const key = createHash("sha256").update(`${feed}\n${folder}`).digest("hex").slice(0, 32);
  return join(stateDir, "feeds", `${key}.json`);
}

function readRemembered(path: string): Remembered | undefined {
  try {
    const value = JSON.parse(readFileSync(path, "utf8")) as Partial<Remembered>;
    const areTexts = (list: unknown): boolean => Array.isArray(list) && list.every((entry) => typeof entry === "string");
    if (value.version !== 1 || !areTexts(value.links) || !areTexts(value.infoHashes)) return undefined;
    const { etag, lastModified } = value.validators ?? {};
    const validators = {
      ...(typeof etag === "string" ? { etag } : {}),
      ...(typeof lastModified === "string" ? { lastModified } : {}),
    };
    return { ...(value as Remembered), validators };
  } catch {
    return undefined;
  }
}

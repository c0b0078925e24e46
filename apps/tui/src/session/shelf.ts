/**
 * What the face remembers between two starts: which torrents, where they are saved, their limits and priorities.
 *
 * One JSON file for the list, and beside it each .torrent under its info hash. The list is written anew as a whole and put in
 * its place by renaming; one that cannot be read is kept under another name, never overwritten.
 * @module
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type FilePriority, parseTorrent } from "@bittern/client";

/** Milliseconds that a change may wait to be written. */
const SAVE_MILLIS = 200;
/** Bytes of the list: two hundred thousand torrents. */
const LIST_LENGTH_MAX = 64 * 1024 * 1024;

export interface ShelvedTorrent {
  readonly infoHash: string;
  /** The link it was added by, while its .torrent is not known. */
  readonly magnet: string | null;
  /** Folder below which its files lie. */
  readonly path: string;
  readonly isPaused: boolean;
  /** Bytes per second; 0 is unlimited. */
  readonly down: number;
  readonly up: number;
  readonly sequential: boolean;
  /** By position in `Torrent.files`; null: all normal. */
  readonly priorities: readonly FilePriority[] | null;
}

export interface ShelfContent {
  readonly down: number;
  readonly up: number;
  readonly torrents: readonly ShelvedTorrent[];
}

const LIST = "torrents.json";
const EMPTY: ShelfContent = { down: 0, up: 0, torrents: [] };

export class Shelf {
  readonly #folder: string | undefined;
  /** Why the list of the last time could not be read; undefined when all is well. */
  readonly damaged: string | undefined;
  #content: ShelfContent;
  #writing: NodeJS.Timeout | undefined;
  #hasFailed = false;
  /** Told when a change could not be written; the next change tries again. */
  onFailure: (error: unknown) => void = () => undefined;

  /** Opens the shelf in a folder, which the first change makes; without one nothing outlives this process. */
  constructor(folder: string | undefined) {
    this.#folder = folder;
    const read = folder === undefined ? { content: EMPTY, damaged: undefined } : readList(join(folder, LIST));
    this.#content = read.content;
    this.damaged = read.damaged;
  }

  get content(): ShelfContent {
    return this.#content;
  }

  find(infoHash: string): ShelvedTorrent | undefined {
    return this.#content.torrents.find((torrent) => torrent.infoHash === infoHash);
  }

  /** Adds a torrent, or puts a changed one in its place. `torrentBytes`: its .torrent, once it is known. */
  put(torrent: ShelvedTorrent, torrentBytes?: Uint8Array): void {
    if (torrentBytes !== undefined) this.#write(`${torrent.infoHash}.torrent`, torrentBytes);
    const { torrents } = this.#content;
    const at = torrents.findIndex(({ infoHash }) => infoHash === torrent.infoHash);
    this.#content = { ...this.#content, torrents: at < 0 ? [...torrents, torrent] : torrents.with(at, torrent) };
    this.#save();
  }

  forget(infoHash: string): void {
    this.#content = { ...this.#content, torrents: this.#content.torrents.filter((torrent) => torrent.infoHash !== infoHash) };
    this.#save();
    if (this.#folder !== undefined) rmSync(join(this.#folder, `${infoHash}.torrent`), { force: true });
  }

  limit(down: number, up: number): void {
    this.#content = { ...this.#content, down, up };
    this.#save();
  }

  /** What `Session.add` takes of a torrent that was here at the start: the .torrent, or the link while there is none. */
  sourceOf(torrent: ShelvedTorrent): Uint8Array | string {
    return torrent.magnet ?? readFileSync(join(this.#folder ?? "", `${torrent.infoHash}.torrent`));
  }

  /** Several changes at once, such as the metadata of a hundred links, are written once. */
  #save(): void {
    this.#writing ??= setTimeout(() => this.attempt(() => this.flush()), SAVE_MILLIS);
  }

  /** Changes the shelf where nobody can catch an error, as in a timer: the face would end of it. Tells `onFailure` instead. */
  attempt(change: () => void): void {
    try {
      change();
      this.#hasFailed = false;
    } catch (error) {
      // Once, until it has worked again: a full disk would otherwise be told with every change.
      if (!this.#hasFailed) this.onFailure(error);
      this.#hasFailed = true;
    }
  }

  /** Writes what is not written yet. */
  flush(): void {
    if (this.#writing === undefined) return;
    clearTimeout(this.#writing);
    this.#writing = undefined;
    this.#write(LIST, `${JSON.stringify({ version: 1, ...this.#content }, null, 1)}\n`);
  }

  #write(name: string, content: string | Uint8Array): void {
    if (this.#folder === undefined) return;
    // Each time: somebody may have tidied up since the start. One by one: below /proc `recursive` of Node 20 never comes back.
    for (const place of [dirname(this.#folder), this.#folder]) if (!existsSync(place)) mkdirSync(place, { mode: 0o700 });
    const path = join(this.#folder, name);
    const fresh = `${path}.${process.pid}.new`;
    writeFileSync(fresh, content, { mode: 0o600 });
    renameSync(fresh, path);
  }
}

function readList(path: string): { readonly content: ShelfContent; readonly damaged: string | undefined } {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    // The first start.
    return { content: EMPTY, damaged: undefined };
  }
  const content = text.length > LIST_LENGTH_MAX ? undefined : parseContent(text);
  if (content !== undefined) return { content, damaged: undefined };
  const kept = `${path}.damaged`;
  renameSync(path, kept);
  return { content: EMPTY, damaged: kept };
}

/** What a shelf holds, for programs. */
export interface ShelvedSummary {
  readonly infoHash: string;
  /** Null while only a link is known. */
  readonly name: string | null;
  readonly path: string;
  readonly paused: boolean;
  readonly maxDown: number;
  readonly maxUp: number;
}

export function shelvedTorrents(folder: string): readonly ShelvedSummary[] {
  const shelf = new Shelf(folder);
  return shelf.content.torrents.map((torrent) => {
    const source = shelf.sourceOf(torrent);
    return {
      infoHash: torrent.infoHash,
      name: typeof source === "string" ? null : parseTorrent(source).name,
      path: torrent.path,
      paused: torrent.isPaused,
      maxDown: torrent.down,
      maxUp: torrent.up,
    };
  });
}

function parseContent(text: string): ShelfContent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value["version"] !== 1 || !Array.isArray(value["torrents"])) return undefined;
  const torrents = value["torrents"].map(parseShelved);
  if (torrents.includes(undefined)) return undefined;
  return { down: rate(value["down"]), up: rate(value["up"]), torrents: torrents as ShelvedTorrent[] };
}

function parseShelved(value: unknown): ShelvedTorrent | undefined {
  if (!isRecord(value)) return undefined;
  const { infoHash, magnet, path, isPaused, down, up, sequential, priorities } = value;
  // It names a file: nothing but digits may get through.
  if (typeof infoHash !== "string" || !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(infoHash) || typeof path !== "string") return undefined;
  return {
    infoHash,
    magnet: typeof magnet === "string" ? magnet : null,
    path,
    isPaused: isPaused === true,
    down: rate(down),
    up: rate(up),
    sequential: sequential === true,
    priorities: Array.isArray(priorities) && priorities.every(isPriority) ? priorities : null,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function rate(value: unknown): number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : 0;
}

function isPriority(value: unknown): value is FilePriority {
  return value === 0 || value === 1 || value === 4 || value === 7;
}

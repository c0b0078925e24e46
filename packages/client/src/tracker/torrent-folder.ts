/**
 * A folder of .torrent files beside a tracker, looked at again and again: which torrents are allowed, what they are called,
 * and where their files lie. Files that did not change are not read again.
 * @module
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { diskFault } from "@bittern/node";
import { HostError } from "@bittern/protocol/base";
import type { Metainfo } from "@bittern/protocol/metainfo";
import { parseTorrent } from "../parse-torrent.ts";
import type { TorrentFolderOptions } from "./options.ts";

/** Seconds between two looks where nobody says otherwise. */
const INTERVAL_SECONDS = 60;
/** Files that are looked at, folders below the folder, bytes of a file: what is beyond is left out with a warning. */
const FILES_MAX = 100_000;
const DEPTH_MAX = 8;
const FILE_LENGTH_MAX = 32 * 1024 * 1024;

/** What is known of a torrent from its file. */
export interface KnownTorrent {
  /** The 20-byte hashes it is announced under, as 40 hex digits. */
  readonly infoHashes: readonly string[];
  readonly name: string;
  readonly byteLength: number;
  readonly fileCount: number;
  readonly path: string;
}

interface Seen {
  readonly stamp: string;
  readonly torrent: KnownTorrent | undefined;
}

/** One look at the whole folder. */
interface Look {
  /** Which folder it began in: another may come to lie under its name. */
  readonly identity: string;
  readonly files: Map<string, Seen>;
}

export class TorrentFolder {
  readonly #options: TorrentFolderOptions;
  readonly #onWarning: (message: string) => void;
  #files: ReadonlyMap<string, Seen> = new Map();
  #byHash: ReadonlyMap<string, KnownTorrent> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #lastFault: string | undefined;

  constructor(options: TorrentFolderOptions, onWarning: (message: string) => void) {
    this.#options = options;
    this.#onWarning = onWarning;
  }

  /** By info hash, 40 hex digits. */
  get torrents(): ReadonlyMap<string, KnownTorrent> {
    return this.#byHash;
  }

  /** Looks again and again; `onChange` hears of every other set of torrents. */
  watch(onChange: () => void): void {
    const again = (): void => {
      void this.lookAgain(onChange).finally(() => {
        if (!this.#isClosed) this.#timer = setTimeout(again, this.#intervalMillis);
      });
    };
    this.#timer = setTimeout(again, this.#intervalMillis);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  get #intervalMillis(): number {
    return 1000 * (this.#options.intervalSeconds ?? INTERVAL_SECONDS);
  }

  /** Looks now. A folder that cannot be read keeps the torrents it had: an unmounted disk must not end all swarms. Resolves with why. */
  async lookAgain(onChange: () => void): Promise<string | undefined> {
    const before = this.#byHash;
    try {
      await this.look();
      this.#lastFault = undefined;
    } catch (error) {
      const fault = `${textOf(error)}; the torrents that were in it stay allowed`;
      if (fault !== this.#lastFault) this.#onWarning(fault);
      this.#lastFault = fault;
      return fault;
    }
    const isSame = before.size === this.#byHash.size && [...this.#byHash].every(([hash, torrent]) => before.get(hash) === torrent);
    if (!isSame && !this.#isClosed) onChange();
    return undefined;
  }

  /** Looks once. Rejects with a `HostError` when the folder cannot be read. */
  async look(): Promise<void> {
    const files = new Map<string, Seen>();
    const { path } = this.#options;
    const walked = identityOf(path).then((identity) => this.#walk(path, 0, { identity, files }));
    await walked.catch((error: unknown) => {
      const { code, message } = diskFault(error, path);
      throw new HostError(code, `the folder of torrents cannot be read: ${message}`, { cause: error });
    });
    const byHash = new Map<string, KnownTorrent>();
    for (const { torrent } of files.values()) {
      for (const infoHash of torrent?.infoHashes ?? []) if (torrent !== undefined) byHash.set(infoHash, torrent);
    }
    this.#files = files;
    this.#byHash = byHash;
  }

  async #walk(folder: string, depth: number, look: Look): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
      if (entry.name.startsWith(".")) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        // A folder that goes while we look is no fault of the whole.
        if (depth < DEPTH_MAX) await this.#walk(path, depth + 1, look).catch(() => this.#mustBeThere(look));
      } else if (entry.name.endsWith(".torrent") && look.files.size < FILES_MAX) {
        const seen = await this.#see(path, look);
        if (seen !== undefined) look.files.set(path, seen);
      }
    }
  }

  /**
   * Something in the folder is missing. When it is the folder itself that went, renamed or unmounted while we look, then
   * nothing was removed from it: the look failed.
   */
  async #mustBeThere({ identity }: Look): Promise<undefined> {
    if ((await identityOf(this.#options.path)) !== identity) throw new Error("another folder came in its place");
  }

  /** `undefined` when it went meanwhile. */
  async #see(path: string, look: Look): Promise<Seen | undefined> {
    const found = await stat(path).catch(() => this.#mustBeThere(look));
    if (found === undefined || !found.isFile()) return undefined;
    const stamp = `${found.size} ${found.mtimeMs} ${found.ino}`;
    const before = this.#files.get(path);
    if (before?.stamp === stamp) return before;
    try {
      if (found.size > FILE_LENGTH_MAX) throw new RangeError(`it has ${found.size} bytes`);
      return { stamp, torrent: known(path, parseTorrent(await readFile(path))) };
    } catch (error) {
      await this.#mustBeThere(look);
      this.#onWarning(`${path} is left out: ${textOf(error)}`);
      return { stamp, torrent: undefined };
    }
  }
}

async function identityOf(folder: string): Promise<string> {
  const { dev, ino } = await stat(folder);
  return `${dev} ${ino}`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function known(path: string, metainfo: Metainfo): KnownTorrent {
  return {
    infoHashes: metainfo.infoHashes.wire,
    name: metainfo.name,
    byteLength: metainfo.totalLength,
    fileCount: metainfo.files.length,
    path,
  };
}

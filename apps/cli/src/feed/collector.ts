/**
 * Takes what is new in a feed into a folder: asks, checks that each is a torrent, gives it a name that is free.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type FetchOptions, type HttpAnswer, type HttpClient, parseMagnet, parseTorrent } from "@bittern/client";
import { CommandError, failureOf } from "../failure.ts";
import { writeWholeFile } from "../write-file.ts";
import { nameInUrl, numberedName, torrentFileName } from "./file-name.ts";
import { type FeedLink, isTorrentType } from "./link.ts";
import type { FeedMemory } from "./memory.ts";

/** Requests at once to what is, as a rule, one server. */
const AT_ONCE = 4;
/** Milliseconds for one torrent, or for one question what a link leads to. */
const FETCH_TIMEOUT_MILLIS = 60_000;
/** Bytes of a .torrent in a feed. */
export const FEED_TORRENT_LENGTH_MAX: number = 16 * 1024 * 1024;
/** Links asked for their type in one run. */
const TYPES_ASKED_MAX = 500;
/** Files of one name in a folder. */
const NAMESAKES_MAX = 1000;

export interface Collected {
  readonly saved: readonly { readonly file: string; readonly url: string; readonly name: string; readonly infoHash: string }[];
  readonly failed: readonly { readonly url: string; readonly code: string; readonly message: string }[];
  /** New links that were left for the next run. */
  readonly left: number;
}

export interface CollectorOptions {
  readonly client: HttpClient;
  readonly memory: FeedMemory;
  readonly folder: string;
  /** The address the user gave: its host may be a private one, and then so may the links to it. */
  readonly feedUrl: string;
  readonly signal: AbortSignal;
  readonly countMax: number;
  /** Asks what the links lead to that do not look like torrents. */
  readonly byType: boolean;
  readonly magnets: boolean;
}

export class Collector {
  readonly #options: CollectorOptions;
  readonly #saved: Collected["saved"][number][] = [];
  readonly #failed: Collected["failed"][number][] = [];
  #asked = 0;
  /** Saved, or about to be. */
  #taken = 0;
  #left = 0;

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  async collect(links: readonly FeedLink[]): Promise<Collected> {
    const { memory, byType, magnets } = this.#options;
    const wanted = links.filter(({ kind }) => kind === "torrent" || (kind === "magnet" ? magnets : byType));
    const fresh = wanted.filter((link) => !memory.knows(link.url));
    const isMagnet = ({ kind }: FeedLink): boolean => kind === "magnet";
    await this.#takeAll(fresh.filter((link) => !isMagnet(link)));
    // A page often has both of a torrent: the file says more than the link, and is better seed for a mirror.
    await this.#takeAll(fresh.filter(isMagnet));
    return { saved: this.#saved, failed: this.#failed, left: this.#left };
  }

  async #takeAll(links: readonly FeedLink[]): Promise<void> {
    const waiting = links.values();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const link of waiting) await this.#take(link);
      }),
    );
  }

  async #take(link: FeedLink): Promise<void> {
    const { memory, countMax, signal } = this.#options;
    signal.throwIfAborted();
    if (this.#taken >= countMax || (link.kind === "unknown" && this.#asked >= TYPES_ASKED_MAX)) {
      this.#left++;
      return;
    }
    this.#taken++;
    try {
      if (!(await this.#save(link))) this.#taken--;
      memory.add(link.url);
    } catch (error) {
      this.#taken--;
      signal.throwIfAborted();
      const { code, message } = failureOf(error);
      this.#failed.push({ url: link.url, code, message });
    }
  }

  /** Whether there is one file more now. */
  async #save(link: FeedLink): Promise<boolean> {
    if (link.kind === "magnet") return await this.#takeMagnet(link);
    if (link.kind === "unknown" && !(await this.#isTorrent(link))) return false;
    return await this.#takeTorrent(link);
  }

  async #isTorrent(link: FeedLink): Promise<boolean> {
    this.#asked++;
    const answer = await this.#fetch(link.url, { method: "HEAD", bodyLengthMax: 0 });
    return answer.status === 200 && isTorrentType(answer.headers.get("content-type") ?? "");
  }

  async #takeTorrent(link: FeedLink): Promise<boolean> {
    const answer = await this.#fetch(link.url, { bodyLengthMax: FEED_TORRENT_LENGTH_MAX });
    if (answer.status !== 200) throw new CommandError("HTTP_BAD_ANSWER", `the server answered ${answer.status}`);
    const metainfo = parseTorrent(answer.body);
    const infoHash = metainfo.infoHashes.v1 ?? metainfo.infoHashes.v2 ?? "";
    const name = torrentFileName(nameInUrl(link.url) || metainfo.name, ".torrent");
    return await this.#keep(name, answer.body, { url: link.url, name: metainfo.name, infoHash });
  }

  async #takeMagnet(link: FeedLink): Promise<boolean> {
    const { infoHashes, name = link.title } = parseMagnet(link.url);
    const infoHash = infoHashes.v1 ?? infoHashes.v2 ?? "";
    const fileName = torrentFileName(name === "" ? infoHash : name, ".magnet");
    return await this.#keep(fileName, new TextEncoder().encode(`${link.url}\n`), { url: link.url, name, infoHash });
  }

  /** A torrent that was taken before under another address is left alone, and so is the same file when it is there already. */
  async #keep(
    name: string,
    bytes: Uint8Array,
    what: { readonly url: string; readonly name: string; readonly infoHash: string },
  ): Promise<boolean> {
    const { memory, folder } = this.#options;
    if (memory.hasTorrent(what.infoHash)) return false;
    memory.addTorrent(what.infoHash);
    for (let number = 1; number <= NAMESAKES_MAX; number++) {
      const file = join(folder, number === 1 ? name : numberedName(name, number));
      try {
        await writeWholeFile(file, bytes, false);
        this.#saved.push({ file, ...what });
        return true;
      } catch (error) {
        if (!(error instanceof CommandError && error.code === "FILE_EXISTS")) throw error;
        if (isSame(file, bytes)) return false;
      }
    }
    throw new CommandError("FILE_EXISTS", `${NAMESAKES_MAX} files in ${folder} are called ${name}; move some away`);
  }

  async #fetch(url: string, options: Pick<FetchOptions, "method" | "bodyLengthMax">): Promise<HttpAnswer> {
    const { client, feedUrl, signal } = this.#options;
    const source = new URL(url).hostname === new URL(feedUrl).hostname ? "user" : "stranger";
    return await client.fetch(url, { ...options, source, timeoutMillis: FETCH_TIMEOUT_MILLIS, signal });
  }
}

function isSame(file: string, bytes: Uint8Array): boolean {
  try {
    return readFileSync(file).equals(bytes);
  } catch {
    return false;
  }
}

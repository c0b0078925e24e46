/**
 * The swarms as pages list them: sorted, searched, named. Looked for in small steps, and remembered for a moment, so that
 * a crowd of readers costs one look.
 * @module
 */
import { setImmediate as turn } from "node:timers/promises";
import { fromHex } from "@bittern/protocol/base";
import type { ListedTorrent, Sort, TorrentSummary, TrackerQuestions } from "@bittern/tracker";
import type { KnownTorrent } from "../torrent-folder.ts";

/** Torrents that can be paged through at most: nobody reads further. */
const LISTED_MAX = 1000;
/** Torrents looked at before others have their turn. */
const STEP_COUNT = 20_000;
/** Milliseconds a list stays good, and lists that are remembered. */
const FRESH_MILLIS = 2000;
const REMEMBERED_MAX = 32;
/** Digits from which on a search may mean a hash. */
const PREFIX_LENGTH_LEAST = 4;

export interface ListingQuery {
  readonly search: string;
  readonly sort: Sort;
}

/** As pages show it, and how many of the downloaders want nothing more (BEP 21). */
export interface KnownSwarm extends ListedTorrent {
  readonly partialSeeds: number;
}

interface Remembered {
  readonly at: number;
  readonly listed: Promise<readonly KnownSwarm[]>;
}

export class Listing {
  readonly #ask: TrackerQuestions;
  readonly #known: () => ReadonlyMap<string, KnownTorrent>;
  readonly #remembered: Map<string, Remembered> = new Map();

  /** `known`: what files tell of torrents, by info hash. */
  constructor(ask: TrackerQuestions, known: () => ReadonlyMap<string, KnownTorrent>) {
    this.#ask = ask;
    this.#known = known;
  }

  /** All that match, the first first; a thousand at most. */
  list(query: ListingQuery): Promise<readonly KnownSwarm[]> {
    const key = `${query.sort} ${query.search}`;
    const now = performance.now();
    const known = this.#remembered.get(key);
    if (known !== undefined && now - known.at < FRESH_MILLIS) return known.listed;
    const listed = this.#look(query);
    this.#remembered.delete(key);
    this.#remembered.set(key, { at: now, listed });
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > REMEMBERED_MAX && oldest !== undefined) this.#remembered.delete(oldest);
    return listed;
  }

  /** A torrent with its name; `undefined` when neither the tracker nor the folder knows it. */
  find(infoHash: string): KnownSwarm | undefined {
    const bytes = fromHex(infoHash);
    if (bytes?.length !== 20) return undefined;
    const summary = this.#ask.torrent(bytes) ?? (this.#known().has(infoHash) ? empty(infoHash) : undefined);
    return summary && this.#listed(summary);
  }

  async #look({ search, sort }: ListingQuery): Promise<readonly KnownSwarm[]> {
    const words = search.toLowerCase();
    const isHash = /^[0-9a-f]{1,40}$/.test(words) && words.length >= PREFIX_LENGTH_LEAST;
    const found = new Map<string, TorrentSummary>();
    for (const [infoHash, { name }] of this.#known()) {
      if (words === "" || found.size >= LISTED_MAX || !name.toLowerCase().includes(words)) continue;
      const bytes = fromHex(infoHash);
      found.set(infoHash, (bytes && this.#ask.torrent(bytes)) ?? empty(infoHash));
    }
    if (words === "" || isHash) {
      const ranking = this.#ask.ranking({ by: sort, count: LISTED_MAX, ...(isHash ? { prefix: words } : {}) });
      while (!ranking.step(STEP_COUNT)) await turn();
      for (const summary of ranking.summaries()) found.set(summary.infoHash, summary);
    }
    const listed = [...found.values()].map((summary) => this.#listed(summary));
    return listed.toSorted((left, right) => valueOf(right, sort) - valueOf(left, sort)).slice(0, LISTED_MAX);
  }

  #listed({ infoHash, seeds, downloaders, partialSeeds, completed }: TorrentSummary): KnownSwarm {
    const known = this.#known().get(infoHash);
    const counts = { infoHash, seeds, downloaders: downloaders + partialSeeds, partialSeeds, completed };
    return known === undefined ? counts : { ...counts, name: known.name, byteLength: known.byteLength };
  }
}

function valueOf({ seeds, downloaders, completed }: ListedTorrent, sort: Sort): number {
  return { peers: seeds + downloaders, seeds, downloaders, completed }[sort];
}

function empty(infoHash: string): TorrentSummary {
  return { infoHash, seeds: 0, downloaders: 0, partialSeeds: 0, completed: 0 };
}

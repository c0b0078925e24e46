/**
 * Scrapes over a WebSocket: of named swarms, or of all that have peers there.
 * @module
 */
import { fromLatin1 } from "@bittern/protocol/base";
import { encodeSignalFailure, encodeSignalScraped, type SignalRequest, type SwarmCounts } from "@bittern/protocol/tracker";
import type { Access } from "../access/access.ts";
import type { Announcer } from "../announcer.ts";
import { type FailureCode, failureOf } from "../failure.ts";
import type { TrackerOutput } from "../output.ts";
import type { TrackerSettings } from "../settings.ts";
import type { Statistics } from "../statistics.ts";
import { paired } from "../swarms/keyed-hash.ts";
import { NO_TORRENT } from "../swarms/torrent-table.ts";
import type { Frames } from "./frames.ts";
import type { WebSocketGuests } from "./guests.ts";
import type { WebSocketLink } from "./websocket-link.ts";

/** Swarms of a scrape of all: some 50 KiB. */
const SCRAPED_SWARMS_MAX = 400;

type SignalScrape = SignalRequest & { readonly type: "scrape" };

/** What scrapes are answered with. */
interface SignalScrapesParts {
  readonly settings: TrackerSettings;
  readonly announcer: Announcer;
  readonly access: Access;
  readonly statistics: Statistics;
  readonly guests: WebSocketGuests;
  readonly frames: Frames;
}

export class SignalScrapes {
  readonly #settings: TrackerSettings;
  readonly #announcer: Announcer;
  readonly #access: Access;
  readonly #statistics: Statistics;
  readonly #guests: WebSocketGuests;
  readonly #frames: Frames;
  readonly #hash = paired(20);

  constructor({ settings, announcer, access, statistics, guests, frames }: SignalScrapesParts) {
    this.#settings = settings;
    this.#announcer = announcer;
    this.#access = access;
    this.#statistics = statistics;
    this.#guests = guests;
    this.#frames = frames;
  }

  answer(link: WebSocketLink, { infoHashes }: SignalScrape, out: TrackerOutput[]): void {
    const failure = this.#judge(link, infoHashes.length);
    if (failure !== undefined) {
      this.#statistics.fail(failure);
      return this.#frames.text(link.id, encodeSignalFailure(failureOf(failure).reason, { action: "scrape" }), out);
    }
    this.#statistics.scrapes.websocket++;
    const counts = new Map<string, SwarmCounts>();
    for (const infoHash of infoHashes.length > 0 ? infoHashes : this.#guests.infoHashes) {
      this.#hash.bytes.set(fromLatin1(infoHash));
      if (this.#access.judgeTorrent(this.#hash, link.conversation.credential) === undefined) counts.set(infoHash, this.#countsOf(infoHash));
    }
    this.#frames.text(link.id, encodeSignalScraped(counts, this.#settings.minIntervalSeconds), out);
  }

  #judge({ address, conversation }: WebSocketLink, hashes: number): FailureCode | undefined {
    if (this.#settings.scrapes === "none") return "SCRAPE_OFF";
    const isFull = hashes === 0;
    // The list of all torrents is one message; over HTTP it leaves in pieces.
    if (isFull && (this.#settings.scrapes === "named" || this.#guests.swarmCountMost > SCRAPED_SWARMS_MAX)) return "SCRAPE_FULL";
    if (hashes > this.#settings.scrapeHashesMax) return "SCRAPE_HASHES";
    return this.#access.judgeAsker(address, address.length, conversation.credential);
  }

  /** The hash is in `#hash` too. */
  #countsOf(infoHash: string): SwarmCounts {
    const guests = this.#guests.countsOf(infoHash);
    const { torrents } = this.#announcer.swarms;
    const torrent = torrents.find(this.#hash);
    const downloaded = torrent === NO_TORRENT ? 0 : torrents.completed(torrent);
    return { complete: guests?.seeds ?? 0, incomplete: (guests?.partialSeeds ?? 0) + (guests?.downloaders ?? 0), downloaded };
  }
}

/**
 * The full scrapes under way (BEP 48): who asks within half a minute of another gets the same answer, which is made once.
 *
 * Of each form, plain and compressed, there are at most two: the one that is given out, and the one before it while somebody
 * still reads that. A scrape too large to be kept, or one that depends on who asks, is made for each asker alone, as it is sent; and so is one
 * that is made in no time, which is then always of now.
 * @module
 */
import { latin1, type Millis } from "@bittern/protocol/base";
import type { TrackerSettings } from "../settings.ts";
import { SCRAPED_LENGTH_MAX } from "./answers.ts";
import { FullScrape, type FullScrapeKind, PART_LENGTH, type ScrapeSource } from "./full-scrape.ts";
import { ScrapeReader } from "./scrape-reader.ts";

/** Full scrapes that are sent at once. */
export const FULL_SCRAPES_MAX: number = 32;
/** Those of them that are made for one asker; each holds a list of all torrents. */
export const OWN_SCRAPES_MAX: number = 4;
/** Those of one address (or one /64 of IPv6): who reads slowly on many connections must not take the places of all others. */
export const ADDRESS_SCRAPES_MAX: number = 4;
export const ADDRESS_OWN_SCRAPES_MAX: number = 1;
/** Milliseconds for which a scrape is given out to others. */
export const SHARED_MILLIS: Millis = 30_000;
/** Milliseconds in which a client must have read a scrape. */
export const READ_MILLIS: Millis = 300_000;
/** Bytes of a scrape that is kept for others: 260,000 torrents, or 520,000 where it is compressed. */
export const SHARED_LENGTH_MAX: number = 32 * 1024 * 1024;
/** Bytes of a torrent without a name, at most: its hash does not compress, and the words around it nearly vanish. */
const PLAIN_LENGTH = 128;
const PACKED_LENGTH = 64;
/** Bytes of an IPv6 address that belong to one customer. */
const NETWORK_LENGTH = 8;

/** Who asks for a full scrape, and how it is wanted. */
export interface FullScrapeRequest {
  /** 4 or 16 bytes. */
  readonly address: Uint8Array;
  readonly credential: string;
  readonly isChunked: boolean;
  readonly isPacked: boolean;
}

interface Shared {
  /** What is given out. */
  current: FullScrape | undefined;
  /** The one before, while somebody reads it. */
  older: FullScrape | undefined;
}

export class FullScrapes {
  readonly #source: ScrapeSource;
  readonly #settings: TrackerSettings;
  readonly #plain: Shared = { current: undefined, older: undefined };
  readonly #packed: Shared = { current: undefined, older: undefined };
  /** With the address, or the network, of each. */
  readonly #readers: Map<ScrapeReader, string> = new Map();

  constructor(source: ScrapeSource, settings: TrackerSettings) {
    this.#source = source;
    this.#settings = settings;
  }

  /** One more reader, who must be given to `end`; `undefined` when too many are here, or of that address. */
  begin({ address, credential, isChunked, isPacked }: FullScrapeRequest, now: Millis): ScrapeReader | undefined {
    const kind = this.#kind(isPacked);
    const asker = latin1(address.length === 4 ? address : address.subarray(0, NETWORK_LENGTH));
    if (!this.#hasPlace(kind, asker)) return undefined;
    const make = (): FullScrape => {
      const deflate = isPacked ? this.#settings.deflate : undefined;
      return new FullScrape(this.#source, { credential, deflate, kind }, now);
    };
    const scrape = kind === "shared" ? current(isPacked ? this.#packed : this.#plain, make, now) : make();
    scrape.readers++;
    const reader = new ScrapeReader(scrape, isChunked, now + READ_MILLIS);
    this.#readers.set(reader, asker);
    return reader;
  }

  end(reader: ScrapeReader): void {
    this.#readers.delete(reader);
    reader.scrape.readers--;
  }

  #hasPlace(kind: FullScrapeKind, asker: string): boolean {
    let [own, ofAddress, ownOfAddress] = [0, 0, 0];
    for (const [{ scrape }, address] of this.#readers) {
      const isOwn = scrape.kind === "own";
      if (isOwn) own++;
      if (address !== asker) continue;
      ofAddress++;
      if (isOwn) ownOfAddress++;
    }
    if (this.#readers.size >= FULL_SCRAPES_MAX || ofAddress >= ADDRESS_SCRAPES_MAX) return false;
    return kind !== "own" || (own < OWN_SCRAPES_MAX && ownOfAddress < ADDRESS_OWN_SCRAPES_MAX);
  }

  /** Lets go of what is neither given out nor read any more. */
  tick(now: Millis): void {
    for (const shared of [this.#plain, this.#packed]) {
      if (shared.older?.readers === 0) shared.older = undefined;
      if (shared.current?.readers === 0 && now >= shared.current.begunAt + SHARED_MILLIS) shared.current = undefined;
    }
  }

  #kind(isPacked: boolean): FullScrapeKind {
    const { access, announcer } = this.#source;
    const { count } = announcer.swarms.torrents;
    const hasNames = this.#settings.nameOf !== undefined;
    if (count * (hasNames ? SCRAPED_LENGTH_MAX : PLAIN_LENGTH) <= PART_LENGTH) return "small";
    if (access.hasSecrets) return "own";
    const keptLength = hasNames ? SCRAPED_LENGTH_MAX : isPacked ? PACKED_LENGTH : PLAIN_LENGTH;
    return count * keptLength <= SHARED_LENGTH_MAX ? "shared" : "own";
  }
}

/** What is given out now. An old one is given out for longer while the one before it is still read: there are never three. */
function current(shared: Shared, make: () => FullScrape, now: Millis): FullScrape {
  const { current: last, older } = shared;
  const isReplaceable = last === undefined || (now >= last.begunAt + SHARED_MILLIS && (older?.readers ?? 0) === 0);
  if (!isReplaceable) return last;
  shared.older = last !== undefined && last.readers > 0 ? last : undefined;
  shared.current = make();
  return shared.current;
}

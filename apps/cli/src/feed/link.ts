/**
 * A link that may lead to a torrent, as a feed or a page names it.
 * @module
 */
import { ProtocolError } from "@bittern/protocol/base";

export interface FeedLink {
  /** Absolute: http, https or magnet. */
  readonly url: string;
  /** What it is called there; "" where it has no name. */
  readonly title: string;
  /** `torrent` by its ending or by the type the feed gives it; `unknown` may still be one. */
  readonly kind: "torrent" | "magnet" | "unknown";
}

/** What was read. */
export interface Feed {
  readonly format: "rss" | "atom" | "page";
  readonly links: readonly FeedLink[];
}

/** Links of one feed; sites with more have several. */
export const LINKS_MAX: number = 5000;
/** Characters. Magnet links with many trackers are the longest. */
const URL_LENGTH_MAX = 8192;
/** Characters of a title. */
const TITLE_LENGTH_MAX = 500;

export const TORRENT_TYPE: string = "application/x-bittorrent";

/** `undefined` for what is no link of ours: another scheme, no URL, or longer than any. */
export function linkOf(href: string, base: string, title: string, type = ""): FeedLink | undefined {
  const text = href.trim();
  if (text === "" || text.length > URL_LENGTH_MAX || !URL.canParse(text, base)) return undefined;
  const url = new URL(text, base);
  const named = title.replace(/\s+/g, " ").trim().slice(0, TITLE_LENGTH_MAX);
  // As it was written: to put it together again would change how it is escaped.
  if (url.protocol === "magnet:") return { url: text, title: named, kind: "magnet" };
  if (url.protocol !== "http:" && url.protocol !== "https:") return undefined;
  url.hash = "";
  const isTorrent = isTorrentType(type) || /\.torrent$/i.test(url.pathname);
  return { url: url.href, title: named, kind: isTorrent ? "torrent" : "unknown" };
}

export function isTorrentType(type: string): boolean {
  return type.split(";", 1)[0]?.trim().toLowerCase() === TORRENT_TYPE;
}

/** The links of a feed as they are found: each once, not too many. */
export class LinkList {
  readonly #links = new Map<string, FeedLink>();

  add(link: FeedLink | undefined): void {
    if (link === undefined || this.#links.has(link.url)) return;
    if (this.#links.size >= LINKS_MAX) throw new ProtocolError("FEED_TOO_LONG", `more than ${LINKS_MAX} links`);
    this.#links.set(link.url, link);
  }

  get links(): readonly FeedLink[] {
    return [...this.#links.values()];
  }
}

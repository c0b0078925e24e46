/**
 * The torrent that a web page means: who copies the address out of the browser names the page, and not what it links to.
 * @module
 */
import type { HttpAnswer } from "@bittern/client";
import { ProtocolError } from "@bittern/protocol/base";
import type { FeedLink } from "./link.ts";
import { readFeed } from "./read-feed.ts";

/** Addresses that an error names. */
const NAMED_MAX = 3;

/**
 * The only .torrent on the same site, else the only magnet link. Another site is named and left to the user: what a page
 * links to there is the word of a stranger.
 */
export function torrentOnPage({ body, headers, url: page }: Pick<HttpAnswer, "body" | "headers" | "url">): string {
  const { links } = readFeed(body, headers.get("content-type") ?? "", page);
  const torrents = links.filter(({ kind }) => kind === "torrent");
  const near = torrents.filter(({ url }) => new URL(url).origin === new URL(page).origin);
  const found = near.length > 0 ? near : links.filter(({ kind }) => kind === "magnet");
  const [only] = found;
  if (only !== undefined && found.length === 1) return only.url;
  const named = found.length > 0 ? found : torrents;
  if (named.length > 0)
    throw new ProtocolError("PAGE_UNCLEAR", `${page} is a web page; give the address of what is wanted there: ${listed(named)}`);
  throw new ProtocolError(
    "PAGE_WITHOUT_TORRENT",
    `${page} is a web page, and no torrent is linked there; give the address of a .torrent or a magnet link`,
  );
}

function listed(links: readonly FeedLink[]): string {
  const more = links.length - NAMED_MAX;
  return `${links
    .slice(0, NAMED_MAX)
    .map(({ url }) => url)
    .join(" , ")}${more > 0 ? ` (+${more})` : ""}`;
}

/**
 * Bytes from a server, read as what they are: RSS, Atom, or a page with links.
 * @module
 */
import { ProtocolError } from "@bittern/protocol/base";
import type { Feed } from "./link.ts";
import { readLinkPage } from "./link-page.ts";
import { readXmlFeed } from "./xml-feed.ts";

/** Characters at the front in which the document says what it is. */
const FRONT_LENGTH = 4096;

/** `type` is the content type the server gave, `url` where the bytes came from. */
export function readFeed(bytes: Uint8Array, type: string, url: string): Feed {
  const front = new TextDecoder("latin1").decode(bytes.subarray(0, FRONT_LENGTH));
  if (/^d\d+:[a-z]/.test(front)) throw new ProtocolError("FEED_UNKNOWN", "this is a torrent and no feed; `bittern get` takes its address");
  const text = decoded(bytes, type, front);
  // What the document says counts: servers send feeds as text/html, and pages as application/xhtml+xml.
  const root = /<(?:[\w-]+:)?(rss|RDF|feed|html)\b/i.exec(text.slice(0, FRONT_LENGTH))?.[1]?.toLowerCase();
  if (root === "rss" || root === "rdf" || root === "feed") return readXmlFeed(text, url);
  if (root === undefined && /[/+]xml\b/i.test(type)) return readXmlFeed(text, url);
  return readLinkPage(text, url);
}

/** The server's word first, then the document's, else UTF-8; what the decoder does not know is read as UTF-8 too. */
function decoded(bytes: Uint8Array, type: string, front: string): string {
  const said = /charset\s*=\s*["']?([\w:-]+)/i.exec(type)?.[1] ?? /^\s*<\?xml[^>]*encoding\s*=\s*["']([\w:-]+)/i.exec(front)?.[1];
  const inPage = /<meta[^>]*charset\s*=\s*["']?([\w:-]+)/i.exec(front)?.[1];
  try {
    return new TextDecoder(said ?? inPage ?? "utf-8").decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

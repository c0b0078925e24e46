/**
 * RSS (0.9x, 1.0, 2.0) and Atom, read as they stream by. Of each item one link is taken: the one that is a torrent for sure,
 * else a magnet link, else what may be one.
 *
 *     RSS    <item> <title> <enclosure url= type=> <media:content url= type=> <torrent:magnetURI> <link>
 *     Atom   <entry> <title> <link rel="enclosure" href= type=> <content src= type=>
 * @module
 */
import { ProtocolError } from "@bittern/protocol/base";
import { SaxesParser, type SaxesTagNS } from "saxes";
import { type Feed, type FeedLink, LinkList, linkOf } from "./link.ts";

/** Elements inside one another. */
const DEPTH_MAX = 64;
/** Characters of one text we keep; a description may be a book, but it is none of our elements. */
const TEXT_LENGTH_MAX = 16_384;
/** Elements whose text is wanted. */
const TEXTS: ReadonlySet<string> = new Set(["title", "link", "guid", "magnetURI"]);

interface Item {
  /** Elements around it. */
  readonly depth: number;
  readonly found: [href: string, type: string][];
  title: string;
}

/** Throws a `ProtocolError` for what is no feed. A fault inside a feed does not take away the items before it. */
export function readXmlFeed(text: string, base: string): Feed {
  const reader = new XmlFeedReader(base);
  return reader.read(text);
}

class XmlFeedReader {
  readonly #base: string;
  readonly #list = new LinkList();
  #format: "rss" | "atom" | undefined;
  #depth = 0;
  #item: Item | undefined;
  #text: string | undefined;
  #fault: ProtocolError | undefined;

  constructor(base: string) {
    this.#base = base;
  }

  read(text: string): Feed {
    const parser = new SaxesParser({ xmlns: true, position: false });
    parser.on("error", (error) => {
      this.#fault ??= new ProtocolError("FEED_INVALID", `the feed is damaged: ${error.message}`);
    });
    parser.on("opentag", (tag) => this.#open(tag));
    parser.on("closetag", (tag) => this.#close(tag.local));
    parser.on("text", (part) => this.#hear(part));
    parser.on("cdata", (part) => this.#hear(part));
    parser.write(text).close();
    if (this.#format === undefined) throw this.#fault ?? new ProtocolError("FEED_UNKNOWN", "neither RSS nor Atom");
    const { links } = this.#list;
    if (links.length === 0 && this.#fault !== undefined) throw this.#fault;
    return { format: this.#format, links };
  }

  #open(tag: SaxesTagNS): void {
    if (++this.#depth > DEPTH_MAX) throw new ProtocolError("FEED_TOO_DEEP", `more than ${DEPTH_MAX} elements inside one another`);
    const { local } = tag;
    this.#text = undefined;
    if (this.#depth === 1) this.#format = local === "rss" || local === "RDF" ? "rss" : local === "feed" ? "atom" : undefined;
    if (this.#format === undefined) return;
    if (this.#item === undefined) {
      if (local === "item" || local === "entry") this.#item = { depth: this.#depth, found: [], title: "" };
      return;
    }
    if (TEXTS.has(local)) this.#text = "";
    if (local === "enclosure" || (local === "content" && attribute(tag, "url") !== "")) this.#find(attribute(tag, "url"), tag);
    else if (local === "content") this.#find(attribute(tag, "src"), tag);
    else if (local === "link") this.#find(attribute(tag, "href"), tag);
  }

  #find(href: string, tag: SaxesTagNS): void {
    if (href !== "" && this.#item !== undefined && this.#item.found.length < 100) this.#item.found.push([href, attribute(tag, "type")]);
  }

  #hear(part: string): void {
    if (this.#text !== undefined && this.#text.length < TEXT_LENGTH_MAX) this.#text += part.slice(0, TEXT_LENGTH_MAX);
  }

  #close(local: string): void {
    const item = this.#item;
    const text = this.#text;
    this.#text = undefined;
    if (item !== undefined && text !== undefined && this.#depth === item.depth + 1) {
      if (local === "title") item.title = text;
      else if (local !== "guid" || /^(?:magnet|https?):/i.test(text.trim())) item.found.push([text, ""]);
    }
    if (item !== undefined && this.#depth === item.depth) {
      this.#list.add(bestOf(item, this.#base));
      this.#item = undefined;
    }
    this.#depth--;
  }
}

function bestOf(item: Item, base: string): FeedLink | undefined {
  const links = item.found.map(([href, type]) => linkOf(href, base, item.title, type)).filter((link) => link !== undefined);
  return links.find(({ kind }) => kind === "torrent") ?? links.find(({ kind }) => kind === "magnet") ?? links[0];
}

function attribute(tag: SaxesTagNS, name: string): string {
  return tag.attributes[name]?.value ?? "";
}

/** @module */
import { describe, expect, it } from "vitest";
import { readFeed } from "./read-feed.ts";

const HASH = "0123456789abcdef0123456789abcdef01234567";
const read = (text: string, type = "application/rss+xml", url = "http://h.example/dir/feed.xml") =>
  readFeed(new TextEncoder().encode(text), type, url);

describe("A feed", () => {
  it("in RSS gives one link an item: the torrent before the magnet link before the page", () => {
    const feed = read(`<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:torrent="http://xmlns.ezrss.it/0.1/"><channel>
<title>all of it</title><link>http://h.example/</link>
<item><title>One &amp; only</title><link>http://h.example/page/1</link>
  <torrent:magnetURI><![CDATA[magnet:?xt=urn:btih:${HASH}&dn=one]]></torrent:magnetURI>
  <enclosure url="/get.php?id=1&amp;k=v" length="9" type="application/x-bittorrent"/></item>
<item><title>Two</title><guid isPermaLink="true">http://h.example/two</guid><link>magnet:?xt=urn:btih:${HASH}&amp;dn=two</link></item>
<item><title>Three</title><media:content url="three.torrent"/></item>
<item><title>A podcast</title><enclosure url="http://h.example/a.mp3" type="audio/mpeg"/></item>
<item><title>Nothing</title><guid>tag:h.example,2026:1</guid></item>
</channel></rss>`);
    expect(feed).toEqual({
      format: "rss",
      links: [
        { url: "http://h.example/get.php?id=1&k=v", title: "One & only", kind: "torrent" },
        { url: `magnet:?xt=urn:btih:${HASH}&dn=two`, title: "Two", kind: "magnet" },
        { url: "http://h.example/dir/three.torrent", title: "Three", kind: "torrent" },
        { url: "http://h.example/a.mp3", title: "A podcast", kind: "unknown" },
      ],
    });
  });

  it("in RSS 1.0 and Atom is read alike", () => {
    const rdf = read(
      '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><item rdf:about="x"><title>r</title><link>http://h.example/r.torrent</link></item></rdf:RDF>',
    );
    expect(rdf.links).toEqual([{ url: "http://h.example/r.torrent", title: "r", kind: "torrent" }]);
    const atom = read(
      '<feed xmlns="http://www.w3.org/2005/Atom"><link href="/self" rel="self"/><entry><title type="html">e</title><link href="/page/e"/><link rel="enclosure" type="application/x-bittorrent" href="/e?x=1#top"/></entry></feed>',
      "text/html",
    );
    expect(atom).toEqual({ format: "atom", links: [{ url: "http://h.example/e?x=1", title: "e", kind: "torrent" }] });
  });

  it("as a page gives its links, by ending or by the type they name", () => {
    const page = read(
      `<!DOCTYPE html><html><head><base href="http://files.example/pool/"></head><body>
<A HREF="a%20b.torrent"> the <b>first</b>
 file</A> <a href='c.php' type="application/x-bittorrent">c</a> <a href="javascript:alert(1)">no</a> <a href="ftp://h/x.torrent">no</a>
<a href="page.html">p</a><a href="a%20b.torrent#again">again</a></body></html>`,
      "text/html; charset=utf-8",
    );
    expect(page).toEqual({
      format: "page",
      links: [
        { url: "http://files.example/pool/a%20b.torrent", title: "the first file", kind: "torrent" },
        { url: "http://files.example/pool/c.php", title: "c", kind: "torrent" },
        { url: "http://files.example/pool/page.html", title: "p", kind: "unknown" },
      ],
    });
  });

  it("is read in the letters it was written in", () => {
    const latin = Buffer.from(
      '<?xml version="1.0" encoding="ISO-8859-1"?><rss><item><title>Ca\xf1\xf3n</title><link>http://h.example/c.torrent</link></item></rss>',
      "latin1",
    );
    expect(readFeed(latin, "text/xml", "http://h.example/").links[0]?.title).toBe("Cañón");
  });

  it("may be damaged behind its items, but not be something else", () => {
    const item = "<item><title>a&nbsp;b</title><link>http://h.example/a.torrent</link></item>";
    expect(read(`<rss><channel>${item}<item>`).links).toHaveLength(1);
    expect(() => read("<rss><channel><item>")).toThrow("the feed is damaged");
    expect(() => read("<opml/>")).toThrow("neither RSS nor Atom");
    expect(() => read("d8:announce1:x4:infode", "text/plain")).toThrow("this is a torrent");
    expect(read("", "text/html")).toEqual({ format: "page", links: [] });
  });
});

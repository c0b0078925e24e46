/** @module */
import { fuzz, fuzzCount } from "@bittern/protocol/fuzz";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { torrentFileName } from "./file-name.ts";
import { LINKS_MAX } from "./link.ts";
import { readFeed } from "./read-feed.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const RSS = bytesOf(`<?xml version="1.0"?><rss version="2.0" xmlns:t="urn:t"><channel><title>x</title><item><title><![CDATA[a & b]]></title>
<enclosure url="http://h.example/a.torrent" type="application/x-bittorrent" length="1"/><t:magnetURI>magnet:?xt=urn:btih:${"0".repeat(40)}</t:magnetURI>
</item><item><link>/b.torrent</link></item></channel></rss>`);
const ATOM = bytesOf(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>c &#x41;</title>
<link rel="enclosure" type="application/x-bittorrent" href="get?id=1"/></entry></feed>`);
const PAGE = bytesOf(
  `<!doctype html><base href="/x/"><p><a href="d.torrent">d &amp; e</a><A HREF='e.TORRENT' type=x>e<a href=magnet:?xt=1>m</a>`,
);

describe("readFeed", () => {
  it("gives links of ours or a protocol error for any bytes", () => {
    const target = (bytes: Uint8Array): void => {
      for (const { url, title } of readFeed(bytes, "text/xml", "http://h.example/dir/feed").links) {
        if (!/^(?:https?|magnet):/i.test(url) || title.length > 500) throw new Error(`let through ${url}`);
      }
    };
    // A document costs fifteen times what a message of the wire does.
    const { accepted, refused } = fuzz({ seeds: [RSS, ATOM, PAGE], target, count: Math.ceil(fuzzCount(process.env) / 15), seed: 1 });
    expect(Math.min(accepted, refused)).toBeGreaterThan(100);
  });

  it("does not stand still on depth, entities or endless lists", () => {
    const read = (text: string) => readFeed(bytesOf(text), "text/xml", "http://h.example/");
    expect(() => read(`<rss>${"<item>".repeat(100)}`)).toThrow("more than 64 elements");
    const item = (at: number): string => `<item><link>http://h.example/${at}.torrent</link></item>`;
    const many = (count: number): string => `<rss>${Array.from({ length: count }, (_, at) => item(at)).join("")}</rss>`;
    expect(read(many(LINKS_MAX)).links.length).toBe(LINKS_MAX);
    expect(() => read(many(LINKS_MAX + 1))).toThrow("more than 5000 links");
    const bomb = `<!DOCTYPE rss [<!ENTITY a "${"x".repeat(1000)}"><!ENTITY b "${"&a;".repeat(1000)}">]><rss><item><title>&b;&b;</title></item></rss>`;
    expect(() => read(bomb)).toThrow("undefined entity");
    const page = bytesOf(`${"<a href=x.torrent>".repeat(2000)}${"<b>".repeat(100_000)}`);
    expect(readFeed(page, "text/html", "http://h.example/").links.length).toBe(1);
  });
});

describe("torrentFileName", () => {
  it("stays inside its folder, in sight, and is fit for any system", () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.oneof(
            fc.constantFrom("/", "\\", ".", "..", "-", " ", ":", "\u0000", "\u202e", "con"),
            fc.string({ unit: "grapheme", maxLength: 1 }),
          ),
          maxLength: 400,
        }),
        (wanted) => {
          const name = torrentFileName(wanted, ".torrent");
          expect(name).toMatch(/^[^.\-/\\:\u0000-\u001f][^/\\:\u0000-\u001f]*\.torrent$/);
          expect(Buffer.byteLength(name)).toBeLessThan(250);
        },
      ),
    );
    expect(
      ["../../etc/passwd", "", ".hidden.torrent", "-rf.torrent", "Ärger & Öl.torrent", "con"].map((name) =>
        torrentFileName(name, ".torrent"),
      ),
    ).toEqual(["___.._etc_passwd.torrent", "unnamed.torrent", "_hidden.torrent", "_rf.torrent", "Ärger & Öl.torrent", "_con.torrent"]);
  });
});

/** @module */
import { describe, expect, it } from "vitest";
import { torrentOnPage } from "./torrent-on-page.ts";

const MAGNET = `magnet:?xt=urn:btih:${"ab".repeat(20)}`;

function onPage(html: string, url = "http://h.example/dir/"): string {
  return torrentOnPage({
    body: new TextEncoder().encode(`<!doctype html>${html}`),
    headers: new Map([["content-type", "text/html"]]),
    url,
  });
}

describe("The torrent that a page means", () => {
  it("is the only .torrent there, by its ending or its type", () => {
    expect(onPage(`<a href="../a%20b.torrent">a</a> <a href="/about">about</a>`)).toBe("http://h.example/a%20b.torrent");
    expect(onPage(`<a href="/get?id=7" type="application/x-bittorrent">a</a>`)).toBe("http://h.example/get?id=7");
    // Two links to the same are one.
    expect(onPage(`<a href="a.torrent">a</a><a href="a.torrent#x"><img></a><a href="${MAGNET}">m</a>`)).toBe(
      "http://h.example/dir/a.torrent",
    );
  });

  it("is the only magnet link where no .torrent lies on the same site", () => {
    expect(onPage(`<a href="${MAGNET}&amp;dn=x">m</a>`)).toBe(`${MAGNET}&dn=x`);
    expect(onPage(`<a href="${MAGNET}">m</a><a href="http://other.example/a.torrent">elsewhere</a>`)).toBe(MAGNET);
  });

  it("is left to the user where there are several, or where it lies on another site", () => {
    const many = Array.from({ length: 5 }, (_, at) => `<a href="${at}.torrent">x</a>`).join("");
    expect(() => onPage(many)).toThrow(
      /^http:\/\/h\.example\/dir\/ is a web page; .* wanted there: http:\/\/h\.example\/dir\/0\.torrent , .*2\.torrent \(\+2\)$/,
    );
    expect(() => onPage(`<a href="https://h.example/a.torrent">x</a>`)).toThrow("wanted there: https://h.example/a.torrent");
  });

  it("is missed on a page without any", () => {
    expect(() => onPage(`<a href="/about">about</a>`)).toThrow("no torrent is linked there");
  });
});

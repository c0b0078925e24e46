/** @module */
import { createHash } from "node:crypto";
import { escapeHtml } from "@bittern/tracker";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ENGLISH } from "../messages/english.ts";
import { SPANISH } from "../messages/spanish.ts";
import { PAGE_POLICY, type PageView, sharePage } from "./page.ts";
import { qrLines, qrSvg } from "./qr.ts";

const VIEW: PageView = {
  name: "Holiday photos",
  comment: "",
  totalLength: 3 * 1024 * 1024,
  files: [
    { path: "Holiday photos/a.jpg", length: 2 * 1024 * 1024 },
    { path: "Holiday photos/b.jpg", length: 1024 * 1024 },
  ],
  magnet: "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567&dn=Holiday+photos",
  torrentPath: "/Holiday%20photos.torrent",
  statusPath: "/status.json",
  torrentUrl: "http://host:8080/Holiday%20photos.torrent",
  infoHashes: ["0123456789abcdef0123456789abcdef01234567"],
  swarm: { seeds: 1, downloaders: 2, completed: 0 },
};

describe("The page", () => {
  it("tells name, size, files, links and how many are there", () => {
    const page = sharePage(VIEW, ENGLISH.share);
    for (const text of [
      "<title>Holiday photos</title>",
      "3.0 MiB in 2 files",
      "<td>Holiday photos/a.jpg</td><td>2.0 MiB</td>",
      'href="magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567&amp;dn=Holiday+photos"',
      'href="/Holiday%20photos.torrent" type="application/x-bittorrent"',
      '<dd id="seeds">1</dd>',
      '<dd id="downloaders">2</dd>',
      "<svg",
    ]) {
      expect(page).toContain(text);
    }
  });

  it("speaks the language of who shares", () => {
    const page = sharePage(VIEW, SPANISH.share);
    for (const text of ['<html lang="es"', "3.0 MiB en 2 archivos", "<dt>semillas</dt>", "Bajar el .torrent", "Desde la línea de órdenes"])
      expect(page).toContain(text);
  });

  it("loads nothing from elsewhere", () => {
    expect(sharePage(VIEW, ENGLISH.share)).not.toMatch(/(src|srcset|@import|url\()/);
    expect(sharePage(VIEW, ENGLISH.share)).not.toMatch(/<link/);
  });

  it("may run exactly the script and the style it has", () => {
    const page = sharePage(VIEW, ENGLISH.share);
    for (const tag of ["style", "script"]) {
      const inside = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(page)?.[1] as string;
      expect(PAGE_POLICY).toContain(`'sha256-${createHash("sha256").update(inside).digest("base64")}'`);
    }
    expect(page).not.toMatch(/ (style|on\w+)=/);
  });

  it("lets no text become markup", () => {
    const evil = `"><script>alert(1)</script><img src=x onerror='a'>`;
    const page = sharePage(
      {
        ...VIEW,
        name: evil,
        comment: evil,
        files: [{ path: evil, length: 1 }],
        magnet: `magnet:?dn=${evil}`,
        torrentPath: evil,
      },
      ENGLISH.share,
    );
    expect(page.match(/<script>/g)).toHaveLength(1);
    expect(page).not.toContain("<img");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"'\u0000-\u0008\u202e]/);
      }),
    );
  });

  it("stays small when there are many files", () => {
    const files = Array.from({ length: 20_000 }, (_, at) => ({ path: `file ${at}`, length: 1 }));
    const page = sharePage({ ...VIEW, files }, ENGLISH.share);
    expect(page).toContain("and 19500 more files");
    expect(page.length).toBeLessThan(80_000);
  });
});

describe("The QR code", () => {
  it("is one path, or half blocks as wide as they are high", () => {
    expect(qrSvg(VIEW.magnet, "title")).toMatch(/^<svg class="qr" viewBox="0 0 (\d+) \1"/);
    const lines = qrLines("magnet:?xt=urn:btih:0") as readonly string[];
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(lines[0]).toMatch(/^█+$/);
    expect(Math.abs((lines[0] as string).length - 2 * lines.length)).toBeLessThanOrEqual(1);
  });
  it("is left out when the text is too long for any", () => expect(qrSvg("x".repeat(5000), "title")).toBeUndefined());
});

/** @module */
import { describe, expect, it } from "vitest";
import { ENGLISH } from "../messages/english.ts";
import { Site, torrentPath } from "./site.ts";

const site = new Site({
  words: ENGLISH.share,
  view: {
    name: 'Ärger "mit" Öl 100%',
    comment: "",
    totalLength: 3,
    files: [{ path: "x", length: 3 }],
    magnet: "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567",
    torrentUrl: "http://host:1/x.torrent",
    infoHashes: ["0123456789abcdef0123456789abcdef01234567"],
  },
  torrent: Uint8Array.of(1, 2, 3),
  swarm: async () => ({ seeds: 2, downloaders: 1, completed: 1 }),
});
const textOf = (body: Uint8Array) => new TextDecoder().decode(body);

describe("The site of share", () => {
  it("has a page that may run nothing from elsewhere", async () => {
    const { status, headers, body } = await site.answer("GET", "/");
    expect(status).toBe(200);
    expect(headers["Content-Type"]).toBe("text/html; charset=utf-8");
    expect(headers["Content-Security-Policy"]).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(headers["Content-Security-Policy"]).not.toContain("unsafe");
    expect(textOf(body)).toContain('<dd id="seeds">2</dd>');
  });

  it("gives the torrent as a download with its name", async () => {
    const { status, headers, body } = await site.answer("GET", torrentPath('Ärger "mit" Öl 100%'));
    expect(status).toBe(200);
    expect(headers["Content-Type"]).toBe("application/x-bittorrent");
    expect(headers["Content-Disposition"]).toBe(
      "attachment; filename=\"_rger _mit_ _l 100_.torrent\"; filename*=UTF-8''%C3%84rger%20%22mit%22%20%C3%96l%20100%25.torrent",
    );
    expect([...body]).toEqual([1, 2, 3]);
  });

  it("tells the numbers of the swarm", async () => {
    const { headers, body } = await site.answer("GET", "/status.json");
    expect(headers["Content-Type"]).toBe("application/json; charset=utf-8");
    expect(JSON.parse(textOf(body))).toEqual({ seeds: 2, downloaders: 1, completed: 1 });
  });

  it("knows nothing else", async () => {
    expect((await site.answer("GET", "/etc/passwd")).status).toBe(404);
    expect((await site.answer("GET", "/%zz")).status).toBe(404);
    expect((await site.answer("GET", "/../x.torrent")).status).toBe(404);
    expect((await site.answer("POST", "/")).status).toBe(405);
  });
});

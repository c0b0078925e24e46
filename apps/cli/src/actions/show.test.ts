/** @module */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { run } from "../testing.ts";

const ALBUM = fileURLToPath(new URL("../../../../vectors/torrents/hybrid/libtorrent-album.torrent", import.meta.url));
const V1 = "ec9a1ebdca453b7d4971c6290f2d7370114b2aee";
const V2 = "5cd59c39d6cb7a308ef9aaa1cdf9c0ddc4b827b49cd4ad057029e310aecc8457";

describe("bittern show", () => {
  it("tells everything a torrent says", async () => {
    const { status, json, err } = await run(["show", ALBUM, "--json"]);
    expect([status, err]).toEqual([0, ""]);
    expect(json).toMatchObject({
      file: ALBUM,
      version: "hybrid",
      name: "album",
      infoHash: V1,
      infoHashV2: V2,
      pieceLength: 32_768,
      pieceCount: 11,
      totalLength: 169_177,
      fileCount: 10,
      trackers: [["http://tracker.example/announce"]],
      webSeeds: [],
      private: false,
      comment: "made by libtorrent",
    });
    expect(json["files"]).toContainEqual({ path: "b/big.bin", length: 100_000 });
    expect(JSON.stringify(json["files"])).not.toContain(".pad");
    expect(json["magnet"]).toMatch(new RegExp(`^magnet:\\?xt=urn:btih:${V1}&xt=urn:btmh:1220${V2}&dn=album`));
    const text = (await run(["show", ALBUM])).out;
    for (const words of [`info hash:    ${V1}`, "size:         165.2 KiB (169177 bytes) in 10 files", "97.7 KiB  b/big.bin"])
      expect(text).toContain(words);
  });

  it("reads a pipe and a URL", async () => {
    const bytes = readFileSync(ALBUM);
    expect((await run(["show", "-", "--json"], { input: bytes })).json).toMatchObject({ file: null, infoHash: V1 });
    const server = createServer((request, response) => {
      if (request.url === "/round.torrent") response.writeHead(302, { location: request.url }).end();
      else response.writeHead(request.url === "/album.torrent" ? 200 : 404).end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await run(["show", `${base}/album.torrent`, "--json"])).json).toMatchObject({ file: null, infoHash: V1 });
    const missing = await run(["show", `${base}/other.torrent`, "--json"]);
    expect([missing.status, missing.json]).toMatchObject([1, { error: { code: "HTTP_BAD_ANSWER" } }]);
    expect(missing.err).toContain("answered 404");
    const round = await run(["show", `${base}/round.torrent`]);
    expect(round).toMatchObject({ status: 1, err: `bittern show: ${base}/round.torrent: more than 3 redirects\n` });
    await new Promise((resolve) => server.close(resolve));
  });

  it("takes a bare info hash for what it is, and says what is wrong with a broken one", async () => {
    expect((await run(["show", V1, "--json"])).json).toMatchObject({ version: "v1", infoHash: V1, infoHashV2: null });
    expect((await run(["magnet", `1220${V2}`])).out).toBe(`magnet:?xt=urn:btmh:1220${V2}\n`);
    const cut = await run(["magnet", V1.slice(1)]);
    expect([cut.status, cut.err]).toEqual([1, expect.stringContaining("is no info hash: one has 40 hex digits")]);
  });

  it("tells which files a link selects, and which peers it names", async () => {
    const link = `magnet:?xt=urn:btih:${V1}&so=0,2,4-6&x.pe=10.0.0.1:6881&x.pe=[2001:db8::1]:5`;
    expect((await run(["show", link, "--json"])).json).toMatchObject({
      select: [
        { first: 0, last: 0 },
        { first: 2, last: 2 },
        { first: 4, last: 6 },
      ],
      peers: ["10.0.0.1:6881", "[2001:db8::1]:5"],
    });
    const text = (await run(["show", link])).out;
    expect(text).toMatch(/peers: +10\.0\.0\.1:6881\n +\[2001:db8::1\]:5\n/);
    expect(text).toMatch(/selects files: +0,2,4-6\n/);
  });

  it("tells what little a link or a hash says", async () => {
    const link = `magnet:?xt=urn:btih:${V1}&dn=album&tr=http%3A%2F%2Fa%2Fannounce&xl=5`;
    expect((await run(["show", link, "--json"])).json).toEqual({
      file: null,
      version: "v1",
      name: "album",
      infoHash: V1,
      infoHashV2: null,
      pieceLength: null,
      pieceCount: null,
      totalLength: 5,
      fileCount: null,
      magnet: `magnet:?xt=urn:btih:${V1}&dn=album&xl=5&tr=http%3A%2F%2Fa%2Fannounce`,
      files: [],
      trackers: [["http://a/announce"]],
      webSeeds: [],
      private: false,
      comment: null,
      source: null,
      createdBy: null,
      creationDate: null,
      select: null,
      peers: [],
    });
    expect((await run(["show", V2, "--json"])).json).toMatchObject({ version: "v2", infoHash: null, infoHashV2: V2 });
  });

  it("refuses what is no torrent, and names it", async () => {
    const wrong = await run(["show", "-", "--json"], { input: "hello" });
    expect(wrong).toMatchObject({ status: 1, json: { error: { code: "METAINFO_NOT_DICTIONARY" } } });
    expect((await run(["show", fileURLToPath(import.meta.url)])).err).toContain("show.test.ts is no valid torrent");
    expect((await run(["show", "magnet:?dn=x"])).status).toBe(1);
  });
});

describe("bittern magnet", () => {
  it("prints the link, and nothing else", async () => {
    const { status, out } = await run(["magnet", ALBUM]);
    expect(status).toBe(0);
    expect(out).toMatch(new RegExp(`^magnet:\\?xt=urn:btih:${V1}\\S*\n$`));
    expect((await run(["magnet", ALBUM, "--json"])).json).toMatchObject({ magnet: out.trim(), name: "album", infoHash: V1 });
    expect((await run(["magnet", V1])).out).toBe(`magnet:?xt=urn:btih:${V1}\n`);
  });
  it("wants a source", async () => expect((await run(["magnet"])).status).toBe(2));
});

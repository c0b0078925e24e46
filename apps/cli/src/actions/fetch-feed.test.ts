/** @module */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createTorrent, parseTorrent } from "@bittern/client";
import { lockFile } from "@bittern/node";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { memoryPath } from "../feed/memory.ts";
import { endAllAfterTests, noise, run, temporaryFolder, writeFiles } from "../testing.ts";

const folder = temporaryFolder();
endAllAfterTests();

/** Path -> type and body; what is not there is a 404. */
const site = new Map<string, readonly [type: string, body: string | Uint8Array]>();
const asked: string[] = [];
let isBroken = false;
let server: Server;
let base = "";

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? "";
  asked.push(`${request.method} ${path}`);
  const found = site.get(path);
  if (isBroken || found === undefined) return void response.writeHead(isBroken ? 503 : 404).end();
  const [type, body] = found;
  const etag = `"${Buffer.from(body).length}"`;
  if (request.headers["if-none-match"] === etag) return void response.writeHead(304).end();
  response.writeHead(200, { "content-type": type, etag }).end(body);
}

const torrents = new Map<string, Uint8Array>();
const MAGNET = `magnet:?xt=urn:btih:${"0123456789".repeat(4)}&dn=only%20a%20link`;
const rss = (links: readonly string[]): string =>
  `<rss version="2.0"><channel>${links.map((link) => `<item><link>${link.replaceAll("&", "&amp;")}</link></item>`).join("")}</channel></rss>`;

beforeAll(async () => {
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFiles(folder, { "data/a": noise(1000, "a"), "data/b": noise(1000, "b"), "data/c": noise(1000, "c") });
  for (const name of ["a", "b", "c"]) torrents.set(name, (await createTorrent(join(folder, "data", name))).toBytes());
});
afterAll(() => server.close());

let round = 0;
let target = "";
let state = "";
beforeEach(() => {
  round++;
  target = join(folder, `target-${round}`);
  state = join(folder, `state-${round}`);
  site.clear();
  isBroken = false;
  asked.length = 0;
  for (const [name, bytes] of torrents) site.set(`/${name}.torrent`, ["application/x-bittorrent", bytes]);
});

const fetchFeed = (path: string, ...more: string[]) => run(["fetch-feed", base + path, target, "--state", state, ...more]);
const here = (): string[] => readdirSync(target).toSorted();

describe("bittern fetch-feed", () => {
  it("C9: saves what is new, once, and asks for nothing else when nothing changed", async () => {
    site.set("/feed", ["application/rss+xml", rss(["/a.torrent", "/b.torrent", MAGNET])]);
    const first = await fetchFeed("/feed");
    expect(first).toMatchObject({ status: 0, err: "" });
    expect(first.out.trim().split("\n").toSorted()).toEqual(
      ["a.torrent", "b.torrent", "only a link.magnet"].map((name) => join(target, name)),
    );
    expect(readFileSync(join(target, "only a link.magnet"), "utf8")).toBe(`${MAGNET}\n`);
    asked.length = 0;
    expect(await fetchFeed("/feed")).toMatchObject({ status: 0, out: "", err: "" });
    expect(asked).toEqual(["GET /feed"]);

    // Deleted is not new; the same torrent at another address is not either.
    rmSync(join(target, "a.torrent"));
    site.set("/again.torrent", ["application/x-bittorrent", torrents.get("b") as Uint8Array]);
    site.set("/feed", ["application/rss+xml", rss(["/a.torrent", "/b.torrent", "/again.torrent", "/c.torrent"])]);
    const second = await fetchFeed("/feed", "--json");
    expect(second.json).toMatchObject({ format: "rss", changed: true, links: 4, failed: [], left: 0 });
    expect((second.json["saved"] as { file: string }[]).map(({ file }) => file)).toEqual([join(target, "c.torrent")]);
    expect(here()).toEqual(["b.torrent", "c.torrent", "only a link.magnet"]);
  });

  it("C9: reads a page by the endings of its links, and by their types when asked to", async () => {
    site.set("/get?1", ["application/x-bittorrent", torrents.get("b") as Uint8Array]);
    site.set("/other", ["text/html", "x"]);
    site.set("/", ["text/html", '<a href="a.torrent">a</a> <a href="get?1">b</a> <a href="other">o</a>']);
    expect((await fetchFeed("/")).status).toBe(0);
    expect(here()).toEqual(["a.torrent"]);
    rmSync(state, { recursive: true });
    expect((await fetchFeed("/", "--by-type", "--quiet")).out).toBe("");
    expect(here()).toEqual(["a.torrent", "b.torrent"]);
    expect(asked).toContain("HEAD /other");
  });

  it("C9: takes the file where a page has both file and link of a torrent, and the link where the file is gone", async () => {
    const magnetOf = (name: string): string =>
      parseTorrent(torrents.get(name) as Uint8Array)
        .toMagnet()
        .replaceAll("&", "&amp;");
    const both = (name: string): string => `<a href="${magnetOf(name)}">m</a> <a href="${name}.torrent">${name}</a>`;
    site.delete("/b.torrent");
    site.set("/", ["text/html", `${both("a")} ${both("b")}`]);
    expect((await fetchFeed("/")).status).toBe(1);
    expect(here()).toEqual(["a.torrent", "b.magnet"]);
  });

  it("tells what failed, ends with 1, and tries just that again", async () => {
    site.set("/bad.torrent", ["application/x-bittorrent", "no torrent"]);
    site.set("/feed", ["application/rss+xml", rss(["/a.torrent", "/bad.torrent", "/gone.torrent", "http://10.255.255.1/x.torrent"])]);
    const first = await fetchFeed("/feed", "--quiet");
    expect(first).toMatchObject({ status: 1, out: "" });
    expect(first.err).toMatch(/^bittern fetch-feed: http:\S+\/bad\.torrent: .+$/m);
    expect(first.err).toContain("/gone.torrent: the server answered 404");
    expect(first.err).toContain("a stranger may not send us to 10.255.255.1");
    expect(here()).toEqual(["a.torrent"]);
    site.set("/bad.torrent", ["application/x-bittorrent", torrents.get("b") as Uint8Array]);
    asked.length = 0;
    await fetchFeed("/feed");
    expect(asked).toEqual(["GET /feed", "GET /bad.torrent", "GET /gone.torrent"]);
    expect(here()).toEqual(["a.torrent", "bad.torrent"]);
  });

  it("overwrites nothing, and keeps to its count", async () => {
    site.set("/feed", ["application/rss+xml", rss(["/a.torrent", "/b.torrent"])]);
    writeFiles(target, { "a.torrent": "mine" });
    const first = await fetchFeed("/feed", "--max", "1");
    expect(first).toMatchObject({ status: 0 });
    expect(here()).toHaveLength(2);
    expect(readFileSync(join(target, "a.torrent"), "utf8")).toBe("mine");
    expect((await fetchFeed("/feed")).status).toBe(0);
    expect(here()).toEqual(["a (2).torrent", "a.torrent", "b.torrent"]);
  });

  it("says whose fault it is when there is no feed", async () => {
    isBroken = true;
    const broken = await fetchFeed("/feed", "--json");
    expect(broken).toMatchObject({ status: 1, json: { error: { code: "HTTP_BAD_ANSWER" } } });
    isBroken = false;
    expect((await fetchFeed("/a.torrent")).err).toContain("this is a torrent and no feed");
    expect((await run(["fetch-feed", "gopher://x/", target])).status).toBe(2);
    expect((await run(["fetch-feed", base])).status).toBe(2);
  });

  it("refuses to run twice at once", async () => {
    site.set("/feed", ["application/rss+xml", rss(["/a.torrent"])]);
    const lock = lockFile(`${memoryPath(state, `${base}/feed`, target)}.lock`);
    expect(await fetchFeed("/feed", "--json")).toMatchObject({ status: 1, json: { error: { code: "FEED_BUSY" } } });
    lock.release();
    expect((await fetchFeed("/feed")).status).toBe(0);
  });

  it("warns of a state folder that cannot be written, and works", async () => {
    site.set("/feed", ["application/rss+xml", rss(["/a.torrent"])]);
    const { status, out, err } = await run(["fetch-feed", `${base}/feed`, target, "--state", "/proc/no-folder"]);
    expect([status, out]).toEqual([0, `${join(target, "a.torrent")}\n`]);
    expect(err).toMatch(/ warn {2}the state folder \/proc\/no-folder cannot be used \([^\n]+\): nothing is remembered, [^\n]+\n$/);
  });

  it("begins anew when its memory is damaged", async () => {
    site.set("/feed", ["application/rss+xml", rss(["/a.torrent"])]);
    await fetchFeed("/feed");
    const [memory = ""] = readdirSync(join(state, "feeds")).filter((name) => name.endsWith(".json"));
    writeFileSync(join(state, "feeds", memory), '{"version":1,"links":[1]');
    expect(await fetchFeed("/feed")).toMatchObject({ status: 0, out: "" });
    expect(here()).toEqual(["a.torrent"]);
  });
});

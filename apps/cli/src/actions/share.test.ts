/** @module */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { endAllAfterTests, firstMessage, noise, Running, run, temporaryFolder, writeFiles } from "../testing.ts";

const folder = temporaryFolder();
endAllAfterTests();
const shared = join(folder, "photos & <more>");
beforeAll(() => writeFiles(shared, { "a.jpg": noise(150_000, "a"), "b/c.jpg": noise(10_000, "c") }));

const WORDS = ["--http", "0", "--port", "0", "--public-host", "127.0.0.1", "--json"];

describe("bittern share", () => {
  it("serves page, torrent and tracker on one port, and ends after one copy with --once", async () => {
    const share = new Running(["share", shared, ...WORDS, "--once", "--state", join(folder, "state-share")]);
    const sharing = await share.line("sharing");
    expect(Object.keys(sharing)).toEqual(["type", "page", "torrent", "magnet", "infoHash", "infoHashV2", "announce", "port"]);
    const page = String(sharing["page"]);
    expect(page).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(sharing["announce"]).toEqual([`${page}announce`, `${page.replace("http:", "udp:")}announce`]);

    const html = await fetch(page);
    expect(html.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await html.text()).toContain("<h1>photos &amp; &lt;more&gt;</h1>");
    const torrent = await fetch(String(sharing["torrent"]));
    expect(torrent.headers.get("content-type")).toBe("application/x-bittorrent");
    expect(torrent.headers.get("content-disposition")).toContain('filename="photos & <more>.torrent"');
    const bytes = new Uint8Array(await torrent.arrayBuffer());
    expect((await run(["show", "-", "--json"], { input: bytes })).json).toMatchObject({
      infoHash: sharing["infoHash"],
      name: "photos & <more>",
    });
    expect(await (await fetch(`${page}status.json`)).json()).toMatchObject({ downloaders: 0 });
    expect((await fetch(`${page}scrape`)).status).toBe(200);

    const target = join(folder, "target");
    const words = ["--dir", target, "--port", "0", "--state", join(folder, "state-get"), "--exit"];
    expect((await run(["get", String(sharing["magnet"]), ...words])).status).toBe(0);
    expect(readFileSync(join(target, "photos & <more>/a.jpg")).equals(readFileSync(join(shared, "a.jpg")))).toBe(true);
    expect(await share.end()).toBe(0);
  });

  it("is found by the address of its page, the one a browser shows", async () => {
    const share = new Running(["share", shared, ...WORDS, "--state", join(folder, "state-page")]);
    const { page, torrent } = await share.line("sharing");
    // It used to end with "no valid torrent: byte 0x3c where a value begins".
    const target = join(folder, "by-page");
    const got = await run(["get", String(page), "--dir", target, "--port", "0", "--state", join(folder, "state-by-page"), "--exit"]);
    expect(got.status).toBe(0);
    expect(got.err).toContain(`${String(page)} leads to ${String(torrent)}\n`);
    expect(readFileSync(join(target, "photos & <more>/b/c.jpg")).equals(readFileSync(join(shared, "b/c.jpg")))).toBe(true);
    expect((await run(["magnet", String(page)])).out).toContain("magnet:?xt=urn:btih:");
    const elsewhere = await run(["show", `${String(page)}nothing-here`]);
    expect(elsewhere).toMatchObject({ status: 1, err: expect.stringContaining("the server answered 404") as string });
    expect(await share.stop()).toBe(0);
  });

  it("tells a newcomer of nothing at first with --super-seed", async () => {
    const share = new Running(["share", shared, ...WORDS, "--super-seed", "--state", join(folder, "state-super")]);
    const { port, infoHash } = await share.line("sharing");
    expect(await firstMessage(Number(port), String(infoHash))).toBe("have-none");
    expect(await share.stop("SIGTERM")).toBe(0);
  });

  it("goes on until it is stopped", async () => {
    const share = new Running(["share", join(shared, "a.jpg"), ...WORDS, "--state", join(folder, "state-file")]);
    await share.line("sharing");
    expect(await share.stop("SIGTERM")).toBe(0);
  });

  it("refuses what cannot be shared", async () => {
    const missing = await run(["share", join(folder, "none"), ...WORDS]);
    expect(missing).toMatchObject({ status: 1, json: { error: { code: "FILE_MISSING" } } });
    expect((await run(["share", shared, "--public-host", "a b"])).status).toBe(2);
    expect((await run(["share"])).status).toBe(2);
  });
});

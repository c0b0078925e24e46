/** @module */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { endAllAfterTests, noise, Running, run, temporaryFolder, writeFiles } from "../testing.ts";

const folder = temporaryFolder();
endAllAfterTests();

describe("bittern track", () => {
  it("introduces a downloader to a seeder, over HTTP and over UDP", async () => {
    const tracker = new Running(["track", "--port", "0", "--json"]);
    const listening = await tracker.line("listening");
    expect(listening).toEqual({ type: "listening", http: expect.any(Number), udp: expect.any(Number), announce: expect.any(Array) });
    expect(listening["http"]).toBe(listening["udp"]);
    const urls = [`http://127.0.0.1:${Number(listening["http"])}/announce`, `udp://127.0.0.1:${Number(listening["udp"])}`];
    expect(listening["announce"]).toEqual([
      expect.stringMatching(/^http:\/\/.*:\d+\/announce$/),
      expect.stringMatching(/^udp:\/\/.*:\d+\/announce$/),
    ]);
    for (const [at, url] of urls.entries()) {
      writeFiles(folder, { [`source-${at}/file-${at}.bin`]: noise(100_000, url) });
      const torrent = join(folder, `${at}.torrent`);
      await run(["create", join(folder, `source-${at}/file-${at}.bin`), "-t", url, "-o", torrent]);
      const state = (name: string) => ["--state", join(folder, `state-${at}-${name}`), "--port", "0", "--json"];
      const seed = new Running(["seed", torrent, "--dir", join(folder, `source-${at}`), ...state("seed")]);
      await seed.line("listening");
      const get = new Running(["get", torrent, "--dir", join(folder, `target-${at}`), "--exit", ...state("get")]);
      expect(await get.end()).toBe(0);
      expect(await seed.stop()).toBe(0);
    }
    expect(await tracker.stop("SIGINT")).toBe(0);
  });

  it("says so when its port is taken, or is none", async () => {
    const tracker = new Running(["track", "--port", "0", "--json"]);
    const port = String((await tracker.line("listening"))["http"]);
    const second = await run(["track", "--port", port, "--json"]);
    expect(second).toMatchObject({ status: 1, json: { type: "error", error: { code: "ADDRESS_IN_USE" } } });
    expect((await run(["track", "--port", "1-5"])).status).toBe(2);
    expect((await run(["track", "extra"])).status).toBe(2);
    await tracker.stop();
  });
});

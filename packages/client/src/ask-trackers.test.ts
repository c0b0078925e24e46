/** @module */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { encode } from "@bittern/protocol/bencode";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { announceToTrackers, scrapeTrackers } from "./ask-trackers.ts";
import { TrackerServer } from "./tracker/tracker-server.ts";

const HASH = "49e2cdab588e7ff0733dbb433afc844945624f04";
const OTHER = "0".repeat(40);
/** A port nobody listens on: bound for a moment, to be sure. */
const SILENT = "http://127.0.0.1:1/announce";

let tracker: TrackerServer;
let urls: readonly string[];
beforeAll(async () => {
  tracker = new TrackerServer({ http: { port: 0, host: "127.0.0.1" }, udp: { port: 0, host: "127.0.0.1" } });
  const listening = await tracker.listen();
  urls = [String(listening.http), String(listening.udp)];
  await announceToTrackers([String(listening.http)], [HASH], { port: 1111, left: 0, event: "started" });
});
afterAll(() => tracker.close());

describe("scrapeTrackers", () => {
  it("counts over HTTP and UDP, and says which tracker knows nothing", async () => {
    const reports = await scrapeTrackers(urls, [HASH]);
    expect(reports.map(({ counts, error }) => [counts?.complete, counts?.incomplete, error])).toEqual([
      [1, 0, null],
      [1, 0, null],
    ]);
    const [unknown] = await scrapeTrackers([urls[0] as string], [OTHER]);
    expect([unknown?.counts?.complete ?? 0, unknown?.error]).toEqual([0, null]);
  });

  it("says what kept each tracker from answering", async () => {
    const reports = await scrapeTrackers([SILENT, "http://127.0.0.1:1/tracker", "ws://127.0.0.1:1/announce"], [HASH]);
    expect(reports.map(({ error }) => (error as Error & { code: string }).code)).toEqual([
      "CONNECTION_REFUSED",
      "TRACKER_URL",
      "CONNECTION_REFUSED",
    ]);
  });

  it("takes info hashes only, and ends with its signal", async () => {
    await expect(scrapeTrackers(urls, ["xyz"])).rejects.toMatchObject({ code: "INFO_HASH_INVALID" });
    await expect(scrapeTrackers(urls, [HASH], { signal: AbortSignal.abort() })).rejects.toThrow();
  });
});

describe("announceToTrackers", () => {
  it("hears who is there, and takes itself out again", async () => {
    for (const url of urls) {
      const [report] = await announceToTrackers([url], [HASH], { port: 2222 });
      expect(report).toMatchObject({ url, infoHash: HASH, peers: [{ address: "127.0.0.1", port: 1111 }], error: null });
      expect(report?.answers[0]).toMatchObject({ address: "127.0.0.1", answer: { complete: 1 } });
      expect(report?.answers[0]?.answer.interval).toBeGreaterThan(0);
    }
    const [left] = await scrapeTrackers([urls[0] as string], [HASH]);
    expect(left?.counts).toMatchObject({ complete: 1, incomplete: 0 });
  });

  it("stays where it says so with an event", async () => {
    await announceToTrackers(urls.slice(0, 1), [OTHER], { port: 3333, event: "started" });
    expect((await scrapeTrackers(urls.slice(0, 1), [OTHER]))[0]?.counts?.incomplete).toBe(1);
  });

  it("passes on what a tracker refuses with", async () => {
    const server = createServer((_, response) => response.end(encode({ "failure reason": "not registered here" })));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/announce`;
    const [report] = await announceToTrackers([url], [HASH]);
    expect(report?.error).toMatchObject({ code: "TRACKER_FAILURE", message: "not registered here" });
    await new Promise((resolve) => server.close(resolve));
  });
});

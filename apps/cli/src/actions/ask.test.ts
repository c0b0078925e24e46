/** @module */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endAllAfterTests, Running, run } from "../testing.ts";

const HASH = "49e2cdab588e7ff0733dbb433afc844945624f04";
endAllAfterTests();

let tracker: Running;
let http = "";
let udp = "";
beforeAll(async () => {
  tracker = new Running(["track", "--port", "0", "--json"]);
  const listening = await tracker.line("listening");
  http = `http://127.0.0.1:${Number(listening["http"])}/announce`;
  udp = `udp://127.0.0.1:${Number(listening["udp"])}`;
});
afterAll(() => tracker.stop());

describe("bittern announce and scrape", () => {
  it("tell of a seed that announced itself, as JSON and as a table", async () => {
    const seed = await run(["announce", HASH, "-t", http, "--left", "0", "--port", "1111", "--event", "started", "--json"]);
    expect([seed.status, seed.json]).toMatchObject([0, { trackers: [{ url: http, infoHash: HASH, address: "127.0.0.1", error: null }] }]);
    const asked = await run(["announce", HASH, "-t", http, "-t", udp]);
    expect(asked.out).toMatch(/^tracker +seeds +downloaders +peers +again in\n/);
    expect(asked.out).toMatch(/\n\n127\.0\.0\.1:1111\n$/);
    const counts = await run(["scrape", HASH, "-t", http, "-t", udp, "--json"]);
    const one = { infoHash: HASH, complete: 1, incomplete: 0, error: null };
    expect([counts.status, counts.json]).toMatchObject([
      0,
      {
        trackers: [
          { url: http, ...one },
          { url: udp, ...one },
        ],
      },
    ]);
    expect((await run(["scrape", HASH, "-t", udp])).out).toMatch(/seeds +downloaders +completed\nudp:\/\/127\.0\.0\.1:\d+ +1 +0 +0\n/);
  });

  it("ask over WebSocket, where nobody has an address, and leave nobody behind", async () => {
    const ws = http.replace("http:", "ws:");
    const announced = await run(["announce", HASH, "-t", ws, "--event", "started"]);
    expect(announced.out).toMatch(/again in\nws:\/\/127\.0\.0\.1:\d+\/announce +0 +1 +- /);
    const counts = await run(["scrape", HASH, "-t", ws, "--json"]);
    expect([counts.status, counts.json]).toMatchObject([0, { trackers: [{ url: ws, error: null }] }]);
    expect((counts.json as { trackers: { incomplete: number | null }[] }).trackers[0]?.incomplete ?? 0).toBe(0);
  });

  it("fail when no tracker answers, and name what is missing", async () => {
    const silent = await run(["scrape", HASH, "-t", "http://127.0.0.1:1/announce", "--json"]);
    const spanish = await run(["scrape", HASH, "-t", "http://127.0.0.1:1/announce", "--lang", "es"]);
    expect(spanish.out).toContain("al preguntar a 127.0.0.1:1: conexión rechazada: nada escucha ahí");
    expect([silent.status, silent.json]).toMatchObject([1, { trackers: [{ complete: null, error: { code: "CONNECTION_REFUSED" } }] }]);
    const none = await run(["announce", HASH, "--json"]);
    expect([none.status, none.json]).toMatchObject([2, { error: { code: "TRACKER_NEEDED" } }]);
    expect((await run(["announce", HASH, "-t", http, "--event", "later"])).status).toBe(2);
  });
});

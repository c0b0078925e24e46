/** @module */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { FeedMemory } from "./memory.ts";

const folder = mkdtempSync(join(tmpdir(), "bittern-feed-memory-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = (): FeedMemory => FeedMemory.load(folder, "http://h.example/feed", "/downloads");
const link = (at: number): string => `http://h.example/${at}.torrent`;

describe("What is remembered of a feed", () => {
  it("is the twenty thousand links that were named last, and as many torrents", async () => {
    const memory = load();
    for (let at = 0; at <= 20_000; at++) {
      memory.add(link(at));
      memory.addTorrent(String(at));
    }
    // Named again, it is one of the latest.
    memory.knows(link(1));
    await memory.save();
    const again = load();
    const known = [0, 1, 2, 20_000].map((at) => again.knows(link(at)));
    expect([known, again.hasTorrent("0"), again.hasTorrent("1")]).toEqual([[false, true, true, true], false, true]);
  });
});

/** @module */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it, vi } from "vitest";
import { Shelf, type ShelvedTorrent, shelvedTorrents } from "./shelf.ts";

const folder = mkdtempSync(join(tmpdir(), "bittern-shelf-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
const place = (): string => join(folder, String(++count));

const HASH = "a".repeat(40);
const TORRENT: ShelvedTorrent = {
  infoHash: HASH,
  magnet: null,
  path: "/srv",
  isPaused: true,
  down: 1000,
  up: 0,
  sequential: true,
  priorities: [0, 1, 7],
};

describe("The shelf", () => {
  it("has at the next start what was put on it", () => {
    const path = place();
    const shelf = new Shelf(path);
    shelf.put(TORRENT, Uint8Array.of(1, 2, 3));
    shelf.put({ ...TORRENT, infoHash: "b".repeat(64), magnet: "magnet:?xt=urn:btih:b" });
    shelf.put({ ...TORRENT, isPaused: false });
    shelf.limit(5, 6);
    shelf.flush();
    const next = new Shelf(path);
    expect(next.content).toEqual(shelf.content);
    expect(next.content).toMatchObject({ down: 5, up: 6 });
    expect(next.find(HASH)).toEqual({ ...TORRENT, isPaused: false });
    expect(next.sourceOf(TORRENT)).toEqual(Buffer.from([1, 2, 3]));
    expect(next.sourceOf({ ...TORRENT, magnet: "magnet:" })).toBe("magnet:");
  });

  it("forgets a torrent with its file, and leaves nothing half written", () => {
    const path = place();
    const shelf = new Shelf(path);
    shelf.put(TORRENT, Uint8Array.of(1));
    shelf.forget(HASH);
    shelf.flush();
    expect(readdirSync(path)).toEqual(["torrents.json"]);
    expect(new Shelf(path).content.torrents).toEqual([]);
  });

  it("keeps a list that it cannot read, and says so", () => {
    const path = place();
    const first = new Shelf(path);
    first.put(TORRENT);
    first.flush();
    const list = join(path, "torrents.json");
    writeFileSync(list, "{ half");
    const shelf = new Shelf(path);
    expect(shelf.damaged).toContain("torrents.json.damaged");
    expect(readFileSync(`${list}.damaged`, "utf8")).toBe("{ half");
    expect(existsSync(list)).toBe(false);
  });

  it("outlives the loss of its folder: a save makes it anew, and one that cannot is told once", () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const path = place();
      const shelf = new Shelf(path);
      const failures: unknown[] = [];
      shelf.onFailure = (error) => failures.push(error);
      shelf.put(TORRENT, Uint8Array.of(1));
      rmSync(path, { recursive: true });
      vi.runAllTimers();
      expect(new Shelf(path).content).toEqual(shelf.content);

      rmSync(path, { recursive: true });
      writeFileSync(path, "a file where the folder was");
      for (const down of [1, 2]) {
        shelf.limit(down, 0);
        vi.runAllTimers();
      }
      expect(failures).toMatchObject([{ code: "ENOTDIR" }]);

      rmSync(path);
      shelf.limit(3, 0);
      vi.runAllTimers();
      expect(new Shelf(path).content.down).toBe(3);
    } finally {
      vi.useRealTimers();
    }
  });

  it("works without a folder, and makes none where it is only read", () => {
    const shelf = new Shelf(undefined);
    shelf.put(TORRENT, Uint8Array.of(1));
    shelf.limit(5, 6);
    shelf.flush();
    expect(shelf.find(HASH)).toEqual(TORRENT);
    shelf.forget(HASH);
    expect(shelf.content).toEqual({ down: 5, up: 6, torrents: [] });
    const path = place();
    expect(shelvedTorrents(path)).toEqual([]);
    expect(existsSync(path)).toBe(false);
  });

  it("tells what the system says, and does not hang, where no folder can be made", () => {
    expect(() => new Shelf("/proc/no-folder/tui").put(TORRENT, Uint8Array.of(1))).toThrow(/ENOENT|EACCES|EPERM|EROFS/);
  });

  it("takes no name that could lead elsewhere, whatever stands in the list", () => {
    const path = place();
    mkdirSync(path);
    const list = join(path, "torrents.json");
    for (const infoHash of ["../../etc/passwd", "A".repeat(40), "", 7]) {
      writeFileSync(list, JSON.stringify({ version: 1, torrents: [{ ...TORRENT, infoHash }] }));
      expect(new Shelf(path).damaged, String(infoHash)).toBeDefined();
    }
    fc.assert(
      fc.property(fc.json(), (text) => {
        writeFileSync(list, text);
        expect(new Shelf(path).content.torrents).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});

/** @module */
import { cpSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ended, endAllAfterTests, firstMessage, noise, Running, run, temporaryFolder, writeFiles } from "../testing.ts";

const folder = temporaryFolder();
const torrent = join(folder, "album.torrent");
const source = join(folder, "published");
const FILES = {
  "big file.bin": noise(3_000_000, "big"),
  "Ünïcode/日本.bin": noise(70_000, "small"),
  "sub/empty": "",
  "sub/notes.txt": "hello\n",
};
let seeder: Running;
let peer: string;
endAllAfterTests();

beforeAll(async () => {
  writeFiles(join(source, "album"), FILES);
  await run(["create", join(source, "album"), "--piece-length", "64KiB", "-o", torrent]);
  seeder = new Running(["seed", torrent, "--dir", source, "--port", "0", "--json", "--state", join(folder, "state-seeder")]);
  peer = `127.0.0.1:${Number((await seeder.line("listening"))["port"])}`;
});
afterAll(() => seeder.stop());

let count = 0;
function place(): { dir: string; words: string[] } {
  const dir = join(folder, `download-${++count}`);
  return { dir, words: ["--dir", dir, "--state", join(folder, `state-${count}`), "--port", "0", "--json"] };
}

function expectSame(dir: string, paths: readonly string[] = Object.keys(FILES)): void {
  for (const path of paths)
    expect(readFileSync(join(dir, "album", path)).equals(readFileSync(join(source, "album", path))), path).toBe(true);
}

describe("bittern get", () => {
  it("downloads every byte, tells it line by line, and leaves with --exit", async () => {
    const { dir, words } = place();
    const get = new Running(["get", torrent, ...words, "--peer", peer, "--exit"]);
    expect(await get.end()).toBe(0);
    expectSame(dir);
    const types = get.lines.map((line) => line["type"]);
    expect(types[0]).toBe("listening");
    expect(types[1]).toBe("metadata");
    expect(types.slice(-2)).toEqual(["durable", "summary"]);
    expect(get.lines.at(-1)).toEqual({
      type: "summary",
      name: "album",
      seconds: expect.any(Number),
      downloaded: expect.any(Number),
      uploaded: 0,
      downRate: expect.any(Number),
      upRate: 0,
      ratio: 0,
      ratioEver: 0,
      peers: 1,
      wasted: 0,
    });
    expect(get.lines[0]).toEqual({ type: "listening", port: expect.any(Number) });
    expect(get.lines[1]).toMatchObject({ name: "album", totalLength: 3_070_006, fileCount: 4 });
    const pieces = get.lines.filter((line) => line["type"] === "piece").map((line) => line["piece"]);
    expect(new Set(pieces).size).toBe(get.lines[1]?.["pieceCount"]);
    const complete = await get.line("complete");
    expect(complete).toEqual({ type: "complete", seconds: expect.any(Number), downloaded: expect.any(Number), uploaded: 0 });
    expect(Number.isInteger(complete["downloaded"])).toBe(true);
    expect(types.indexOf("complete")).toBeLessThan(types.indexOf("durable"));
    expect(get.lines[types.indexOf("complete") - 1]).toMatchObject({ type: "progress", verified: 3_070_006, total: 3_070_006 });
  });

  it("downloads by magnet link and keeps what is there when it comes again", async () => {
    const { dir, words } = place();
    const link = (await run(["magnet", torrent])).out.trim();
    expect((await run(["get", link, ...words, "--peer", peer, "--exit"])).status).toBe(0);
    expectSame(dir);
    const again = await run(["get", torrent, ...words, "--exit"]);
    expect(again.status).toBe(0);
    expect(again.lines.find((line) => line["type"] === "complete")).toMatchObject({ downloaded: 0 });
    expect(again.lines.some((line) => line["type"] === "piece")).toBe(false);
  });

  it("keeps the good part of what is there and mends the rest", async () => {
    const { dir, words } = place();
    cpSync(join(source, "album"), join(dir, "album"), { recursive: true });
    const hurt = Uint8Array.from(FILES["big file.bin"]);
    hurt.fill(0, 1_000_000, 1_000_010);
    writeFileSync(join(dir, "album/big file.bin"), hurt);
    const get = await run(["get", torrent, ...words, "--peer", peer, "--exit"]);
    expect(get.status).toBe(0);
    expectSame(dir);
    expect(get.lines.filter((line) => line["type"] === "piece")).toHaveLength(1);
  });

  it("takes only what is selected", async () => {
    const { dir, words } = place();
    const some = await run(["get", torrent, ...words, "--peer", peer, "--exit", "--select", "*.txt", "--select", "Ünïcode/*"]);
    expect(some.status).toBe(0);
    expectSame(dir, ["sub/notes.txt", "Ünïcode/日本.bin"]);
    expect(existsSync(join(dir, "album/big file.bin"))).toBe(false);
    const nothing = await run(["get", torrent, ...words, "--exit", "--select", "*.mp3"]);
    expect(nothing.status).toBe(2);
    expect(nothing.lines.at(-1)).toMatchObject({ type: "error", error: { code: "SELECTION_EMPTY" } });
  });

  it("does not call a magnet link complete of which nothing is selected", async () => {
    const link = (await run(["magnet", torrent])).out.trim();
    const nothing = await run(["get", link, ...place().words, "--peer", peer, "--exit", "--select", "*.mp3"]);
    expect(nothing.status).toBe(2);
    expect(nothing.lines.map((line) => line["type"]).filter((type) => type !== "progress")).toEqual(["listening", "metadata", "error"]);
    expect(nothing.lines.at(-1)).toMatchObject({ error: { code: "SELECTION_EMPTY" } });
  });

  it("hands over what rested beside a selection when all is wanted the next time, empty files too", async () => {
    const { dir, words } = place();
    const small = join(folder, "small-v1.torrent");
    // One piece holds all the files: nothing is left to be asked for, and no seed is needed.
    await run(["create", join(source, "album"), "--v1", "--piece-length", "4MiB", "-o", small]);
    const seed = new Running(["seed", small, "--dir", source, "--port", "0", "--json", "--state", join(folder, "state-small")]);
    const from = `127.0.0.1:${Number((await seed.line("listening"))["port"])}`;
    expect((await run(["get", small, ...words, "--peer", from, "--exit", "--select", "*.txt"])).status).toBe(0);
    await seed.stop();
    expect(existsSync(join(dir, "album/big file.bin"))).toBe(false);
    expect((await run(["get", small, ...words, "--exit"])).status).toBe(0);
    expectSame(dir);
  });

  it("goes on seeding until it is stopped, then ends with 0", async () => {
    const { words } = place();
    const get = new Running(["get", torrent, ...words, "--peer", peer]);
    await get.line("durable");
    const port = Number(get.lines[0]?.["port"]);
    const other = place();
    expect((await run(["get", torrent, ...other.words, "--peer", `127.0.0.1:${port}`, "--exit"])).status).toBe(0);
    expectSame(other.dir);
    expect(await get.stop("SIGINT")).toBe(0);
  });

  it("ends after the ratio or the time it was given", async () => {
    const { words } = place();
    expect((await run(["get", torrent, ...words, "--peer", peer, "--seed-time", "0"])).status).toBe(0);
    expect((await run(["get", torrent, ...words, "--seed-ratio", "0"])).status).toBe(0);
  });

  it("reports about once a second, in integers", async () => {
    const { words } = place();
    const get = new Running(["get", torrent, ...words]);
    const progress = await get.line("progress");
    expect(progress).toEqual({
      type: "progress",
      state: "downloading",
      downloaded: 0,
      uploaded: 0,
      verified: 0,
      total: 3_070_006,
      downRate: 0,
      upRate: 0,
      peers: 0,
      seeds: 0,
      secondsLeft: null,
    });
    expect(await get.stop("SIGTERM")).toBe(143);
    const interrupted = new Running(["get", torrent, ...words]);
    await interrupted.line("listening");
    expect(await interrupted.stop("SIGINT")).toBe(130);
  });

  // Who is killed has had no time to write down the last pieces.
  it.each([
    ["killed", "SIGKILL", 2],
    ["interrupted", "SIGINT", 0],
  ] as const)("resumes after being %s without asking for verified pieces again", async (_, signal, againMax) => {
    const { dir, words } = place();
    const first = new Running(["get", torrent, ...words, "--peer", peer, "--max-down", "1MiB"]);
    await first.until(() => (first.lines.filter((line) => line["type"] === "piece").length >= 10 ? true : undefined), "ten pieces");
    await first.stop(signal);
    const second = await run(["get", torrent, ...words, "--peer", peer, "--exit"]);
    expect(second.status).toBe(0);
    expectSame(dir);
    const fetched = (run: Pick<Ended, "lines">) => run.lines.filter((line) => line["type"] === "piece").length;
    expect(fetched(first) + fetched(second)).toBeLessThanOrEqual(Number(second.lines[1]?.["pieceCount"]) + againMax);
  });

  it("ends quietly when nobody reads any more", async () => {
    const { words } = place();
    const get = new Running(["get", torrent, ...words]);
    await get.line("listening");
    get.child.stdout?.destroy();
    expect(await get.end()).toBe(141);
    expect(get.err).toBe("");
  });

  it("warns once of a state folder that cannot be used, and works", async () => {
    const { dir } = place();
    writeFileSync(join(folder, "no-folder"), "");
    // In /proc a folder cannot be made, and Node 20 tried for ever when the desk for `bittern explain` asked it to.
    for (const state of [join(folder, "no-folder"), "/proc/no-folder"]) {
      const words = ["--dir", dir, "--state", state, "--port", "0", "--json", "--peer", peer, "--exit"];
      const get = await run(["get", torrent, ...words]);
      expect(get.status).toBe(0);
      expect(get.err).toMatch(
        /^\S+ warn {2}the state folder [^\n]* cannot be used \(\w+\): nothing is remembered, every start checks all data\n$/,
      );
      expectSame(dir);
    }
  });

  it("says what is wrong with the command line", async () => {
    for (const words of [
      [],
      ["a", "b"],
      ["x", "--port", "70000"],
      ["x", "--peer", "nobody"],
      ["x", "--max-down", "fast"],
      ["x", "--seed-ratio", "-1"],
    ]) {
      expect((await run(["get", ...words])).status, words.join(" ")).toBe(2);
    }
    const missing = await run(["get", join(folder, "none.torrent"), "--json"]);
    expect(missing).toMatchObject({ status: 1, json: { type: "error", error: { code: "FILE_MISSING" } } });
  });
});

describe("bittern seed", () => {
  it("takes whole data on trust with --no-check", async () => {
    const seed = new Running(["seed", torrent, "--dir", source, "--port", "0", "--no-check", "--json"]);
    expect(await seed.line("listening")).toEqual({ type: "listening", port: expect.any(Number) });
    expect(await seed.stop("SIGTERM")).toBe(0);
  });

  it("names a file that is cut short while it seeds, does not call that downloading, and ends with 1", async () => {
    const place = join(folder, "cut");
    writeFiles(place, { "cut.bin": noise(200_000, "cut") });
    const cut = join(folder, "cut.torrent");
    await run(["create", join(place, "cut.bin"), "-o", cut, "--piece-length", "16KiB"]);
    const state = join(folder, "state-cut");
    const seed = new Running(["seed", cut, "--dir", place, "--port", "0", "--state", state]);
    const port = await seed.until(() => /listening on port (\d+)/.exec(seed.err)?.[1], "a port");
    const from = `127.0.0.1:${port}`;
    await seed.until(() => (seed.err.includes("seeding") ? true : undefined), "the check");
    truncateSync(join(place, "cut.bin"), 20_000);
    const get = new Running(["get", cut, "--dir", join(folder, "cut-copy"), "--port", "0", "--peer", from, "--json"]);
    const words = "cut.bin is missing or damaged on the disk: only what is left is seeded";
    await seed.until(() => (seed.err.includes(words) ? true : undefined), "a warning");
    const { json } = await run(["explain", "--json", "--state", state]);
    expect(json).toMatchObject({ torrents: [{ state: "error", causes: [{ code: "data-damaged", weight: "stops" }] }] });
    await get.stop("SIGKILL");
    expect(await seed.stop("SIGTERM")).toBe(1);
    expect(seed.err).not.toContain("downloading");
  });

  it("tells a newcomer of nothing at first with --super-seed, and of everything without", async () => {
    const { infoHash } = (await run(["show", torrent, "--json"])).json as { infoHash: string };
    expect(await firstMessage(Number(peer.split(":")[1]), infoHash)).toBe("have-all");
    const wishes = ["--super-seed", "--state", join(folder, "state-super")];
    const seed = new Running(["seed", torrent, "--dir", source, "--port", "0", "--json", ...wishes]);
    const { port } = await seed.line("listening");
    expect(await firstMessage(Number(port), infoHash)).toBe("have-none");
    const { dir, words } = place();
    expect((await run(["get", torrent, "--peer", `127.0.0.1:${Number(port)}`, "--exit", ...words])).status).toBe(0);
    expectSame(dir);
    await seed.stop("SIGTERM");
  });

  it("refuses to seed what is not whole, and says what to do", async () => {
    const hurt = join(folder, "hurt");
    cpSync(source, hurt, { recursive: true });
    writeFileSync(join(hurt, "album/big file.bin"), "no");
    const refused = await run(["seed", torrent, "--dir", hurt, "--port", "0", "--json"]);
    expect(refused).toMatchObject({ status: 1, json: { type: "error", error: { code: "DATA_INCOMPLETE" } } });
    expect(refused.err).toContain("`bittern get` with --dir");
    mkdirSync(join(folder, "void"));
    expect((await run(["seed", torrent, "--dir", join(folder, "void"), "--port", "0"])).err).toContain("nothing of it is in");
  });

  it("wants a torrent", async () => {
    expect((await run(["seed"])).status).toBe(2);
    expect((await run(["seed", `magnet:?xt=urn:btih:${"a".repeat(40)}`])).status).toBe(2);
  });
});

/** @module */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { noise, run, temporaryFolder, writeFiles } from "../testing.ts";

const folder = temporaryFolder();
const album = join(folder, "album");
beforeAll(() => {
  writeFiles(album, {
    "b.txt": "b",
    "a/z.bin": noise(100_000, "z"),
    "B.txt": "B",
    "a-b.txt": "ab",
    empty: "",
    ".hidden": "no",
    "backup~": "no",
    "Thumbs.db": "no",
  });
});

describe("bittern create", () => {
  it("makes PATH.torrent and tells what it is", async () => {
    const { status, json, err } = await run(["create", album, "-t", "http://a/announce,http://b/announce", "-t", "udp://c:1", "--json"]);
    expect([status, err]).toEqual([0, ""]);
    expect(Object.keys(json)).toEqual([
      ...["file", "version", "name", "infoHash", "infoHashV2", "pieceLength", "pieceCount", "totalLength", "fileCount", "magnet"],
    ]);
    expect(json).toMatchObject({
      file: `${album}.torrent`,
      version: "hybrid",
      name: "album",
      pieceLength: 65_536,
      totalLength: 100_004,
      fileCount: 5,
    });
    const shown = (await run(["show", `${album}.torrent`, "--json"])).json;
    expect(shown).toMatchObject({
      ...json,
      trackers: [["http://a/announce", "http://b/announce"], ["udp://c:1"]],
      createdBy: "Bittern 0.1.0",
    });
    expect(Math.abs(Number(shown["creationDate"]) - Date.now() / 1000)).toBeLessThan(60);
  });

  it("writes to standard output with -o -, and tells people on the side", async () => {
    const { status, out, err } = await run(["create", album, "--v1", "--no-date", "-o", "-"]);
    expect([status, out.startsWith("d10:created by"), out.endsWith("e")]).toEqual([0, true, true]);
    expect(err).toContain("info hash:");
    const both = await run(["create", album, "-o", "-", "--json"]);
    expect([both.status, both.json]).toMatchObject([2, { error: { code: "OUTPUT_TAKEN" } }]);
  });

  it("sorts files by the bytes of their paths and leaves out hidden files and litter", async () => {
    const file = join(folder, "sorted.torrent");
    await run(["create", album, "--v1", "-o", file]);
    const paths = ((await run(["show", file, "--json"])).json["files"] as { path: string }[]).map(({ path }) => path);
    expect(paths).toEqual(["B.txt", "a-b.txt", "a/z.bin", "b.txt", "empty"]);
    const all = (await run(["create", album, "--all", "-o", join(folder, "all.torrent"), "--json"])).json;
    expect(all["fileCount"]).toBe(8);
  });

  it("gives the same torrent for the same data, with or without threads", async () => {
    const make = (name: string, ...more: string[]) =>
      run(["create", album, "--v1", "--no-date", "-o", join(folder, name), "--json", ...more]);
    const [one, two] = await Promise.all([make("one.torrent"), make("two.torrent", "--threads", "1")]);
    expect(one?.json["infoHash"]).toBe(two?.json["infoHash"]);
    expect(readFileSync(join(folder, "one.torrent"))).toEqual(readFileSync(join(folder, "two.torrent")));
  });

  it.each([
    [["--v1"], { version: "v1", infoHashV2: null }],
    [["--v2"], { version: "v2", infoHash: null }],
    [["--hybrid"], { version: "hybrid" }],
    [["--piece-length", "16KiB"], { pieceLength: 16_384 }],
    [["--name", "other name"], { name: "other name" }],
  ])("obeys %j", async (words, expected) => {
    expect((await run(["create", album, "-o", join(folder, `${words.join("")}.torrent`), "--json", ...words])).json).toMatchObject(
      expected,
    );
  });

  it("says what it is told to say", async () => {
    const file = join(folder, "said.torrent");
    const words = [
      "--private",
      "--comment",
      "a comment",
      "--source",
      "X",
      "--web-seed",
      "http://w/a/",
      "--web-seed",
      "http://w/b/",
      "--no-date",
    ];
    await run(["create", join(album, "b.txt"), "-o", file, ...words]);
    expect((await run(["show", file, "--json"])).json).toMatchObject({
      name: "b.txt",
      files: [{ path: "b.txt", length: 1 }],
      private: true,
      comment: "a comment",
      source: "X",
      webSeeds: ["http://w/a/", "http://w/b/"],
      creationDate: null,
      trackers: [],
    });
  });

  it("never overwrites without --force", async () => {
    const file = join(folder, "kept.torrent");
    writeFiles(folder, { "kept.torrent": "mine" });
    const refused = await run(["create", album, "-o", file, "--json"]);
    expect(refused).toMatchObject({ status: 1, json: { error: { code: "FILE_EXISTS" } } });
    expect(readFileSync(file, "utf8")).toBe("mine");
    expect((await run(["create", album, "-o", file, "--force"])).status).toBe(0);
    expect(readFileSync(file, "utf8")).not.toBe("mine");
  });

  it("refuses what cannot be published", async () => {
    mkdirSync(join(folder, "nothing"));
    expect((await run(["create", join(folder, "nothing")])).status).toBe(2);
    expect((await run(["create", join(folder, "absent"), "--json"])).json).toMatchObject({ error: { code: "FILE_MISSING" } });
    for (const words of [
      ["--piece-length", "20000"],
      ["--v1", "--v2"],
      ["-t", "nowhere"],
      ["--web-seed", "ftp://x/"],
      ["--threads", "0"],
      ["--name", "a/b"],
    ]) {
      expect((await run(["create", album, "-o", join(folder, "wrong.torrent"), ...words])).status, words.join(" ")).toBe(2);
    }
    expect(existsSync(join(folder, "wrong.torrent"))).toBe(false);
    // Remarks on what is left out belong to a torrent that is made, and a wrong place is not to be told after an hour of hashing.
    const uneven = await run(["create", album, "--piece-length", "17KiB", "-o", join(folder, "wrong.torrent")]);
    expect(uneven.err).toBe("bittern create: a piece length of 17408 bytes: choose a power of two from 16 KiB to 256 MiB\n");
    const lost = join(folder, "no/such/folder.torrent");
    const nowhere = await run(["create", album, "-o", lost]);
    expect(nowhere.status).toBe(1);
    expect(nowhere.err).toBe(`bittern create: ${lost}: there is no folder ${join(folder, "no/such")}; make it, or name another place\n`);
  });
});

/** @module */
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { parseTorrent } from "@bittern/protocol/metainfo";
import { beforeAll, describe, expect, it } from "vitest";
import { createTorrent } from "./create.ts";
import type { FileSource } from "./create-sources.ts";
import { pathOf } from "./metainfo.ts";
import { noise, temporaryFolder, writeFiles } from "./testing.ts";

const folder = temporaryFolder();
const album = join(folder, "album");
const FILES = { "a.bin": noise(200_000, "a"), "b/c.bin": noise(40_000, "c"), "b/d": noise(16_384, "d"), empty: new Uint8Array(0) };
beforeAll(() => writeFiles(album, FILES));

const WAYS = {
  creationDate: null,
  pieceLength: 32_768,
  announce: [["http://a/announce"]],
  comment: "hi",
  webSeeds: ["http://w/"],
} as const;

async function* asSources(): AsyncGenerator<FileSource> {
  for (const [path, bytes] of Object.entries(FILES)) {
    yield {
      path,
      length: bytes.length,
      async *stream() {
        for (let at = 0; at < bytes.length; at += 7001) yield bytes.subarray(at, at + 7001);
      },
    };
  }
}

describe("createTorrent", () => {
  it("makes a torrent like mainline made it", async () => {
    const disc = join(folder, "disc");
    writeFiles(disc, { "a/z": "1", "a-b": "2", "a.txt": "3", core: "4", "kept~": "5", ".hidden": "6" });
    const torrent = await createTorrent(disc, { version: "v1", pieceLength: 262_144, creationDate: null, likeMainline: true });
    expect(torrent.files.map(pathOf)).toEqual(["a/z", "a-b", "a.txt", "kept~"]);
    expect(torrent.createdBy).toBeUndefined();
  });

  it.each(["v1", "v2", "hybrid"] as const)("makes the same %s torrent of a folder and of streams", async (version) => {
    const fromFolder = await createTorrent(album, { ...WAYS, version });
    const fromStreams = await createTorrent(asSources(), { ...WAYS, version, name: "album" });
    expect(fromStreams.toBytes()).toEqual(fromFolder.toBytes());
    expect(fromFolder).toMatchObject({ version, name: "album", totalLength: 256_384, announce: [["http://a/announce"]], comment: "hi" });
    expect(parseTorrent(fromFolder.toBytes()).infoHashes).toEqual(fromFolder.infoHashes);
  });

  it("makes a torrent of one file under the name it is given", async () => {
    const single = await createTorrent(join(album, "a.bin"), { name: "other.bin" });
    expect(single).toMatchObject({ name: "other.bin", isSingleFile: true, version: "hybrid" });
    expect(single.files.map(pathOf)).toEqual(["other.bin"]);
  });

  it("refuses names that whoever downloads would find changed, and says which", async () => {
    for (const [at, name] of ["a\u0001b", "new\nline", "\u202egpj.exe"].entries()) {
      const odd = join(folder, `odd ${at}`);
      writeFiles(odd, { [name]: "x" });
      await expect(createTorrent(odd)).rejects.toMatchObject({
        code: "CREATE_PATH",
        message: expect.stringContaining(JSON.stringify(name)),
      });
      await expect(createTorrent(join(album, "a.bin"), { name })).rejects.toMatchObject({ code: "CREATE_PATH" });
    }
    const many = join(folder, "odd ones");
    writeFiles(many, Object.fromEntries(Array.from({ length: 22 }, (_, at) => [`${String(at).padStart(2, "0")}\n`, "x"])));
    await expect(createTorrent(many)).rejects.toMatchObject({
      message: expect.stringMatching(/downloads "00\\n", "01\\n", .*"19\\n" \(and 2 more\) gets them under other names/),
    });
    await expect(createTorrent(join(album, "a.bin"), { name: "x".repeat(256) })).rejects.toMatchObject({ code: "CREATE_PATH" });
  });

  it("names the folder in which there is nothing to publish", async () => {
    const empty = join(folder, "nothing");
    writeFiles(empty, { ".hidden": "x" });
    await expect(createTorrent(empty)).rejects.toMatchObject({ code: "CREATE_FILES", message: expect.stringContaining(empty) });
  });

  it("puts several files and folders side by side", async () => {
    const several = await createTorrent([join(album, "a.bin"), join(album, "b")], { version: "v1" });
    expect(several.name).toBe("album");
    expect(several.files.map(pathOf)).toEqual(["a.bin", "b/c.bin", "b/d"]);
  });

  it("tells how far it is, to the end", async () => {
    const heard: [number, number][] = [];
    const { layout } = await createTorrent(album, { onProgress: (done, total) => heard.push([done, total]) });
    expect(heard.at(-1)).toEqual([layout.totalLength, layout.totalLength]);
  });

  it("says what it left out", async () => {
    const mixed = join(folder, "mixed");
    writeFiles(mixed, { "a.txt": "a", ".hidden": "", "x~": "" });
    symlinkSync("/etc/hostname", join(mixed, "out"));
    const left: string[] = [];
    const made = await createTorrent(mixed, { onLeftOut: (entries) => left.push(...entries.map(({ path, why }) => `${path}: ${why}`)) });
    expect(made.files.map(pathOf)).toEqual(["a.txt"]);
    expect(left.sort()).toEqual([".hidden: hidden", "out: leads out", "x~: litter"]);
  });

  it("refuses announce URLs and web seeds that nobody could ask, before it hashes", async () => {
    const onProgress = (): never => expect.unreachable();
    for (const url of ["tracker.example", "", "ftp://a/announce", "udp://"]) {
      const refused = { name: "UsageError", code: "URL_INVALID", message: expect.stringContaining(`"${url}"`) };
      await expect(createTorrent(album, { announce: [["http://a/announce"], [url]], onProgress }), url).rejects.toMatchObject(refused);
    }
    await expect(createTorrent(album, { webSeeds: ["udp://a:1"], onProgress })).rejects.toMatchObject({ code: "URL_INVALID" });
    const { announce } = await createTorrent(join(album, "b/d"), { announce: [["udp://a:1", "wss://a"]] });
    expect(announce).toEqual([["udp://a:1", "wss://a"]]);
  });

  it("ends when it is told to, and refuses what cannot be", async () => {
    await expect(createTorrent(album, { signal: AbortSignal.abort() })).rejects.toThrow();
    await expect(createTorrent([])).rejects.toMatchObject({ code: "CREATE_FILES" });
    await expect(createTorrent(join(folder, "absent"))).rejects.toThrow("absent");
    await expect(createTorrent(album, { pieceLength: 1000 })).rejects.toMatchObject({ code: "CREATE_PIECE_LENGTH" });
    async function* lying(): AsyncGenerator<FileSource> {
      yield { path: "x", length: 5, stream: async function* () {} };
    }
    await expect(createTorrent(lying())).rejects.toMatchObject({ code: "FILE_CHANGED" });
  });
});

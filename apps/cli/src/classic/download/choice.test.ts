/** @module */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createTorrent, type Metainfo } from "@bittern/client";
import { UsageError } from "@bittern/protocol/base";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "../../testing.ts";
import { DOWNLOADER_OPTIONS } from "../options/downloader.ts";
import { parseClassic } from "../options/parse.ts";
import { type DownloaderArguments, prioritiesOf, sessionOptions, sourceOf, targetOf } from "./choice.ts";

const cwd = temporaryFolder();
const parsed = (...words: readonly string[]): DownloaderArguments => parseClassic(words, DOWNLOADER_OPTIONS, { least: 0, most: 1 });

describe("The source", () => {
  it("is one of three, and exactly one", () => {
    expect([parsed("--url", "http://a/t"), parsed("--responsefile", "f"), parsed("f")].map(sourceOf)).toEqual(["http://a/t", "f", "f"]);
    for (const words of [[], ["--url", "http://a/t", "f"], ["--url", "u", "--responsefile", "f"]]) {
      expect(() => sourceOf(parsed(...words))).toThrow(UsageError);
    }
  });
});

describe("The session of a downloader", () => {
  const options = async (...words: readonly string[]) => await sessionOptions(parsed(...words));

  it("B13 listens where the classic did, with its limits", async () => {
    expect(await options()).toEqual({
      listen: ["6881-6999"],
      limits: { up: 0, down: 0, uploadSlots: 7, perTorrentPeers: 55, dialPeers: 35 },
    });
  });

  it("B14 listens on other ports and addresses", async () => {
    expect((await options("--minport", "7000", "--maxport", "7000")).listen).toEqual(["7000"]);
    expect((await options("--minport", "7000", "--maxport", "7001", "--bind", "10.0.0.1")).listen).toEqual(["10.0.0.1:7000-7001"]);
    expect(await options("--bind", "::1", "--random_port", "1")).toMatchObject({ listen: ["[::1]:0"], interface: "::1" });
    await expect(options("--minport", "7001", "--maxport", "7000")).rejects.toThrow(UsageError);
    await expect(options("--maxport", "70000")).rejects.toThrow(UsageError);
  });

  it("B15 limits the rates of both ways, in kB of 1024 bytes", async () => {
    expect((await options("--max_upload_rate", "10", "--max_download_rate", "2")).limits).toMatchObject({ up: 10_240, down: 2048 });
    await expect(options("--max_upload_rate", "-1")).rejects.toThrow(UsageError);
  });

  it("B16 limits the peers it dials, those that come in, and those it serves", async () => {
    const { limits } = await options("--max_initiate", "2", "--max_allow_in", "3", "--max_uploads", "1", "--timeout", "60");
    expect(limits).toMatchObject({ dialPeers: 2, perTorrentPeers: 3, uploadSlots: 1, idlePeerMillis: 60_000 });
    expect((await options("--max_connections", "9")).limits).toMatchObject({ perTorrentPeers: 9 });
  });

  it("B12 reports an address, or that of a name", async () => {
    expect((await options("--ip", "192.0.2.7")).announceAddress).toBe("192.0.2.7");
    expect((await options("-i", "localhost")).announceAddress).toBe("127.0.0.1");
  });
});

describe("The target", () => {
  let single: Metainfo;
  let album: Metainfo;
  beforeAll(async () => {
    writeFiles(cwd, { "from/one": "1", "from/album/a": "a", "from/album/b/c": "c" });
    single = await createTorrent(join(cwd, "from/one"), { version: "v1" });
    album = await createTorrent(join(cwd, "from/album"), { version: "v1" });
    writeFiles(cwd, { "partial/b/c": "c", "other/z": "z" });
    mkdirSync(join(cwd, "empty"));
  });
  const place = (torrent: Metainfo, saveas: string): string => {
    const { path, name } = targetOf(torrent, join(cwd, saveas));
    return join(path, name).slice(cwd.length + 1);
  };

  it("B7 is the path that was chosen, for a file and for a new folder", () => {
    expect(place(single, "x/y.iso")).toBe("x/y.iso");
    expect(place(album, "new")).toBe("new");
  });

  it("is in a folder of its own where the chosen one holds nothing of it", () => {
    expect(place(album, "empty")).toBe("empty/album");
    expect(place(album, "other")).toBe("other/album");
    expect(place(single, "other")).toBe("other/one");
  });

  it("B24 is the folder itself where some of it is there already", () => {
    expect(place(album, "partial")).toBe("partial");
  });

  it("B11 is the name the torrent suggests, where nobody chooses", () => {
    expect(targetOf(single, "")).toEqual({ path: process.cwd(), name: "one" });
  });
});

describe("Priorities", () => {
  it("go from -1 to 2 for each file", () => {
    expect(prioritiesOf("-1,0,1,2")).toEqual([0, 7, 4, 1]);
    expect(prioritiesOf("")).toEqual([]);
    expect(() => prioritiesOf("1,3")).toThrow(UsageError);
  });
});

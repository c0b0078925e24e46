/** @module */
import { cpSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ENGLISH } from "../messages/english.ts";
import { noise, run, temporaryFolder, writeFiles } from "../testing.ts";
import { rangesText } from "./verify.ts";

const folder = temporaryFolder();
const torrents = ["v1", "v2", "hybrid"] as const;
const torrentOf = (version: string) => join(folder, `${version}.torrent`);
beforeAll(async () => {
  writeFiles(join(folder, "whole/album"), { "a.bin": noise(200_000, "a"), "sub/b.bin": noise(50_000, "b"), "sub/empty": "" });
  for (const version of torrents) {
    await run(["create", join(folder, "whole/album"), `--${version}`, "--piece-length", "16KiB", "-o", torrentOf(version)]);
  }
});

describe("bittern verify", () => {
  it.each(torrents)("finds a %s torrent whole at PATH/NAME and at PATH itself", async (version) => {
    for (const path of [join(folder, "whole"), join(folder, "whole/album")]) {
      const { status, json } = await run(["verify", torrentOf(version), path, "--json"]);
      expect([status, json]).toEqual([0, { pieceCount: json["pieceCount"], goodCount: json["pieceCount"], bad: [], missingFiles: [] }]);
      expect(json["pieceCount"]).toBeGreaterThanOrEqual(16);
    }
    expect((await run(["verify", torrentOf(version)], { cwd: join(folder, "whole") })).out).toMatch(
      /^album: whole, \d+ pieces, 244\.1 KiB\n$/,
    );
  });

  it.each(torrents)("names damaged pieces and missing files of a %s torrent", async (version) => {
    const copy = join(folder, `hurt-${version}`);
    cpSync(join(folder, "whole/album"), copy, { recursive: true });
    const bytes = noise(200_000, "a");
    bytes[40_000] = (bytes[40_000] ?? 0) ^ 1;
    writeFileSync(join(copy, "a.bin"), bytes);
    rmSync(join(copy, "sub/b.bin"));
    const { status, json } = await run(["verify", torrentOf(version), copy, "--json"]);
    expect(status).toBe(1);
    expect(json["missingFiles"]).toEqual(["sub/b.bin"]);
    const bad = json["bad"] as number[];
    expect(bad[0]).toBe(2);
    expect(bad.length + Number(json["goodCount"])).toBe(json["pieceCount"]);
    expect(bad.slice(1).every((piece) => piece >= 12)).toBe(true);
  });

  it("takes a single file under another name, and sees when it is cut short", async () => {
    const file = join(folder, "single.bin");
    writeFileSync(file, noise(100_000, "single"));
    await run(["create", file, "--piece-length", "16KiB"]);
    const other = join(folder, "copy of single");
    renameSync(file, other);
    expect((await run(["verify", `${file}.torrent`, other])).status).toBe(0);
    truncateSync(other, 99_999);
    expect((await run(["verify", `${file}.torrent`, other, "--json"])).json).toMatchObject({ bad: [6], goodCount: 6, missingFiles: [] });
  });

  it("tells that everything is missing where nothing is", async () => {
    const empty = join(folder, "empty");
    mkdirSync(join(empty, "other"), { recursive: true });
    const { status, json } = await run(["verify", torrentOf("v1"), empty, "--json"]);
    expect([status, json["goodCount"], json["missingFiles"]]).toEqual([1, 0, ["a.bin", "sub/b.bin", "sub/empty"]]);
    expect((await run(["verify", torrentOf("v1"), empty])).out).toMatch(/\nbad pieces: 0-15\n/);
  });

  it("says so where the folder does not exist", async () => {
    const { status, err } = await run(["verify", torrentOf("v1"), join(folder, "absent")]);
    expect([status, err]).toEqual([1, expect.stringContaining("absent: there is no such file or folder")]);
  });

  it("counts a missing empty file too", async () => {
    const copy = join(folder, "no-empty");
    cpSync(join(folder, "whole/album"), copy, { recursive: true });
    rmSync(join(copy, "sub/empty"));
    const { status, json } = await run(["verify", torrentOf("hybrid"), copy, "--json"]);
    expect([status, json["bad"], json["missingFiles"]]).toEqual([1, [], ["sub/empty"]]);
  });

  it("wants a torrent, not a link", async () => {
    const link = (await run(["magnet", torrentOf("v1")])).out.trim();
    expect((await run(["verify", link, folder, "--json"])).json).toMatchObject({ error: { code: "TORRENT_NEEDED" } });
    expect((await run(["verify"])).status).toBe(2);
  });
});

const { verify: WORDS } = ENGLISH;

describe("ranges of bad pieces", () => {
  it("join neighbours, and end where nobody would read on", () => {
    expect(rangesText([0, 1, 2, 7, 9, 10], WORDS)).toBe("0-2, 7, 9-10");
    expect(
      rangesText(
        Array.from({ length: 30 }, (_, at) => at * 2),
        WORDS,
      ),
    ).toMatch(/^0, 2, .*, 38 and 10 more$/);
  });
});

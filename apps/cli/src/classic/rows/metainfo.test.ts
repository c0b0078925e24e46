/**
 * The metainfo tools as the founding articles call them, row by row.
 * @module
 */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseTorrent } from "@bittern/client";
import { beforeAll, describe, expect, it } from "vitest";
import { type Ended, noise, run, temporaryFolder, writeFiles } from "../../testing.ts";

const cwd = temporaryFolder();
const URL_OF_TRACKER = "http://www.example.com:8099/announce";
const call = (program: string, ...args: readonly string[]): Promise<Ended> => run(args, { program, cwd });
const torrent = (path: string) => parseTorrent(readFileSync(join(cwd, path)));
const whole = /^0\.0% complete\r([\d.]+% complete\r)*100\.0% complete\r\n$/;

beforeAll(() => {
  writeFiles(cwd, {
    "pg_live.1.3.3-SRA.iso": noise(11_000_000, "iso"),
    "disc/a/z": "z",
    "disc/a-b": "ab",
    "disc/core": "no",
    "disc/.hidden": "no",
    "disc/CVS/Root": "no",
  });
});

describe("The metainfo tools", () => {
  it("name the file that is no torrent, and leave it alone", async () => {
    const page = "<!DOCTYPE html>";
    writeFiles(cwd, { "page.torrent": page });
    const calls = [
      ["btshowmetainfo", "page.torrent"],
      ["btrename", "page.torrent", "new"],
      ["btreannounce", URL_OF_TRACKER, "page.torrent"],
      ["btcopyannounce", "page.torrent", "page.torrent"],
    ] as const;
    for (const [program, ...words] of calls) {
      const { status, err } = await call(program, ...words);
      expect({ status, err }, program).toEqual({
        status: 1,
        err: "error: page.torrent is no valid torrent: a torrent is a bencoded dictionary\n",
      });
    }
    expect(readFileSync(join(cwd, "page.torrent"), "utf8")).toBe(page);
  });
});

describe("btmakemetafile", () => {
  it("D1 takes the file and the announce URL, and options behind them", async () => {
    const { status, out, err } = await call("btmakemetafile", "pg_live.1.3.3-SRA.iso", URL_OF_TRACKER, "--comment", "a remark");
    expect({ status, err }).toEqual({ status: 0, err: "" });
    expect(out).toMatch(whole);
    const made = torrent("pg_live.1.3.3-SRA.iso.torrent");
    expect(made).toMatchObject({ version: "v1", announce: [[URL_OF_TRACKER]], comment: "a remark", pieceLength: 262_144 });
    expect(made.createdBy).toBeUndefined();
  });

  it("D2 writes the .torrent beside the file", () => {
    expect(statSync(join(cwd, "pg_live.1.3.3-SRA.iso.torrent")).isFile()).toBe(true);
  });

  it("D3 takes the size of a piece as a power of two", async () => {
    await call("btmakemetafile", "disc", URL_OF_TRACKER, "--piece_size_pow2", "15", "--target", "small.torrent");
    expect(torrent("small.torrent").pieceLength).toBe(32_768);
    expect((await call("btmakemetafile", "disc", URL_OF_TRACKER, "--piece_size_pow2", "99")).status).toBe(2);
  });

  it("D3 lists a folder as it always did", () => {
    expect(torrent("small.torrent").files.map(({ path }) => path.join("/"))).toEqual(["a/z", "a-b"]);
  });

  it("D4 hashes what is there, so that other bytes make another torrent", async () => {
    writeFileSync(join(cwd, "one"), "one");
    await call("btmakemetafile", "one", URL_OF_TRACKER);
    const before = torrent("one.torrent").infoHashes.v1;
    writeFileSync(join(cwd, "one"), "two");
    await call("btmakemetafile", "one", URL_OF_TRACKER);
    expect(torrent("one.torrent").infoHashes.v1).not.toBe(before);
  });

  it("D5 makes 1.1 K of an 11 MB file, as the article found", () => {
    const { size } = statSync(join(cwd, "pg_live.1.3.3-SRA.iso.torrent"));
    expect(Math.abs(size / 1024 - 1.1)).toBeLessThan(0.1);
    expect(torrent("pg_live.1.3.3-SRA.iso.torrent").pieceCount).toBe(42);
  });

  it("D6 takes a tracker by name or by address, at any port", async () => {
    for (const url of ["http://10.0.0.1:6969/announce", "http://tracker.example.com/announce"]) {
      expect((await call("btmakemetafile", "one", url)).status).toBe(0);
      expect(torrent("one.torrent").announce).toEqual([[url]]);
    }
  });

  it("D8 leaves the trade-off to the user: small pieces, many hashes", async () => {
    await call("btmakemetafile", "pg_live.1.3.3-SRA.iso", URL_OF_TRACKER, "--piece_size_pow2", "16", "--target", "many.torrent");
    expect(torrent("many.torrent").pieceCount).toBe(168);
  });

  it("D9 is understood where others made the torrent", async () => {
    const made = new URL("../../../../../vectors/torrents/v1/mktorrent-private.torrent", import.meta.url);
    // That one was made without a date; the article's has one.
    const dated = readFileSync(made, "latin1").replace("13:mktorrent 1.1", "$&13:creation datei1728000000e");
    writeFileSync(join(cwd, "mktorrent.torrent"), dated, "latin1");
    const { status, out } = await call("btshowmetainfo", "mktorrent.torrent");
    expect(status).toBe(0);
    expect(out).toContain("\ninfo hash.....: ");
    expect((await run(["show", "mktorrent.torrent", "--json"], { cwd })).json).toMatchObject({
      createdBy: "mktorrent 1.1",
      creationDate: 1_728_000_000,
    });
  });

  it("takes more trackers, of several tiers", async () => {
    const list = "http://a.example/announce,http://b.example/announce|http://c.example/announce";
    await call("btmakemetafile", "one", "http://a.example/announce", "--announce_list", list);
    expect(torrent("one.torrent").announce).toEqual([
      ["http://a.example/announce", "http://b.example/announce"],
      ["http://c.example/announce"],
    ]);
  });

  it("shows its options when it is called with nothing", async () => {
    const { status, out } = await call("btmakemetafile");
    expect(status).toBe(0);
    expect(out).toMatch(/^usage: btmakemetafile file announce-url \[ option \.\.\. \]\n\n--piece_size_pow2 <arg>\n {10}\S/);
    expect(out).toContain("(defaults to 18)");
  });

  it("says what is wrong, and with which status", async () => {
    expect(await call("btmakemetafile", "one")).toMatchObject({
      status: 2,
      err: expect.stringMatching(/^error: at least 2 arguments/) as string,
    });
    expect(await call("btmakemetafile", "nothing", URL_OF_TRACKER)).toMatchObject({
      status: 1,
      err: expect.stringContaining("nothing") as string,
    });
  });
});

describe("The other metainfo tools", () => {
  it("btcompletedir makes one of each that is no torrent, and names them", async () => {
    const { status, out } = await call("btcompletedir", URL_OF_TRACKER, "one", "disc", "small.torrent");
    expect(status).toBe(0);
    expect(out.split("\n").filter((line) => !line.includes("%"))).toEqual(["disc", "one", ""]);
    expect(torrent("disc.torrent")).toMatchObject({ name: "disc", pieceLength: 262_144 });
  });

  it("btshowmetainfo shows a file", async () => {
    const { out } = await call("btshowmetainfo", "pg_live.1.3.3-SRA.iso.torrent");
    expect(out).toBe(
      [
        "btshowmetainfo 20021207 - decode BitTorrent metainfo files",
        "",
        "metainfo file.: pg_live.1.3.3-SRA.iso.torrent",
        `info hash.....: ${torrent("pg_live.1.3.3-SRA.iso.torrent").infoHashes.v1}`,
        "file name.....: pg_live.1.3.3-SRA.iso",
        "file size.....: 11000000 (41 * 262144 + 252096)",
        `announce url..: ${URL_OF_TRACKER}`,
        "comment.......: a remark",
        "",
        "",
      ].join("\n"),
    );
  });

  it("btshowmetainfo shows a folder, and wants at least one", async () => {
    const { out } = await call("btshowmetainfo", "disc.torrent");
    expect(out).toContain("directory name: disc\nfiles.........: \n   a/z (1)\n   a-b (2)\narchive size..: 3 (0 * 262144 + 3)\n");
    expect((await call("btshowmetainfo")).status).toBe(2);
  });

  it("btrename changes the name, and so the info hash", async () => {
    const before = torrent("disc.torrent").infoHashes.v1;
    const { out } = await call("btrename", "disc.torrent", "record");
    expect(out).toBe("disc.torrent: old name: disc, new name: record\n");
    expect(torrent("disc.torrent").name).toBe("record");
    expect(torrent("disc.torrent").infoHashes.v1).not.toBe(before);
    expect((await call("btrename", "disc.torrent", "../record")).status).toBe(2);
  });

  it("btreannounce changes the tracker, and tells the old one where it differs", async () => {
    const url = "http://new.example/announce";
    expect((await call("btreannounce", url, "disc.torrent", "small.torrent")).out).toBe(
      `old announce for disc.torrent: ${URL_OF_TRACKER}\nold announce for small.torrent: ${URL_OF_TRACKER}\n`,
    );
    expect((await call("btreannounce", url, "disc.torrent")).out).toBe("");
    expect(torrent("disc.torrent").announce).toEqual([[url]]);
  });

  it("btcopyannounce copies the trackers of one into others", async () => {
    const { out } = await call("btcopyannounce", "one.torrent", "disc.torrent", "small.torrent");
    expect(out.split("\n")).toHaveLength(3);
    expect(torrent("disc.torrent").announce).toEqual(torrent("one.torrent").announce);
  });
});

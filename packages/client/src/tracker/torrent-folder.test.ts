/** @module */
import { mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTorrent } from "../create.ts";
import { TorrentFolder } from "./torrent-folder.ts";

const scratch = mkdtempSync(join(tmpdir(), "bittern-torrent-folder-"));
let torrent: Uint8Array;

beforeAll(async () => {
  writeFileSync(join(scratch, "content"), "some content");
  torrent = (await createTorrent(join(scratch, "content"), { version: "v1" })).toBytes();
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** A folder that was looked at once; `meanwhile` happens in the midst of the next look, before it comes to the torrent at `below`. */
async function looked(below: string, meanwhile: (path: string) => void) {
  const path = mkdtempSync(join(scratch, "torrents-"));
  mkdirSync(join(path, below, ".."), { recursive: true });
  writeFileSync(join(path, below), torrent);
  let isWarned = false;
  const folder = new TorrentFolder({ path }, () => {
    isWarned = true;
    meanwhile(path);
  });
  await folder.look();
  expect(folder.torrents.size).toBe(1);
  // What is no torrent is told of at once: that is the midst of the look.
  writeFileSync(join(path, "a-broken.torrent"), "no torrent");
  const look = await folder.look().catch((error: unknown) => error);
  expect(isWarned).toBe(true);
  return { folder, look };
}

describe("A folder of torrents that goes while it is looked at", () => {
  const away = (path: string) => renameSync(path, `${path}-away`);

  for (const below of ["b.torrent", "sub/b.torrent"]) {
    it(`keeps the torrents it had, as if it had gone before: ${below}`, async () => {
      const { folder, look } = await looked(below, away);
      expect(look).toMatchObject({ code: "FILE_MISSING", message: expect.stringMatching(/^the folder of torrents cannot be read: /) });
      expect(folder.torrents.size).toBe(1);
    });

    it(`keeps them also when another folder lies there at once: ${below}`, async () => {
      const { folder, look } = await looked(below, (path) => {
        away(path);
        mkdirSync(path);
      });
      expect(look).toMatchObject({ message: expect.stringMatching(/another folder came in its place$/) });
      expect(folder.torrents.size).toBe(1);
    });

    it(`loses what is removed from it meanwhile: ${below}`, async () => {
      const { folder, look } = await looked(below, (path) => rmSync(join(path, below.replace(/\/.*/, "")), { recursive: true }));
      expect(look).toBeUndefined();
      expect(folder.torrents.size).toBe(0);
    });
  }
});

describe("A folder of torrents", () => {
  it("is looked into eight folders deep, and leaves out a file of more than 32 MiB", async () => {
    const path = mkdtempSync(join(scratch, "torrents-"));
    const deep = join(path, "a/b/c/d/e/f/g/h");
    mkdirSync(join(deep, "i"), { recursive: true });
    writeFileSync(join(deep, "i", "too-deep.torrent"), torrent);
    const warnings: string[] = [];
    const folder = new TorrentFolder({ path }, (message) => warnings.push(message));
    await folder.look();
    expect(folder.torrents.size).toBe(0);
    writeFileSync(join(deep, "deep.torrent"), torrent);
    await folder.look();
    expect(folder.torrents.size).toBe(1);
    writeFileSync(join(path, "long.torrent"), torrent);
    truncateSync(join(path, "long.torrent"), 32 * 1024 * 1024 + 1);
    await folder.look();
    expect(warnings).toEqual([expect.stringMatching(/long\.torrent is left out: it has 33554433 bytes$/)]);
  });
});

/** @module */
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { PROGRAM } from "./testing.ts";

/** A device whose disk is always full. */
const FULL = "/dev/full";
const TORRENT = join(dirname(PROGRAM), "../../../vectors/torrents/v1/libtorrent-album.torrent");

describe.skipIf(!existsSync(FULL))("Standard output on a full disk", { meta: { skipReason: "needs /dev/full" } }, () => {
  it.each([
    ["btshowmetainfo.js", [TORRENT]],
    ["btdownloadheadless.js", []],
    ["bittern.js", ["show", TORRENT]],
    ["bittern.js", ["--help"]],
  ])("is told in one line, and the command fails: %s %j", (program, words) => {
    const out = openSync(FULL, "w");
    try {
      const { status, stderr } = spawnSync(process.execPath, [join(dirname(PROGRAM), program), ...words], {
        encoding: "utf8",
        stdio: ["ignore", out, "pipe"],
        env: { ...process.env, LC_ALL: "C" },
        timeout: 20_000,
      });
      expect(stderr).toMatch(/^\S+: standard output: the disk is full; make room and try again\n$/);
      expect(status).toBe(1);
    } finally {
      closeSync(out);
    }
  });
});

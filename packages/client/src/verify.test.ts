/** @module */
import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { encode } from "@bittern/protocol/bencode";
import { sha1 } from "@bittern/protocol/crypto";
import { parseTorrent } from "@bittern/protocol/metainfo";
import { describe, expect, it } from "vitest";
import { noise, temporaryFolder, writeFiles } from "./testing.ts";
import { verifyTorrent } from "./verify.ts";

const folder = temporaryFolder();

describe("verifyTorrent", () => {
  // Such are the folders that macOS calls frameworks: what was just made of one had "missing" files.
  it("misses no link, whether it leads to a folder, to nothing, or was never made", async () => {
    const content = noise(1000, "content");
    const link = (name: string, target: string) => ({ path: [name], attr: "l", "symlink path": [target], length: 0 });
    const files = [
      { path: ["real", "file"], length: content.length },
      link("folder", "real"),
      link("broken", "gone"),
      link("never", "real"),
    ];
    const torrent = parseTorrent(encode({ info: { name: "top", "piece length": 16_384, pieces: sha1(content), files } }));
    writeFiles(folder, { "top/real/file": content });
    symlinkSync("real", join(folder, "top/folder"));
    symlinkSync("gone", join(folder, "top/broken"));
    expect(await verifyTorrent(torrent, folder)).toMatchObject({ goodCount: 1, bad: [], missingFiles: [] });
    rmSync(join(folder, "top/real"), { recursive: true });
    expect(await verifyTorrent(torrent, folder)).toMatchObject({ goodCount: 0, bad: [0], missingFiles: ["real/file"] });
  });
});

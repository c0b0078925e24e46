/** @module */
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { run, temporaryFolder } from "../testing.ts";

const ALBUM = fileURLToPath(new URL("../../../../vectors/torrents/hybrid/libtorrent-album.torrent", import.meta.url));
const folder = temporaryFolder();
let count = 0;
function copy(): string {
  const path = join(folder, `${++count}.torrent`);
  copyFileSync(ALBUM, path);
  return path;
}

describe("bittern edit", () => {
  it("changes trackers, comment and web seeds in place, and the info hash stays", async () => {
    const file = copy();
    const args = [
      "edit",
      file,
      "-t",
      "http://a/announce,http://b/announce",
      "-t",
      "udp://c:1",
      "--comment",
      "new",
      "--web-seed",
      "http://w/",
      "--json",
    ];
    const { status, json } = await run(args);
    expect(status).toBe(0);
    expect(json).toMatchObject({ file, infoHashChanged: false, infoHash: "ec9a1ebdca453b7d4971c6290f2d7370114b2aee" });
    const shown = (await run(["show", file, "--json"])).json;
    expect(shown).toMatchObject({
      trackers: [["http://a/announce", "http://b/announce"], ["udp://c:1"]],
      comment: "new",
      webSeeds: ["http://w/"],
    });
  });

  it("takes away what is given as empty", async () => {
    const file = copy();
    await run(["edit", file, "-t", "", "--comment", ""]);
    expect((await run(["show", file, "--json"])).json).toMatchObject({ trackers: [], comment: null });
  });

  it("is a filter between pipes with - and -o -", async () => {
    const { status, out, err } = await run(["edit", "-", "--comment", "piped", "-o", "-"], { input: readFileSync(ALBUM) });
    expect([status, out.includes("7:comment5:piped")]).toEqual([0, true]);
    expect(err).toContain("info hash:");
  });

  it("says when the info hash changes", async () => {
    const file = copy();
    const { json } = await run(["edit", file, "--private", "true", "--json"]);
    expect(json).toMatchObject({ infoHashChanged: true, previousInfoHash: "ec9a1ebdca453b7d4971c6290f2d7370114b2aee" });
    expect(json["infoHash"]).not.toBe(json["previousInfoHash"]);
    expect((await run(["edit", file, "--private", "no"])).out).toContain("The info hash has changed");
    expect(readFileSync(file)).toHaveLength(readFileSync(ALBUM).length);
  });

  it("writes elsewhere with -o, never over a file that is there", async () => {
    const [file, other] = [copy(), join(folder, "other.torrent")];
    expect((await run(["edit", file, "--comment", "x", "-o", other])).status).toBe(0);
    expect(readFileSync(file)).toEqual(readFileSync(ALBUM));
    const again = await run(["edit", file, "--comment", "y", "-o", other, "--json"]);
    expect(again).toMatchObject({ status: 1, json: { error: { code: "FILE_EXISTS" } } });
    expect((await run(["edit", file, "--comment", "y", "-o", other, "--force"])).status).toBe(0);
  });

  it("warns of a private torrent that nobody can find a peer of", async () => {
    const file = copy();
    const { err } = await run(["edit", file, "-t", "", "--private", "yes"]);
    expect(err).toContain("it is private and has no tracker, so nobody can find a peer of it");
    expect((await run(["edit", file, "-t", "http://a/announce"])).err).not.toContain("private");
    expect((await run(["edit", file, "-t", "", "--private", "no"])).err).not.toContain("private");
    const made = ["create", ALBUM, "--private", "-o", join(folder, "private.torrent")];
    expect((await run([...made, "--lang", "es"])).err).toContain("es privado y no tiene tracker");
  });

  it("wants something to change, and a place for what came by a pipe", async () => {
    expect((await run(["edit", copy()])).status).toBe(2);
    expect((await run(["edit", "-", "--comment", "x"], { input: readFileSync(ALBUM) })).status).toBe(2);
    expect((await run(["edit", copy(), "--private", "perhaps"])).status).toBe(2);
    expect((await run(["edit", join(folder, "none.torrent"), "--comment", "x"])).status).toBe(1);
  });
});

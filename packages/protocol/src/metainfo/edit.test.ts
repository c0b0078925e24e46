import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ProtocolError, UsageError } from "../base/index.ts";
import { editTorrent, parseTorrent, type TorrentChanges } from "./index.ts";

const read = (name: string) => new Uint8Array(readFileSync(new URL(`../../../../vectors/torrents/${name}.torrent`, import.meta.url)));
const PRIVATE = read("v1/mktorrent-private");
const HYBRID = read("hybrid/libtorrent-album");

function edited(bytes: Uint8Array, changes: TorrentChanges) {
  const { bytes: after, infoHashChanged } = editTorrent(bytes, changes);
  const torrent = parseTorrent(after);
  // Whether the hash changed is said, not found out.
  expect(infoHashChanged).toBe(torrent.infoHashes.wire[0] !== parseTorrent(bytes).infoHashes.wire[0]);
  return torrent;
}

describe("editTorrent", () => {
  it("changes nothing when nothing is to be changed", () => {
    for (const bytes of [PRIVATE, HYBRID]) expect(editTorrent(bytes, {})).toEqual({ bytes, infoHashChanged: false });
    expect(editTorrent(PRIVATE, { private: true, source: "SOURCE", comment: "a comment" }).bytes).toEqual(PRIVATE);
  });

  it("changes what stands outside the info dictionary and keeps its hash", () => {
    const torrent = edited(PRIVATE, { announce: [["http://new.example/"]], webSeeds: ["http://a/", "http://b/"], comment: "new" });
    expect(torrent).toMatchObject({
      announce: [["http://new.example/"]],
      webSeeds: ["http://a/", "http://b/"],
      comment: "new",
      createdBy: "mktorrent 1.1",
    });
    expect(torrent.infoBytes).toEqual(parseTorrent(PRIVATE).infoBytes);
  });

  it("refuses the URLs that a new torrent is refused with", () => {
    const change = (changes: TorrentChanges) => () => editTorrent(PRIVATE, changes);
    expect(change({ announce: [["http://a/"], ["nowhere"]] })).toThrow(/^"nowhere" is no URL of the kind wanted here/);
    expect(change({ webSeeds: ["udp://a/"] })).toThrow(UsageError);
  });

  it("takes entries away", () => {
    const torrent = edited(PRIVATE, { announce: [], webSeeds: [], comment: null });
    expect(torrent).toMatchObject({ announce: [], webSeeds: [] });
    expect(torrent.comment).toBeUndefined();
  });

  it("writes tiers as a list and a lone tracker without one", () => {
    const tiers = [["http://a/", "http://b/"], ["http://c/"]];
    expect(edited(HYBRID, { announce: tiers }).announce).toEqual(tiers);
    const lone = editTorrent(PRIVATE, { announce: [["http://a/"]] }).bytes;
    expect(new TextDecoder().decode(lone)).not.toContain("announce-list");
  });

  it("changes private and source, which makes another torrent of the same content", () => {
    const torrent = edited(PRIVATE, { private: false, source: "OTHER" });
    expect(torrent).toMatchObject({ private: false, source: "OTHER", files: parseTorrent(PRIVATE).files });
    expect(edited(PRIVATE, { source: null }).source).toBeUndefined();
    const hybrid = edited(HYBRID, { private: true });
    expect(hybrid).toMatchObject({ private: true, hasPieceLayers: true });
    expect(hybrid.infoHashes.v2).not.toBe(parseTorrent(HYBRID).infoHashes.v2);
  });

  it("gives another name, which makes another torrent of the same content", () => {
    for (const bytes of [PRIVATE, HYBRID]) {
      const torrent = edited(bytes, { name: "other" });
      expect(torrent).toMatchObject({ name: "other", totalLength: parseTorrent(bytes).totalLength, hasPieceLayers: true });
      expect(editTorrent(bytes, { name: parseTorrent(bytes).name }).infoHashChanged).toBe(false);
    }
    for (const name of ["", ".", "..", "a/b", "a\u0000", "x".repeat(300)]) {
      expect(() => editTorrent(PRIVATE, { name })).toThrow(expect.objectContaining({ code: "TORRENT_NAME" }));
    }
  });

  // btrename of a lone file as `create` makes it by default left a torrent that nobody could read: its two halves had two names.
  it("renames a lone file in the list and in the tree", () => {
    for (const bytes of [read("hybrid/libtorrent-single"), read("v2/libtorrent-single")]) {
      const before = parseTorrent(bytes);
      expect(before.isSingleFile).toBe(true);
      const after = edited(bytes, { name: "\u00e4nother.bin" });
      expect(after).toMatchObject({ version: before.version, name: "\u00e4nother.bin", isSingleFile: true, hasPieceLayers: true });
      expect(after.files).toMatchObject([{ path: ["\u00e4nother.bin"], length: before.totalLength }]);
      expect(editTorrent(editTorrent(bytes, { name: "\u00e4nother.bin" }).bytes, { name: before.name }).bytes).toEqual(bytes);
    }
  });

  it("goes back to where it came from", () => {
    const there = editTorrent(PRIVATE, { private: false }).bytes;
    expect(editTorrent(there, { private: true }).bytes).toEqual(PRIVATE);
  });

  it("refuses what is no torrent", () => {
    expect(() => editTorrent(PRIVATE.subarray(5), { comment: "x" })).toThrow(ProtocolError);
  });
});

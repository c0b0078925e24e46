import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { equalBytes, utf8 } from "../base/index.ts";
import { fuzz, fuzzCount } from "../fuzz/index.ts";
import { editTorrent, type Metainfo, parseInfo, parseTorrent } from "./index.ts";

const read = (name: string) => new Uint8Array(readFileSync(new URL(`../../../../vectors/torrents/${name}.torrent`, import.meta.url)));
const SEEDS = [
  "v1/mktorrent-private",
  "v1/libtorrent-album",
  "v1/transmission-lone",
  "v2/libtorrent-album",
  "v2/libtorrent-single",
  "hybrid/libtorrent-album",
  "hybrid/libtorrent-album-no-tail-pad",
  "hybrid/libtorrent-single",
].map(read);

/** What must hold of anything that was accepted. */
function check(torrent: Metainfo, names: "posix" | "portable"): void {
  const { layout, filesWithPads: files } = torrent;
  const paths = layout.files.filter((file) => !file.isPad).map((file) => file.path.join("/"));
  expect(new Set(names === "portable" ? paths.map((path) => path.toLowerCase()) : paths).size).toBe(paths.length);
  for (const path of paths) {
    expect(path.split("/").every((part) => part !== "" && part !== "." && part !== ".." && !part.includes("\0"))).toBe(true);
    expect(utf8(path).length).toBeLessThanOrEqual(3500);
  }
  expect(torrent.totalLength).toBe(files.reduce((sum, file) => (file.isPad ? sum : sum + file.length), 0));
  for (const piece of [0, 1, Math.floor(layout.pieceCount / 2), layout.pieceCount - 1])
    if (piece >= 0 && piece < layout.pieceCount) checkPiece(torrent, piece);
  for (const index of files.keys()) {
    const { first, end } = layout.piecesOf(index);
    expect(first <= end && end <= layout.pieceCount).toBe(true);
  }
}

function checkPiece({ layout, hasPieceLayers }: Metainfo, piece: number): void {
  const length = layout.pieceByteLength(piece);
  expect(length > 0 && length <= layout.pieceLength).toBe(true);
  const spanned = layout.spans(piece, 0, length).reduce((sum, span) => sum + span.length, 0);
  expect(spanned).toBe(length);
  const padded = layout.padRanges(piece).reduce((sum, range) => sum + range.length, 0);
  expect(padded).toBeLessThanOrEqual(length);
  const expected = layout.expectation(piece);
  expect(expected !== undefined || !hasPieceLayers).toBe(true);
  if (expected?.sha1 !== undefined) expect(expected.sha1.length).toBe(20);
  if (expected?.merkle !== undefined) expect(expected.merkle).toMatchObject({ root: { length: 32 } });
}

describe("parseTorrent", () => {
  it("gives a sound torrent or a protocol error for any bytes", () => {
    let round = 0;
    const target = (bytes: Uint8Array) => {
      const names = round++ % 2 === 0 ? "posix" : "portable";
      const torrent = parseTorrent(bytes, { names });
      check(torrent, names);
      torrent.toMagnet();
      expect(parseTorrent(torrent.toBytes()).infoHashes).toEqual(torrent.infoHashes);
    };
    const { accepted, refused } = fuzz({ seeds: SEEDS, target, count: fuzzCount(process.env), seed: 1 });
    expect(Math.min(accepted, refused)).toBeGreaterThan(1000);
  });
});

describe("parseInfo", () => {
  it("gives a sound torrent or a protocol error for any bytes", () => {
    const seeds = SEEDS.map((bytes) => parseTorrent(bytes).infoBytes);
    const target = (bytes: Uint8Array) => {
      const torrent = parseInfo(bytes);
      check(torrent, "posix");
      expect(torrent.infoBytes.length).toBe(bytes.length);
    };
    const { accepted, refused } = fuzz({ seeds, target, count: fuzzCount(process.env), seed: 2 });
    expect(Math.min(accepted, refused)).toBeGreaterThan(500);
  });
});

describe("editTorrent", () => {
  it("keeps the info dictionary of anything it accepts", () => {
    const target = (bytes: Uint8Array) => {
      const before = parseTorrent(bytes).infoBytes;
      const { bytes: after, infoHashChanged } = editTorrent(bytes, { announce: [["http://a/"]], comment: null });
      expect(equalBytes(parseTorrent(after).infoBytes, before)).toBe(true);
      expect(infoHashChanged).toBe(false);
    };
    const { accepted } = fuzz({ seeds: SEEDS, target, count: fuzzCount(process.env) / 4, seed: 3 });
    expect(accepted).toBeGreaterThan(250);
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { assert, equalBytes, utf8 } from "../base/index.ts";
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

/** What must hold of anything that was accepted. Hot: `assert`, because a hundred `expect` a torrent were half of the time. */
function check(torrent: Metainfo, names: "posix" | "portable"): void {
  const { layout, filesWithPads: files } = torrent;
  const paths = layout.files.filter((file) => !file.isPad).map((file) => file.path.join("/"));
  const unlike = new Set(names === "portable" ? paths.map((path) => path.toLowerCase()) : paths);
  assert(unlike.size === paths.length, "every path is there once");
  for (const path of paths) {
    const isSafe = path.split("/").every((part) => part !== "" && part !== "." && part !== ".." && !part.includes("\0"));
    assert(isSafe, "every part of a path is a name");
    assert(utf8(path).length <= 3500, "a path is not longer than a system takes");
  }
  const contentLength = files.reduce((sum, file) => (file.isPad ? sum : sum + file.length), 0);
  assert(torrent.totalLength === contentLength, "the files add up to the total");
  for (const piece of [0, 1, Math.floor(layout.pieceCount / 2), layout.pieceCount - 1])
    if (piece >= 0 && piece < layout.pieceCount) checkPiece(torrent, piece);
  for (const index of files.keys()) {
    const { first, end } = layout.piecesOf(index);
    assert(first <= end && end <= layout.pieceCount, "the pieces of a file lie in the torrent");
  }
}

function checkPiece({ layout, hasPieceLayers }: Metainfo, piece: number): void {
  const length = layout.pieceByteLength(piece);
  assert(length > 0 && length <= layout.pieceLength, "a piece has bytes, and no more than a piece has");
  const spanned = layout.spans(piece, 0, length).reduce((sum, span) => sum + span.length, 0);
  assert(spanned === length, "the spans of a piece are the piece");
  const padded = layout.padRanges(piece).reduce((sum, range) => sum + range.length, 0);
  assert(padded <= length, "a piece has no more padding than bytes");
  const expected = layout.expectation(piece);
  assert(expected !== undefined || !hasPieceLayers, "a piece has its hash where all hashes are known");
  assert((expected?.sha1?.length ?? 20) === 20, "a SHA-1 has twenty bytes");
  assert((expected?.merkle?.root.length ?? 32) === 32, "a root has thirty-two bytes");
}

describe("parseTorrent", () => {
  it("gives a sound torrent or a protocol error for any bytes", () => {
    let round = 0;
    const target = (bytes: Uint8Array) => {
      const names = round++ % 2 === 0 ? "posix" : "portable";
      const torrent = parseTorrent(bytes, { names });
      check(torrent, names);
      torrent.toMagnet();
      const { wire } = parseTorrent(torrent.toBytes()).infoHashes;
      assert(wire.join() === torrent.infoHashes.wire.join(), "what is written is the same torrent");
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
      assert(torrent.infoBytes.length === bytes.length, "the info dictionary is all that was given");
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
      assert(equalBytes(parseTorrent(after).infoBytes, before) && !infoHashChanged, "the info dictionary stays");
    };
    const { accepted } = fuzz({ seeds: SEEDS, target, count: fuzzCount(process.env) / 4, seed: 3 });
    expect(accepted).toBeGreaterThan(250);
  });
});

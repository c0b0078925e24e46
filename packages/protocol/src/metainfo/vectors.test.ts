import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { BLOCK_LENGTH, concatBytes, fromUtf8, utf8 } from "../base/index.ts";
import { merkleRoot } from "../merkle/index.ts";
import { buildTorrent, CreationPlan, type Metainfo, type PlanOptions, parseInfo, parseTorrent, type SourceFile } from "./index.ts";

/** What the other program says of its own torrent. */
interface Expected {
  v1: string | null;
  v2: string | null;
  name: string;
  pieceCount: number;
  files: [path: string, length: number][];
}

const read = (name: string) => new Uint8Array(readFileSync(new URL(`../../../../vectors/torrents/${name}`, import.meta.url)));
const EXPECTED = Object.entries(JSON.parse(fromUtf8(read("expected.json"))) as Record<string, Expected>);

const PIECE_LENGTH = 32_768;
const file = (path: string, length: number): SourceFile => ({ path: path.split("/"), length });
const CONTENTS: Record<string, Pick<PlanOptions, "name" | "files">> = {
  album: {
    name: "album",
    files: [
      file("a.txt", 10),
      file("b/x", 5),
      file("b-x", 7),
      file("b/big.bin", 100_000),
      file("b.txt", 3),
      file("empty", 0),
      file("z/exact", 32_768),
      file("\u00dcn\u00efcode/\u00e4 \u20ac.bin", 20_000),
      file("z/last empty", 0),
      file("UPPER", 16_384),
    ],
  },
  lone: { name: "lone", files: [file("one", 40_000)] },
  single: { name: "single.bin", files: [file("single.bin", 50_000)] },
};

const hash = (algorithm: string, bytes: Uint8Array) => new Uint8Array(createHash(algorithm).update(bytes).digest());

/** The bytes of a vector's file, by the rule of vectors/torrents/README.md. */
function content({ path, length }: SourceFile): Uint8Array {
  const salt = utf8(path.join("/")).length;
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8) * 17 + salt) & 255);
}

/** Hashes as the host would, and builds. */
function publish(options: PlanOptions) {
  const plan = new CreationPlan(options);
  const contents = options.files.map(content);
  const pieces: Uint8Array[] = [];
  const roots: Uint8Array[] = [];
  for (let piece = 0; piece < plan.layout.pieceCount; piece++) {
    const spans = plan.layout.spans(piece, 0, plan.layout.pieceByteLength(piece));
    const bytes = concatBytes(
      spans.map(({ fileIndex, fileOffset, length }) => {
        const source = plan.files[fileIndex]?.sourceIndex;
        return source === undefined ? new Uint8Array(length) : contents[source]!.subarray(fileOffset, fileOffset + length);
      }),
    );
    const { wantsSha1, merkle } = plan.hashing(piece);
    if (wantsSha1) pieces.push(hash("sha1", bytes));
    if (merkle !== undefined) roots.push(treeRoot(bytes.subarray(0, merkle.dataLength), merkle.leafCount));
  }
  const trees = options.version === "v1" ? {} : { fileTrees: plan.fileTrees(concatBytes(roots)) };
  return buildTorrent({ ...options, ...trees, ...(options.version === "v2" ? {} : { pieces: concatBytes(pieces) }) });
}

function treeRoot(data: Uint8Array, leafCount: number): Uint8Array {
  const leaves: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += BLOCK_LENGTH) leaves.push(hash("sha256", data.subarray(at, at + BLOCK_LENGTH)));
  return merkleRoot(concatBytes(leaves), leafCount);
}

function filesOf(torrent: Metainfo): [string, number][] {
  return torrent.layout.files.filter((entry) => !entry.isPad).map((entry) => [entry.path.join("/"), entry.length]);
}

describe("parseTorrent", () => {
  it.each(EXPECTED)("reads %s as its creator does", (name, expected) => {
    const torrent = parseTorrent(read(name));
    expect({ v1: null, v2: null, ...torrent.infoHashes }).toMatchObject({ v1: expected.v1, v2: expected.v2 });
    expect(torrent.pieceCount).toBe(expected.pieceCount);
    // libtorrent drops the folder around a lone v2 file, we keep it.
    const isDropped = name === "v2/libtorrent-lone.torrent";
    expect(torrent.name).toBe(isDropped ? "lone" : expected.name);
    expect(filesOf(torrent)).toEqual(isDropped ? [["lone/one", 40_000]] : expected.files);
    expect(torrent.totalLength).toBe(expected.files.reduce((sum, [, length]) => sum + length, 0));
  });

  it.each(EXPECTED)("writes %s back byte for byte", (name) => {
    expect(parseTorrent(read(name)).toBytes()).toEqual(read(name));
  });

  it.each(EXPECTED)("expects of the pieces of %s what its files hash to", (name) => {
    const torrent = parseTorrent(read(name));
    const { layout } = torrent;
    for (let piece = 0; piece < layout.pieceCount; piece++) {
      const spans = layout.spans(piece, 0, layout.pieceByteLength(piece));
      const parts = spans.map(({ fileIndex, fileOffset, length }) => {
        const { path, length: fileLength, isPad } = torrent.filesWithPads[fileIndex]!;
        return isPad ? new Uint8Array(length) : content({ path, length: fileLength }).subarray(fileOffset, fileOffset + length);
      });
      const bytes = concatBytes(parts);
      const { sha1, merkle } = layout.expectation(piece)!;
      expect(sha1 === undefined).toBe(torrent.version === "v2");
      expect(merkle === undefined).toBe(torrent.version === "v1");
      if (sha1 !== undefined) expect(sha1).toEqual(hash("sha1", bytes));
      if (merkle !== undefined) expect(merkle.root).toEqual(treeRoot(bytes.subarray(0, merkle.dataLength), merkle.leafCount));
    }
  });

  it.each(EXPECTED)("knows %s again from its info dictionary alone", (name) => {
    const torrent = parseTorrent(read(name));
    const bare = parseInfo(torrent.infoBytes);
    expect(bare.infoHashes).toEqual(torrent.infoHashes);
    expect(bare.filesWithPads).toEqual(torrent.filesWithPads);
    expect(bare.hasPieceLayers).toBe(torrent.pieceLayers.size === 0);
    const whole = bare.withPieceLayers(torrent.pieceLayers);
    expect(whole.hasPieceLayers).toBe(true);
    for (let piece = 0; piece < torrent.pieceCount; piece++) {
      expect(whole.layout.expectation(piece)).toEqual(torrent.layout.expectation(piece));
    }
  });

  it("reads everything mktorrent says outside the info dictionary", () => {
    expect(parseTorrent(read("v1/mktorrent-private.torrent"))).toMatchObject({
      announce: [["http://one.example/announce", "http://two.example/announce"], ["udp://three.example:80"]],
      webSeeds: ["http://seed.example/files/"],
      private: true,
      source: "SOURCE",
      comment: "a comment",
      createdBy: "mktorrent 1.1",
      isSingleFile: true,
    });
  });
});

describe("buildTorrent", () => {
  it.each([
    ["v1/libtorrent-album", "album", { version: "v1" }],
    ["v1/mktorrent-album", "album", { version: "v1" }],
    ["v1/mktorrent-lone", "lone", { version: "v1" }],
    ["v1/mktorrent-single", "single", { version: "v1" }],
    ["v1/libtorrent-lone", "lone", { version: "v1" }],
    ["v1/libtorrent-single", "single", { version: "v1" }],
    ["v2/libtorrent-album", "album", { version: "v2" }],
    ["v2/libtorrent-lone", "lone", { version: "v2" }],
    ["v2/libtorrent-single", "single", { version: "v2" }],
    ["hybrid/libtorrent-album", "album", { version: "hybrid" }],
    ["hybrid/libtorrent-lone", "lone", { version: "hybrid" }],
    ["hybrid/libtorrent-single", "single", { version: "hybrid" }],
    ["hybrid/libtorrent-album-no-tail-pad", "album", { version: "hybrid", tailPad: false }],
    ["hybrid/libtorrent-lone-no-tail-pad", "lone", { version: "hybrid", tailPad: false }],
  ] as const)("gives the same info hash and piece layers as %s", (name, content, flags) => {
    const ours = parseTorrent(publish({ ...CONTENTS[content]!, ...flags, pieceLength: PIECE_LENGTH }));
    const theirs = parseTorrent(read(`${name}.torrent`));
    expect(ours.infoHashes).toEqual(theirs.infoHashes);
    expect(ours.infoBytes).toEqual(theirs.infoBytes);
    expect(ours.pieceLayers).toEqual(theirs.pieceLayers);
  });
});

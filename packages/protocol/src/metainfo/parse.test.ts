import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { concatBytes, fromLatin1, MIB, ProtocolError, toHex, utf8 } from "../base/index.ts";
import { type Encodable, encode, Raw } from "../bencode/index.ts";
import { type Metainfo, type ParseOptions, parseInfo, parseTorrent } from "./index.ts";

type Entries = { [key: string]: Encodable | undefined };

const PIECE_LENGTH = 16_384;
const SINGLE = { name: "name", "piece length": PIECE_LENGTH, pieces: new Uint8Array(20), length: 5 };
const torrent = (info: Entries, outer: Entries = {}, options?: ParseOptions) => parseTorrent(encode({ ...outer, info }), options);

/** A v1 torrent of several files, all in one piece. */
function folder(files: readonly Entries[], options?: ParseOptions): Metainfo {
  const length = files.reduce((sum, file) => sum + Number(file["length"]), 0);
  return torrent({ name: "top", "piece length": 2 ** 20, pieces: new Uint8Array(length > 0 ? 20 : 0), files }, {}, options);
}
const pathsOf = (metainfo: Metainfo) => metainfo.files.map((file) => file.path.join("/"));
const codeOf = (act: () => unknown) => {
  try {
    act();
  } catch (fault) {
    if (fault instanceof ProtocolError) return fault.code;
    throw fault;
  }
  return "none";
};

describe("parseTorrent", () => {
  it("hashes the info dictionary as it stands, not as it should be written", () => {
    const info = "d12:piece lengthi16384e4:name4:name6:lengthi005e6:pieces20:aaaaaaaaaaaaaaaaaaaae";
    const read = parseTorrent(utf8(`d4:info${info}e`));
    expect(read.infoHashes.v1).toBe(createHash("sha1").update(info).digest("hex"));
    expect(read.infoBytes).toEqual(utf8(info));
    expect(read.totalLength).toBe(5);
    expect(read.toBytes()).toEqual(utf8(`d4:info${info}e`));
  });

  it("leaves bytes behind the torrent alone", () => {
    const bytes = concatBytes([encode({ info: SINGLE }), utf8("\r\n")]);
    expect(parseTorrent(bytes).toBytes()).toEqual(encode({ info: SINGLE }));
  });

  it("keeps entries it does not know", () => {
    const bytes = encode({ azureus_properties: { x: [1] }, encoding: "UTF-8", info: { ...SINGLE, unknown: 1 } });
    expect(parseTorrent(bytes).toBytes()).toEqual(bytes);
  });

  it("accepts limits of the caller's", () => {
    expect(codeOf(() => torrent(SINGLE, {}, { limits: { totalLength: 4 } }))).toBe("METAINFO_FILE_LENGTH");
    expect(codeOf(() => torrent(SINGLE, {}, { limits: { torrentLength: 20 } }))).toBe("METAINFO_TOO_LONG");
    expect(torrent(SINGLE, {}, { limits: { totalLength: 5 } }).totalLength).toBe(5);
  });

  it("refuses more files than the limit, pads not counted", () => {
    const pad = { length: 1, attr: "p" };
    const files = [{ length: 1, path: ["a"] }, pad, { length: 1, path: ["b"] }, pad];
    expect(folder(files, { limits: { fileCount: 2 } }).files.length).toBe(2);
    expect(codeOf(() => folder([...files, { length: 1, path: ["c"] }], { limits: { fileCount: 2 } }))).toBe("METAINFO_FILE_COUNT");
    expect(codeOf(() => folder([...files, pad, { length: 1, path: ["c"] }].slice(0, 4), { limits: { fileCount: 1 } }))).toBe(
      "METAINFO_FILE_COUNT",
    );
  });

  it("takes a piece length of 256 MiB, and so many pieces and bytes as there may be, and refuses one more", () => {
    expect(torrent({ ...SINGLE, "piece length": 256 * MIB }).pieceLength).toBe(256 * MIB);
    expect(codeOf(() => torrent({ ...SINGLE, "piece length": 256 * MIB + 1 }))).toBe("METAINFO_PIECE_LENGTH");
    const two = { ...SINGLE, length: 2 * PIECE_LENGTH, pieces: new Uint8Array(40) };
    expect(torrent(two, {}, { limits: { pieceCount: 2 } }).pieceCount).toBe(2);
    expect(codeOf(() => torrent({ ...two, length: 2 * PIECE_LENGTH + 1 }, {}, { limits: { pieceCount: 2 } }))).toBe("METAINFO_PIECE_COUNT");
    const files = [
      { length: 3, path: ["a"] },
      { length: 4, path: ["b"] },
    ];
    expect(folder(files, { limits: { totalLength: 7 } }).totalLength).toBe(7);
    expect(codeOf(() => folder(files, { limits: { totalLength: 6 } }))).toBe("METAINFO_TOTAL_LENGTH");
  });

  it("takes a path of 3,500 bytes and one of 64 parts, and refuses a byte and a part more", () => {
    const of = (path: string[]): string => codeOf(() => folder([{ length: 1, path }]));
    const parts = Array.from({ length: 14 }, () => "x".repeat(240));
    const rest = 3500 - ["top", ...parts, ""].join("/").length;
    expect(of([...parts, "x".repeat(rest)])).toBe("none");
    expect(of([...parts, "x".repeat(rest + 1)])).toBe("METAINFO_PATH_LENGTH");
    expect(of(Array.from({ length: 64 }, () => "x"))).toBe("none");
    expect(of(Array.from({ length: 65 }, () => "x"))).toBe("METAINFO_PATH_DEPTH");
  });

  describe("names", () => {
    it("prefers the keys that promise UTF-8", () => {
      const read = folder([{ length: 5, path: ["legacy"], "path.utf-8": ["mod\u00e9rn"] }]);
      expect(pathsOf(read)).toEqual(["mod\u00e9rn"]);
      expect(torrent({ ...SINGLE, "name.utf-8": "n\u00e4me" }).name).toBe("n\u00e4me");
    });

    it("makes every part safe and keeps what stood there", () => {
      const read = folder([
        { length: 5, path: ["..", "a/b", "", "x"] },
        { length: 5, path: ["honest"] },
      ]);
      expect(pathsOf(read)).toEqual(["__/a_b/x", "honest"]);
      expect(read.files[0]?.originalPath).toEqual(["..", "a/b", "", "x"].map(utf8));
      expect(read.files[1]?.originalPath).toBeUndefined();
    });

    // Data that libtorrent or Transmission had laid out was not found again: we looked for it in a folder "_".
    it("leaves out the folder a file stands in", () => {
      const read = folder([
        { length: 5, path: [".", "sub", ".", "a"] },
        { length: 5, path: ["sub", "a", "."] },
        { length: 5, path: ["..."] },
      ]);
      expect(pathsOf(read)).toEqual(["sub/a", "sub/a.1", "..."]);
      expect(read.files[0]?.originalPath).toEqual([".", "sub", ".", "a"].map(utf8));
      expect(codeOf(() => folder([{ length: 5, path: [".", ""] }]))).toBe("METAINFO_PATH");
    });

    it("reads names that are no UTF-8 and keeps their bytes", () => {
      const read = folder([{ length: 5, path: [fromLatin1("caf\u00e9")] }]);
      expect(pathsOf(read)).toEqual(["caf\ufffd"]);
      expect(read.files[0]?.originalPath).toEqual([fromLatin1("caf\u00e9")]);
    });

    it("makes the torrent's own name safe, and gives one to a torrent without any", () => {
      expect(torrent({ ...SINGLE, name: "../../.ssh" }).name).toBe(".._.._.ssh");
      const nameless = torrent({ ...SINGLE, name: "" });
      expect(nameless.name).toBe(nameless.infoHashes.v1);
      expect(pathsOf(nameless)).toEqual([nameless.name]);
    });

    it("numbers files whose path is taken, the first keeps it", () => {
      const read = folder(["a.txt", "b", "a.txt", "a.1.txt", "a.txt"].map((name) => ({ length: 1, path: [name] })));
      expect(pathsOf(read)).toEqual(["a.txt", "b", "a.2.txt", "a.1.txt", "a.3.txt"]);
      expect(read.files[2]?.originalPath).toEqual([utf8("a.txt")]);
    });

    it("lets a file give way to a folder, wherever it stands", () => {
      const read = folder([["a"], ["a", "b"], ["c", "d", "e"], ["c", "d"], ["c"]].map((path) => ({ length: 1, path })));
      expect(pathsOf(read)).toEqual(["a.1", "a/b", "c/d/e", "c/d.1", "c.1"]);
    });

    it("tells names apart that differ in case or form, unless they must be portable", () => {
      const files = ["README", "readme", "\u00e9", "e\u0301"].map((name) => ({ length: 1, path: [name] }));
      expect(pathsOf(folder(files))).toEqual(["README", "readme", "\u00e9", "e\u0301"]);
      expect(pathsOf(folder(files, { names: "portable" }))).toEqual(["README", "readme.1", "\u00e9", "e\u0301.1"]);
      expect(
        pathsOf(
          folder(
            [["Dir", "a"], ["dir"]].map((path) => ({ length: 1, path })),
            { names: "portable" },
          ),
        ),
      ).toEqual(["Dir/a", "dir.1"]);
    });

    it("renames at most 500 files", () => {
      const clashing = (count: number) => Array.from({ length: count + 1 }, () => ({ length: 1, path: ["a"] }));
      expect(new Set(pathsOf(folder(clashing(500)))).size).toBe(501);
      expect(codeOf(() => folder(clashing(501)))).toBe("METAINFO_DUPLICATES");
      expect(codeOf(() => folder(clashing(199_999)))).toBe("METAINFO_DUPLICATES");
    });

    it("finds free names where many thousands are taken", () => {
      const taken = Array.from({ length: 100_000 }, (_, number) => (number === 0 ? "a" : `a.${number}`));
      const read = folder([...taken, ...Array.from({ length: 500 }, () => "a")].map((name) => ({ length: 1, path: [name] })));
      expect(pathsOf(read).slice(100_000, 100_002)).toEqual(["a.100000", "a.100001"]);
      expect(pathsOf(read).at(-1)).toBe("a.100499");
    });

    it("does not mind pads with one name, or one of a file", () => {
      const pad = { length: 5, path: [".pad", "5"], attr: "p" };
      const read = folder([{ length: 1, path: [".pad", "5"] }, pad, { length: 1, path: ["a"] }, pad]);
      expect(pathsOf(read)).toEqual([".pad/5", "a"]);
      expect(read.filesWithPads.map(({ isPad }) => isPad)).toEqual([false, true, false, true]);
    });
  });

  describe("files", () => {
    it("reads attributes, and takes a link for an empty file", () => {
      const read = folder([
        { length: 5, path: ["run"], attr: "x" },
        { length: 5, path: ["both"], attr: "?hx" },
        { path: ["link"], attr: "l", "symlink path": ["..", "etc", "passwd"], length: 0 },
        { length: 5, path: ["plain"], attr: "" },
      ]);
      expect(read.files.map((file) => file.attributes)).toEqual([
        { executable: true, hidden: false },
        { executable: true, hidden: true },
        { executable: false, hidden: false, symlink: ["__", "etc", "passwd"] },
        undefined,
      ]);
      expect(read.files[2]?.length).toBe(0);
    });

    // An old program gave links the length of what they lead to; all that know BEP 47 count none, and so lay out the rest alike.
    it("counts no bytes for a link, whatever length it names", () => {
      const files = [
        { length: 10, path: ["a"] },
        { length: 30_000, path: ["link"], attr: "l", "symlink path": ["a"] },
        { length: 7, path: ["b"] },
      ];
      const read = torrent({ name: "top", "piece length": PIECE_LENGTH, pieces: new Uint8Array(20), files });
      expect(read).toMatchObject({ pieceCount: 1, totalLength: 17 });
      expect(read.files.map(({ length, offset }) => [length, offset])).toEqual([
        [10, 0],
        [0, 10],
        [7, 10],
      ]);
    });

    it("lets a link leave its length out", () => {
      const info = { name: "top", "piece length": PIECE_LENGTH, pieces: new Uint8Array(20) };
      const files = [
        { length: 5, path: ["a"] },
        { path: ["link"], attr: "l", "symlink path": ["a"] },
      ];
      expect(torrent({ ...info, files }).files.map((file) => file.length)).toEqual([5, 0]);
      expect(codeOf(() => torrent({ ...info, files: [{ length: 5, path: ["a"] }, { path: ["b"] }] }))).toBe("METAINFO_FILE_LENGTH");
    });

    it("reads empty files and a torrent of nothing", () => {
      const read = folder([
        { length: 0, path: ["a"] },
        { length: 0, path: ["b"] },
      ]);
      expect(read).toMatchObject({ pieceCount: 0, totalLength: 0, isSingleFile: false });
      expect(torrent({ ...SINGLE, length: 0, pieces: "" })).toMatchObject({ pieceCount: 0, totalLength: 0, isSingleFile: true });
    });

    it("counts pads as part of the stream but not of the content", () => {
      const read = folder([
        { length: 5, path: ["a"] },
        { length: 11, attr: "p" },
        { length: 7, path: ["b"] },
      ]);
      expect(read.totalLength).toBe(12);
      expect(read.layout.totalLength).toBe(23);
      expect(read.filesWithPads[1]).toMatchObject({ isPad: true, path: [".pad", "11"], offset: 5 });
    });

    // Pieces are counted in the order of the tree. A client that sorts it, as one with ordered maps does, would count others.
    it("refuses a v2 tree out of order, in the first folder and below", () => {
      const leaf = (name: string) => `${name.length}:${name}d0:d6:lengthi0eee`;
      const v2 = (tree: string) =>
        parseTorrent(utf8(`d4:infod9:file treed${tree}e12:meta versioni2e4:name3:top12:piece lengthi${PIECE_LENGTH}eee`));
      expect(pathsOf(v2(leaf("B") + leaf("a") + leaf("b")))).toEqual(["B", "a", "b"]);
      expect(codeOf(() => v2(leaf("b") + leaf("a")))).toBe("METAINFO_FILE_TREE");
      expect(codeOf(() => v2(`6:folderd${leaf("b")}${leaf("a")}e`))).toBe("METAINFO_FILE_TREE");
      expect(pathsOf(v2(`1:ad${leaf("z")}e${leaf("b")}`))).toEqual(["a/z", "b"]);
    });

    // The layout of BitComet is older than BEP 47 and says nothing in "attr": its zeros lay on the disk as files, one for each real one.
    it("takes the pads of BitComet for pads", () => {
      const pad = (number: number) => `_____padding_file_${number}_if you see this file, please update to BitComet 0.85 or above____`;
      const files = [
        { length: 5, path: ["a"] },
        { length: 11, path: [pad(0)] },
        { length: 7, path: ["sub", "b"] },
        { length: 9, path: ["sub", pad(1)] },
        { length: 3, path: ["____padding_file_2"] },
        { length: 2, path: [pad(3), "inside"] },
      ];
      const read = folder(files);
      expect(read.files.map(({ path, offset }) => [path.at(-1), offset])).toEqual([
        ["a", 0],
        ["b", 16],
        ["____padding_file_2", 32],
        ["inside", 35],
      ]);
      expect(read.filesWithPads.map(({ isPad }) => isPad)).toEqual([false, true, false, true, false, false]);
      expect(read).toMatchObject({ totalLength: 17, layout: { totalLength: 37 } });
    });

    it("keeps the folder around a lone v2 file with another name than the torrent", () => {
      const root = new Uint8Array(32).fill(1);
      const v2 = (name: string) =>
        torrent({
          name,
          "meta version": 2,
          "piece length": PIECE_LENGTH,
          "file tree": { one: { "": { length: 5, "pieces root": root } } },
        });
      expect(v2("one")).toMatchObject({ isSingleFile: true, layout: { files: [{ path: ["one"] }] } });
      expect(v2("top")).toMatchObject({ isSingleFile: false, layout: { files: [{ path: ["top", "one"] }] } });
    });
  });

  describe("outside the info dictionary", () => {
    const announceOf = (outer: Entries) => torrent(SINGLE, outer).announce;

    it("takes the list of trackers before the single one", () => {
      expect(announceOf({ announce: "http://a/", "announce-list": [["http://b/", "udp://c:1"], ["http://d/"]] })).toEqual([
        ["http://b/", "udp://c:1"],
        ["http://d/"],
      ]);
      expect(announceOf({ announce: "http://a/" })).toEqual([["http://a/"]]);
      expect(announceOf({})).toEqual([]);
    });

    it("takes the single tracker when the list names none", () => {
      expect(announceOf({ announce: "http://a/", "announce-list": [] })).toEqual([["http://a/"]]);
      expect(announceOf({ announce: "http://a/", "announce-list": [[], [7, " "]] })).toEqual([["http://a/"]]);
      expect(announceOf({ announce: "http://a/", "announce-list": "http://b/" })).toEqual([["http://a/"]]);
    });

    it("forgives a list without inner lists, spaces, and repetitions", () => {
      expect(announceOf({ "announce-list": ["http://a/", [" http://b/ ", "http://a/"]] })).toEqual([["http://a/"], ["http://b/"]]);
    });

    it("keeps no more than a thousand trackers", () => {
      const urls = Array.from({ length: 1500 }, (_, at) => `http://${at}.example/`);
      expect(announceOf({ "announce-list": [urls] }).flat().length).toBe(1000);
      expect(announceOf({ announce: "http://a/", "announce-list": [Array.from({ length: 20_000 }, () => "x")] })).toEqual([["http://a/"]]);
    });

    it("reads web seeds as a list or alone, and leaves out what is no web address", () => {
      const webSeedsOf = (list: Encodable) => torrent(SINGLE, { "url-list": list }).webSeeds;
      expect(webSeedsOf("http://a/")).toEqual(["http://a/"]);
      expect(webSeedsOf(["http://a/", "ftp://b/", "https://c/d e", "", "javascript:alert(1)", 7, "http://"])).toEqual([
        "http://a/",
        "https://c/d e",
      ]);
      expect(webSeedsOf("")).toEqual([]);
    });

    it("reads nodes, and leaves out those that make no sense", () => {
      const nodes = [["a.example", 6881], ["::1", 1], ["b", 0], ["c", 65_536], ["", 5], [7, 7], "d", ["e"]];
      expect(torrent(SINGLE, { nodes }).nodes).toEqual([
        { host: "a.example", port: 6881 },
        { host: "::1", port: 1 },
      ]);
      expect(torrent(SINGLE).nodes).toBeUndefined();
    });

    it("reads words and dates, and ignores those of another type", () => {
      const outer = { comment: "legacy", "comment.utf-8": "w\u00f6rds", "created by": "x", "creation date": 1234567890 };
      expect(torrent(SINGLE, outer)).toMatchObject({ comment: "w\u00f6rds", createdBy: "x", creationDate: 1234567890 });
      const odd = torrent(SINGLE, { comment: 7, "created by": [], "creation date": "now" });
      expect([odd.comment, odd.createdBy, odd.creationDate]).toEqual([undefined, undefined, undefined]);
    });

    // A date in nanoseconds made the whole torrent unreadable, though no other field had to do with it.
    it("forgets a number past 2^53, and keeps the rest", () => {
      const read = torrent(SINGLE, { "creation date": 1_700_000_000_000_000_000n, "x-serial": 2n ** 64n - 1n, comment: "kept" });
      expect(read).toMatchObject({ comment: "kept", totalLength: 5 });
      expect(read.creationDate).toBeUndefined();
      expect(codeOf(() => torrent({ ...SINGLE, length: 2n ** 60n }))).toBe("METAINFO_FILE_LENGTH");
      expect(codeOf(() => torrent({ ...SINGLE, "piece length": 2n ** 60n }))).toBe("METAINFO_PIECE_LENGTH");
      expect(codeOf(() => torrent({ ...SINGLE, "meta version": 2n ** 60n }))).toBe("METAINFO_VERSION");
      expect(codeOf(() => torrent({ ...SINGLE, "meta version": "2" }))).toBe("METAINFO_VERSION");
      expect(torrent({ ...SINGLE, private: 2n ** 60n }).private).toBe(true);
    });

    it("takes any number but zero for private", () => {
      expect([undefined, 0, 1, 2, "1"].map((value) => torrent({ ...SINGLE, private: value }).private)).toEqual([
        false,
        false,
        true,
        true,
        false,
      ]);
    });
  });

  it("is written as a magnet link", () => {
    const read = torrent({ ...SINGLE, name: "a name" }, { "announce-list": [["http://a/"], ["udp://b:1"]], "url-list": "http://w/" });
    expect(read.toMagnet()).toBe(
      `magnet:?xt=urn:btih:${read.infoHashes.v1}&dn=a%20name&xl=5&tr=http%3A%2F%2Fa%2F&tr=udp%3A%2F%2Fb%3A1&ws=http%3A%2F%2Fw%2F`,
    );
  });
});

describe("parseInfo", () => {
  it("makes a torrent of a bare info dictionary and what else is known", () => {
    const read = parseInfo(encode(SINGLE), { announce: [["http://a/"], ["http://b/"]], webSeeds: ["http://w/"], comment: "c" });
    expect(read).toMatchObject({ announce: [["http://a/"], ["http://b/"]], webSeeds: ["http://w/"], comment: "c", hasPieceLayers: true });
    const again = parseTorrent(read.toBytes());
    expect(again).toMatchObject({ announce: read.announce, webSeeds: read.webSeeds, comment: "c", infoHashes: read.infoHashes });
  });

  it("takes an info dictionary only, and all of it", () => {
    expect(codeOf(() => parseInfo(concatBytes([encode(SINGLE), utf8("x")])))).toBe("BENCODE_TRAILING");
    expect(codeOf(() => parseInfo(encode([SINGLE])))).toBe("METAINFO_NOT_DICTIONARY");
    expect(codeOf(() => parseInfo(new Uint8Array(0)))).toBe("METAINFO_NOT_DICTIONARY");
  });

  it("takes piece layers later, and only those that add up", () => {
    const layer = new Uint8Array(64).fill(3);
    const root = new Uint8Array(createHash("sha256").update(layer).digest());
    const file = { "": { length: 2 * PIECE_LENGTH, "pieces root": root } };
    const info = encode({
      name: "top",
      "meta version": 2,
      "piece length": PIECE_LENGTH,
      "file tree": { a: file, b: file, c: { "": { length: 1, "pieces root": root } } },
    });
    const bare = parseInfo(info);
    expect(bare.hasPieceLayers).toBe(false);
    expect(bare.layout.expectation(0)).toBeUndefined();
    expect(bare.layout.expectation(4)).toEqual({ merkle: { root, leafCount: 1, dataLength: 1 } });
    const whole = bare.withPieceLayers(
      new Map([
        [toHex(root), layer],
        ["00", layer],
      ]),
    );
    expect(whole.hasPieceLayers).toBe(true);
    expect(whole.layout.expectation(3)).toEqual({ merkle: { root: layer.subarray(32), leafCount: 1, dataLength: PIECE_LENGTH } });
    expect(parseTorrent(whole.toBytes()).pieceLayers).toEqual(new Map([[toHex(root), layer]]));
    expect(codeOf(() => bare.withPieceLayers(new Map([[toHex(root), new Uint8Array(64)]])))).toBe("METAINFO_PIECE_LAYERS");
    // As other programs write down what they know of a magnet link: peers have the rest.
    expect(parseTorrent(bare.toBytes())).toMatchObject({ infoHashes: whole.infoHashes, hasPieceLayers: false, pieceLayers: new Map() });
    expect(bare.hasPieceLayers).toBe(false);
    expect(parseInfo(info, { pieceLayers: whole.pieceLayers }).hasPieceLayers).toBe(true);
  });
});

it("does not build what it will refuse: a million tiny strings where a path should be", () => {
  const bomb = new Raw(concatBytes([utf8("l"), utf8("1:a".repeat(1_000_000)), utf8("e")]));
  const info = { name: "n", "piece length": PIECE_LENGTH, pieces: "", files: [{ length: 0, path: bomb }] };
  expect(codeOf(() => torrent(info))).toBe("METAINFO_PATH_DEPTH");
  expect(codeOf(() => torrent({ ...info, files: bomb }))).toBe("METAINFO_FILE_COUNT");
  expect(torrent(SINGLE, { "announce-list": bomb, "url-list": bomb, nodes: bomb, announce: bomb }).announce).toEqual([]);
});

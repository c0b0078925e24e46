import { describe, expect, it } from "vitest";
import { BLOCK_LENGTH, UsageError } from "../base/index.ts";
import { buildTorrent, CreationPlan, type PlanOptions, parseTorrent, type SourceFile } from "./index.ts";

const file = (path: string, length: number): SourceFile => ({ path: path.split("/"), length });
const BASE: PlanOptions = { version: "v1", name: "top", pieceLength: BLOCK_LENGTH, files: [file("a", 5)] };
const plan = (changes: Partial<PlanOptions>) => new CreationPlan({ ...BASE, ...changes });
const order = (changes: Partial<PlanOptions>) => plan(changes).files.map(({ path }) => path.join("/"));

describe("CreationPlan", () => {
  const files = ["b/x", "b-x", "\u{1f426}", "\uffee", "B"].map((path) => file(path, 5));

  it("sorts v1 by the bytes of whole paths", () => {
    // As text the bird would come first: its code units are surrogates.
    expect(order({ files })).toEqual(["B", "b-x", "b/x", "\uffee", "\u{1f426}"]);
  });

  it("sorts v2 part by part", () => {
    expect(order({ version: "v2", files })).toEqual(["B", "b/x", "b-x", "\uffee", "\u{1f426}"]);
  });

  it("pads a hybrid behind each file, and where the last pad is not wanted before the next", () => {
    const three = [file("a", 5), file("b", 0), file("c", BLOCK_LENGTH), file("d", 7)];
    expect(order({ version: "hybrid", files: three })).toEqual(["a", ".pad/16379", "b", "c", "d", ".pad/16377"]);
    expect(order({ version: "hybrid", files: three, tailPad: false })).toEqual(["a", "b", ".pad/16379", "c", "d"]);
    expect(order({ version: "hybrid", files: [file("a", 5)] })).toEqual(["a"]);
  });

  it("knows a single file by its name, unless told otherwise", () => {
    expect(plan({ files: [file("top", 5)] })).toMatchObject({ isSingleFile: true, layout: { files: [{ path: ["top"] }] } });
    expect(plan({ files: [file("a", 5)] })).toMatchObject({ isSingleFile: false, layout: { files: [{ path: ["top", "a"] }] } });
    expect(plan({ files: [file("top", 5)], isSingleFile: false })).toMatchObject({
      isSingleFile: false,
      layout: { files: [{ path: ["top", "top"] }] },
    });
  });

  it("says what each piece is to be hashed to", () => {
    const two = [file("long", 5 * BLOCK_LENGTH + 1), file("short", BLOCK_LENGTH + 5)];
    const hashings = (version: PlanOptions["version"]) => {
      const made = plan({ version, files: two, pieceLength: 4 * BLOCK_LENGTH });
      return Array.from({ length: made.layout.pieceCount }, (_, piece) => made.hashing(piece));
    };
    const trees = [
      { leafCount: 4, dataLength: 4 * BLOCK_LENGTH },
      { leafCount: 4, dataLength: BLOCK_LENGTH + 1 },
      { leafCount: 2, dataLength: BLOCK_LENGTH + 5 },
    ];
    expect(hashings("v1")).toEqual([{ wantsSha1: true }, { wantsSha1: true }]);
    expect(hashings("v2")).toEqual(trees.map((merkle) => ({ wantsSha1: false, merkle })));
    expect(hashings("hybrid")).toEqual(trees.map((merkle) => ({ wantsSha1: true, merkle })));
  });

  it.each<[string, string, Partial<PlanOptions>]>([
    ["no files", "CREATE_FILES", { files: [] }],
    ["too many files", "CREATE_FILES", { files: Array.from({ length: 200_001 }, () => file("a", 0)) }],
    ["one path twice", "CREATE_PATH", { files: [file("a", 5), file("a", 5)] }],
    ["a file that is a folder too", "CREATE_PATH", { files: [file("a/b/c", 5), file("a/b", 5)] }],
    ["a path that leaves the folder", "CREATE_PATH", { files: [file("../a", 5)] }],
    ["an empty part", "CREATE_PATH", { files: [file("a//b", 5)] }],
    ["a path of nothing", "CREATE_PATH", { files: [{ path: [], length: 5 }] }],
    ["a path too deep", "CREATE_PATH", { files: [file("a/".repeat(64) + "a", 5)] }],
    ["no name", "CREATE_PATH", { name: "" }],
    ["a name that is a path", "CREATE_PATH", { name: "a/b" }],
    ["an odd piece length", "CREATE_PIECE_LENGTH", { pieceLength: 20_000 }],
    ["a small piece length", "CREATE_PIECE_LENGTH", { pieceLength: 8192 }],
    ["a piece length of nothing", "CREATE_PIECE_LENGTH", { pieceLength: 0 }],
    ["a v2 piece length that is no power of two", "CREATE_PIECE_LENGTH", { version: "v2", pieceLength: 3 * BLOCK_LENGTH }],
    ["too many pieces", "CREATE_PIECE_LENGTH", { files: [file("a", 2 ** 40)] }],
    ["too many bytes", "CREATE_TOTAL_LENGTH", { files: [file("a", 2 ** 50), file("b", 1)], pieceLength: 2 ** 28 }],
    ["a single file with another name", "CREATE_FILES", { isSingleFile: true }],
  ])("refuses %s", (_, code, changes) => {
    let refusal: unknown;
    try {
      plan(changes);
    } catch (fault) {
      refusal = fault;
    }
    expect(refusal).toBeInstanceOf(UsageError);
    expect((refusal as UsageError).code).toBe(code);
  });
});

describe("buildTorrent", () => {
  it("says everything it was told", () => {
    const outer = {
      announce: [["http://a/", "http://b/"], ["udp://c:1"]],
      webSeeds: ["http://w/"],
      nodes: [{ host: "n.example", port: 6881 }],
      comment: "w\u00f6rds",
      createdBy: "test",
      creationDate: 1234567890,
    };
    const attributes = { executable: true, hidden: true };
    const files = [{ ...file("run", 5), attributes }, file("plain", 0)];
    const bytes = buildTorrent({ ...BASE, files, pieces: new Uint8Array(20), private: true, source: "S", ...outer });
    const torrent = parseTorrent(bytes);
    expect(torrent).toMatchObject({ ...outer, private: true, source: "S", name: "top", pieceLength: BLOCK_LENGTH });
    expect(torrent.files.map((one) => [one.path, one.attributes])).toEqual([
      [["plain"], undefined],
      [["run"], attributes],
    ]);
  });

  it("publishes empty files, and nothing else if there is nothing else", () => {
    for (const version of ["v1", "v2", "hybrid"] as const) {
      const bytes = buildTorrent({
        ...BASE,
        version,
        files: [file("a", 0), file("b/c", 0)],
        pieces: new Uint8Array(0),
        fileTrees: [undefined, undefined],
      });
      expect(parseTorrent(bytes)).toMatchObject({ version, pieceCount: 0, totalLength: 0, files: [{ path: ["a"] }, { path: ["b", "c"] }] });
    }
  });
});

/** @module */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { globMatcher, selectionMatcher } from "./glob.ts";

const PATHS = ["01 intro.flac", "02 song.flac", "cover.jpg", "sample/01.mp3", "sample/deep/02.mp3"];
const taken = (pattern: string) => PATHS.filter((path) => globMatcher(pattern)(path, "album"));

describe("A glob", () => {
  it("without a slash means the last part of the path", () => {
    expect(taken("*.flac")).toEqual(PATHS.slice(0, 2));
    expect(taken("02.mp3")).toEqual(["sample/deep/02.mp3"]);
    expect(taken("??.mp3")).toEqual(PATHS.slice(3));
  });
  it("with a slash means the whole path, with or without the torrent's folder", () => {
    expect(taken("sample/*")).toEqual(["sample/01.mp3"]);
    expect(taken("album/sample/*")).toEqual(["sample/01.mp3"]);
    expect(taken("deep/*")).toEqual([]);
    expect(taken("sample/**")).toEqual(PATHS.slice(3));
    expect(taken("sample/")).toEqual(PATHS.slice(3));
    expect(taken("sample/**/02.mp3")).toEqual(["sample/deep/02.mp3"]);
    expect(taken("**/*.mp3")).toEqual(PATHS.slice(3));
  });
  it("knows classes and alternatives", () => {
    expect(taken("[0-1]*")).toEqual(["01 intro.flac", "02 song.flac", "sample/01.mp3", "sample/deep/02.mp3"]);
    expect(taken("[!0]*")).toEqual(["cover.jpg"]);
    expect(taken("*.{jpg,mp3}")).toEqual(PATHS.slice(2));
  });
  it("takes odd signs for themselves", () => {
    for (const name of ["a+b(1).txt", "x[1.txt", "}{", "$^.", "日本語.txt"]) expect(globMatcher(name)(name), name).toBe(true);
    expect(globMatcher("a\\*b")("a*b")).toBe(true);
    expect(globMatcher("a\\*b")("axb")).toBe(false);
  });
  it("never throws, and a name without signs of its own matches itself", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string(), (pattern, path) => {
        globMatcher(pattern)(path);
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9 _-]{1,12}$/), (name) => {
        expect(globMatcher(name)(`folder/${name}`)).toBe(true);
      }),
    );
  });
});

describe("A selection", () => {
  it("takes everything when it says nothing", () => expect(PATHS.filter((path) => selectionMatcher({})(path))).toEqual(PATHS));
  it("takes what is named and leaves what is skipped", () => {
    expect(PATHS.filter((path) => selectionMatcher({ only: ["*.mp3", "*.jpg"], skip: ["sample/deep/*"] })(path))).toEqual([
      PATHS[2],
      PATHS[3],
    ]);
    expect(PATHS.filter((path) => selectionMatcher({ skip: ["*.mp3"] })(path))).toEqual(PATHS.slice(0, 3));
  });
});

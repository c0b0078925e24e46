/** @module */
import { UsageError } from "@bittern/protocol/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFolderOptions } from "./folder-options.ts";

describe("The options of a watched folder", () => {
  it("are read by their kinds", () => {
    const text = JSON.stringify({ saveTo: "../films", select: ["*.mkv"], maxUp: "200KiB", maxDown: 0, seedRatio: 1.5, paused: true });
    expect(parseFolderOptions(text, "/srv/torrents/.bittern.json")).toEqual({
      saveTo: "/srv/films",
      select: ["*.mkv"],
      maxUp: 204_800,
      maxDown: 0,
      seedRatio: 1.5,
      paused: true,
    });
  });

  it.each(["", "[]", "null", '{"what":1}', '{"toString":1}', '{"paused":"yes"}', '{"select":"*"}', '{"maxUp":-1}', '{"seedTime":null}'])(
    "are refused with the name of their file: %s",
    (text) => expect(() => parseFolderOptions(text, "/x/.bittern.json")).toThrow(/^\/x\/\.bittern\.json/),
  );

  it("are 64 KiB at most", () => {
    const text = (length: number): string => JSON.stringify({ paused: true }).padEnd(length, " ");
    expect(parseFolderOptions(text(65_536), "/x/.bittern.json")).toEqual({ paused: true });
    expect(() => parseFolderOptions(text(65_537), "/x/.bittern.json")).toThrow("longer than any options");
  });

  it("are values or a usage error, whatever the file holds", () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.dictionary(fc.constantFrom("saveTo", "maxUp", "select"), fc.jsonValue()).map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(text, (given) => {
        try {
          parseFolderOptions(given, "/f");
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });
});

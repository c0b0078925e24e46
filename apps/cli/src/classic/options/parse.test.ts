/** @module */
import { UsageError } from "@bittern/protocol/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ENGLISH_CLASSIC } from "../../messages/classic/english.ts";
import { optionListing } from "./listing.ts";
import { float, integer, text } from "./option.ts";
import { parseClassic, retiredOptions } from "./parse.ts";
import { TRACKER_RELICS } from "./relics.ts";

const TABLE = {
  dfile: text(undefined),
  ip: text("", { letter: "i" }),
  port: integer(80),
  wait: float(5, { alias: "pause" }),
  slice: integer(16_384, { retired: true }),
};
const HELP = {
  dfile: "where the state is kept",
  ip: "address to report",
  port: "port to listen on",
  wait: "seconds to wait",
  slice: "bytes of a slice",
};
const ANY = { least: 0, most: 10 };

describe("The command line of a classic program", () => {
  it("is pairs of name and value with arguments anywhere between them", () => {
    const { values, positional, given } = parseClassic(["a", "--dfile", "d", "b", "--port", "6969", "--wait", "0.5"], TABLE, ANY);
    expect(values).toEqual({ dfile: "d", ip: "", port: 6969, wait: 0.5, slice: 16_384 });
    expect(positional).toEqual(["a", "b"]);
    expect([...given]).toEqual(["dfile", "port", "wait"]);
  });

  it("lets the last of several win, and a value begin with dashes", () => {
    expect(parseClassic(["--dfile", "a", "--dfile", "--b"], TABLE, ANY).values.dfile).toBe("--b");
  });

  it("knows the letters of manual pages and the names of relatives", () => {
    const { values } = parseClassic(["--dfile", "d", "-i", "10.0.0.1", "--pause", "3"], TABLE, ANY);
    expect([values.ip, values.wait]).toEqual(["10.0.0.1", 3]);
  });

  it("takes single dashes for arguments otherwise", () => {
    expect(parseClassic(["--dfile", "d", "-x", "-"], TABLE, ANY).positional).toEqual(["-x", "-"]);
  });

  it.each([
    [["--dfile"], "OPTION_VALUE_MISSING"],
    [["--dfile", "d", "--nothing", "1"], "OPTION_UNKNOWN"],
    [["--dfile", "d", "--toString", "1"], "OPTION_UNKNOWN"],
    [["--dfile", "d", "--port", "six"], "OPTION_FORMAT"],
    [["--dfile", "d", "--port", "1.5"], "OPTION_FORMAT"],
    [["--dfile", "d", "--wait", ""], "OPTION_FORMAT"],
    [["--port", "1"], "OPTION_MISSING"],
    [["--dfile", "d"], "ARGUMENTS_FEW"],
    [["--dfile", "d", "a", "b", "c"], "ARGUMENTS_MANY"],
  ])("refuses %j", (words, code) => {
    expect(() => parseClassic(words, TABLE, { least: 1, most: 2 })).toThrow(expect.objectContaining({ code }));
  });

  it("says which options change nothing, once each", () => {
    const parsed = parseClassic(["--dfile", "d", "--slice", "1", "--slice", "2"], TABLE, ANY);
    expect(retiredOptions(parsed, TABLE)).toEqual(["slice"]);
  });

  it("takes what means nothing any more, and does not let a promise pass", () => {
    const relics = { upnp: "mapping", crypto_only: "encryption" } as const;
    const parse = (...words: string[]): ReturnType<typeof parseClassic> => parseClassic(["--dfile", "d", ...words], TABLE, ANY, relics);
    const parsed = parse("--upnp", "1", "a", "--crypto_only", "0");
    expect([...parsed.relics]).toEqual(["upnp", "crypto_only"]);
    expect([...parsed.given, ...parsed.positional]).toEqual(["dfile", "a"]);
    expect(() => parse("--crypto_only", "1")).toThrow(expect.objectContaining({ code: "ENCRYPTION_MISSING" }));
    expect(() => parse("--upnp")).toThrow(expect.objectContaining({ code: "OPTION_VALUE_MISSING" }));
  });

  it("takes the words of trackers that speak to trackers alike", () => {
    const words = ["--dfile", "d", "--multitracker", "1", "--multitracker_enabled", "1", "--aggregator", "1"];
    expect([...parseClassic(words, TABLE, ANY, TRACKER_RELICS).relics]).toEqual(["multitracker", "multitracker_enabled", "aggregator"]);
  });

  it("gives values or a usage error, whatever is typed", () => {
    const word = fc.oneof(fc.string(), fc.constantFrom("--dfile", "--port", "-i", "--wait", "--__proto__", "--constructor"));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        try {
          const { values } = parseClassic(words, TABLE, ANY);
          expect(Number.isFinite(values.port) && Number.isFinite(values.wait)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });
});

describe("The list of options", () => {
  it("names each, says what it is for, and what it is otherwise", () => {
    expect(optionListing({ dfile: TABLE.dfile, ip: TABLE.ip, wait: TABLE.wait }, HELP, 80, ENGLISH_CLASSIC)).toBe(
      [
        "--dfile <arg>",
        "          where the state is kept",
        "",
        "--ip <arg>",
        "          address to report (defaults to '')",
        "",
        "--wait <arg>",
        "          seconds to wait (defaults to 5.0)",
        "",
        "",
      ].join("\n"),
    );
  });

  it("is as wide as the terminal, however narrow that is", () => {
    const widths = [14, 25, 40, 80].map(
      (columns) =>
        Math.max(
          ...optionListing({ slice: TABLE.slice }, HELP, columns, ENGLISH_CLASSIC)
            .split("\n")
            .map((line) => line.length),
        ) <
        columns + 1,
    );
    expect(widths).toEqual([true, true, true, true]);
  });
});

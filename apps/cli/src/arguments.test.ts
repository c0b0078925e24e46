/** @module */
import { UsageError } from "@bittern/protocol/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  parseAmount,
  parseInteger,
  parsePeer,
  parsePort,
  parsePorts,
  parseRate,
  parseSize,
  parseSwitch,
  parseTier,
  parseTrackerUrl,
  parseWebSeed,
} from "./arguments.ts";

const refused = (parse: (text: string) => unknown, texts: readonly string[]): void => {
  for (const text of texts) expect(() => parse(text), text).toThrow(UsageError);
};

describe("A size", () => {
  it("is a number with an optional unit", () => {
    expect(["0", "16384", "1kB", "1MB", "1KiB", "1MiB", "2GiB", "256 KiB", "1mib"].map(parseSize)).toEqual([
      0, 16_384, 1000, 1_000_000, 1024, 1_048_576, 2_147_483_648, 262_144, 1_048_576,
    ]);
  });
  it("takes a letter alone as curl and dd do, and a fraction of a unit", () =>
    expect(["500K", "100k", "1M", "2G", "1.5M", "0.5 kB"].map(parseSize)).toEqual([
      512_000, 102_400, 1_048_576, 2_147_483_648, 1_572_864, 500,
    ]));
  it("is refused otherwise", () =>
    refused(parseSize, [
      "",
      "MiB",
      "1.5",
      "1.5B",
      "1.MiB",
      ".5M",
      "-1",
      "1XB",
      "1T",
      "0x10",
      "1 MiB x",
      "99999999999999999",
      "9007199254740992GiB",
    ]));
  it("may be a rate", () => expect(["2MiB", "2MiB/s"].map(parseRate)).toEqual([2_097_152, 2_097_152]));
});

describe("A port", () => {
  it("is one, a range, or 0", () => {
    expect(["6881", "6881-6999", "0"].map(parsePorts)).toEqual([
      [6881, 6881],
      [6881, 6999],
      [0, 0],
    ]);
    expect(parsePort("6969")).toBe(6969);
  });
  it("is refused otherwise", () => {
    refused(parsePorts, ["", "a", "65536", "7000-6000", "0-5", "-1", "1-", "1-2-3"]);
    refused(parsePort, ["1-2"]);
  });
});

describe("A peer", () => {
  it("is an address or a name with a port", () => {
    const peers = ["10.0.0.1:6881", "[::1]:6881", "seed.example:1", "localhost:65535"];
    expect(peers.map(parsePeer)).toEqual(peers);
  });
  it("is refused otherwise", () => refused(parsePeer, ["", "10.0.0.1", ":6881", "::1:6881", "a:0", "a:65536", "a b:1", "http://a:1"]));
});

describe("A tracker", () => {
  it("is a URL, a tier several", () => {
    expect(parseTrackerUrl("udp://t.example:6969")).toBe("udp://t.example:6969");
    expect(parseTier("http://a/announce,udp://b:1/announce")).toEqual(["http://a/announce", "udp://b:1/announce"]);
    expect(parseTier("http://a/announce?x=1,2")).toEqual(["http://a/announce?x=1,2"]);
    expect(parseTier("")).toEqual([]);
  });
  it("is refused otherwise", () => {
    refused(parseTrackerUrl, ["", "tracker.example", "ftp://a/", "file:///etc/passwd"]);
    refused(parseWebSeed, ["udp://a:1"]);
  });
});

describe("Numbers and switches", () => {
  it("are read", () => {
    expect(["1", "0.5", "0"].map(parseAmount)).toEqual([1, 0.5, 0]);
    expect(["true", "no", "ON", "0"].map(parseSwitch)).toEqual([true, false, true, false]);
    expect(parseInteger(1, 64)("8")).toBe(8);
  });
  it("are refused when they are something else", () => {
    refused(parseAmount, ["", "-1", "1e3", "NaN", "Infinity"]);
    refused(parseSwitch, ["", "maybe"]);
    refused(parseInteger(1, 64), ["0", "65", "1.5", ""]);
  });
  it("never let anything through but values and usage errors", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const parse of [parseSize, parsePorts, parsePeer, parseTier, parseAmount, parseSwitch]) {
          try {
            parse(text);
          } catch (error) {
            expect(error).toBeInstanceOf(UsageError);
          }
        }
      }),
    );
  });
});

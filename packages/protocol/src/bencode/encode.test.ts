import { describe, expect, it } from "vitest";
import { AssertionError, latin1, utf8 } from "../base/index.ts";
import { decode, type Encodable, encode, Raw } from "./index.ts";

const written = (value: Encodable) => latin1(encode(value));

describe("encode", () => {
  it.each<[Encodable, string]>([
    [0, "i0e"],
    [-0, "i0e"],
    [-42, "i-42e"],
    [Number.MAX_SAFE_INTEGER, "i9007199254740991e"],
    [2n ** 64n, "i18446744073709551616e"],
    ["", "0:"],
    ["spam", "4:spam"],
    ["ä", "2:\u00c3\u00a4"],
    [Uint8Array.of(0, 255), "2:\u0000\u00ff"],
    [[1, ["a"], []], "li1el1:aelee"],
    [{ spam: "eggs", cow: "moo" }, "d3:cow3:moo4:spam4:eggse"],
    [{ b: 1, absent: undefined, a: 2 }, "d1:ai2e1:bi1ee"],
    [
      new Map<string, Encodable | undefined>([
        ["b", 1],
        ["absent", undefined],
        ["a", 2],
      ]),
      "d1:ai2e1:bi1ee",
    ],
    [{ info: new Raw(utf8("d1:bi007e1:ai1ee")), x: 1 }, "d4:infod1:bi007e1:ai1ee1:xi1ee"],
  ])("writes value %# as it should", (value, document) => {
    expect(written(value)).toBe(document);
  });

  it("sorts keys by their raw bytes, shorter first, upper case before lower", () => {
    expect(written({ b: 1, aa: 2, B: 3, a: 4, "\u00ff": 5, "": 6 })).toBe("d0:i6e1:Bi3e1:ai4e2:aai2e1:bi1e1:\u00ffi5ee");
  });

  it("puts a decoded dictionary back as it stood", () => {
    const odd = "d1:bi007e1:a02:xye";
    expect(written([decode(utf8(odd)) as Encodable])).toBe(`l${odd}e`);
  });

  it("takes only integers that are exact, and only keys of one character a byte", () => {
    expect(() => encode(1.5)).toThrow(AssertionError);
    expect(() => encode(2 ** 53)).toThrow(AssertionError);
    expect(() => encode(Number.NaN)).toThrow(AssertionError);
    expect(() => encode({ "\u0100": 1 })).toThrow(AssertionError);
  });

  it("writes more than its first buffer holds", () => {
    const long = "x".repeat(100_000);
    expect(written([long, long]).length).toBe(2 * 100_007 + 2);
  });
});

// @ts-expect-error: the package brings no types
import bencode from "bencode";
import { describe, expect, it } from "vitest";
import { compareBytes, fromLatin1, fromUtf8, toHex, utf8 } from "../base/index.ts";
import { fuzz, fuzzCount } from "../fuzz/index.ts";
import {
  BencodeDictionary,
  type BencodeValue,
  decode,
  decodePrefix,
  encode,
  LIMITS_KRPC,
  LIMITS_MESSAGE,
  LIMITS_TORRENT,
  LIMITS_TRACKER,
} from "./index.ts";

const SEEDS = [
  "d8:announce21:http://a.example/:8013:announce-listll1:aee4:infod5:filesld6:lengthi1024e4:pathl3:dir5:a.txteed6:lengthi0e4:pathl1:beee4:name3:top12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaaee",
  "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe",
  "d8:completei2e10:incompletei1e8:intervali1800e5:peers12:abcdefghijkle",
  "d1:md11:ut_metadatai1e6:ut_pexi2ee13:metadata_sizei31235e1:pi6881e4:reqqi500e1:v12:Bittern 0.1e",
  "li-1ei0ei9007199254740991eld0:deeee",
].map(utf8);

/** Everything that was read, built: so that what is checked and what is built cannot disagree. */
function build(value: BencodeValue): unknown {
  if (value instanceof BencodeDictionary) {
    for (const key of value.keys()) expect(value.span(key)).toBeDefined();
    return new Map([...value].map(([key, item]) => [key, build(item)]));
  }
  return Array.isArray(value) ? value.map(build) : value;
}

/** How the other library shows values: an object, its keys as text, or as hex where they are no text. */
function asReference(value: BencodeValue): unknown {
  if (value instanceof BencodeDictionary)
    return Object.fromEntries([...value].map(([key, item]) => [asReferenceKey(fromLatin1(key)), asReference(item)]));
  return Array.isArray(value) ? value.map(asReference) : value;
}
function asReferenceKey(key: Uint8Array): string {
  const text = fromUtf8(key);
  return compareBytes(utf8(text), key) === 0 ? text : toHex(key);
}

const reference = bencode as { encode(value: unknown): Uint8Array; decode(bytes: Uint8Array): unknown };

describe("decode", () => {
  it("gives a value or a protocol error for any bytes", () => {
    const limits = [LIMITS_TORRENT, LIMITS_TRACKER, LIMITS_MESSAGE, LIMITS_KRPC, { ...LIMITS_KRPC, bigIntegers: true }];
    let round = 0;
    const target = (bytes: Uint8Array) => void build(decodePrefix(bytes, limits[round++ % limits.length]!).value);
    const { accepted, refused } = fuzz({ seeds: SEEDS, target, count: fuzzCount(process.env), seed: 1 });
    expect(Math.min(accepted, refused)).toBeGreaterThan(1000);
  });

  it("encodes what it read canonically to the same bytes", () => {
    const target = (bytes: Uint8Array) => {
      const value = decode(bytes, { ...LIMITS_TORRENT, canonical: true });
      expect(compareBytes(encode(build(value) as Parameters<typeof encode>[0]), bytes)).toBe(0);
    };
    const { accepted } = fuzz({ seeds: SEEDS, target, count: fuzzCount(process.env), seed: 2 });
    expect(accepted).toBeGreaterThan(1000);
  });

  it("means the same as another author's decoder by whatever it reads canonically", () => {
    const target = (bytes: Uint8Array) => {
      const value = decode(bytes, { ...LIMITS_TORRENT, canonical: true });
      // The other decoder loses these in keys: an object cannot hold the one, and its text decoder eats the other.
      if (/__proto__|\ufeff/.test(fromUtf8(bytes))) return;
      expect(reference.decode(bytes)).toEqual(asReference(value));
    };
    const { accepted } = fuzz({ seeds: SEEDS, target, count: fuzzCount(process.env), seed: 3 });
    expect(accepted).toBeGreaterThan(1000);
  });
});

describe("encode", () => {
  it("writes the same bytes as another author's encoder", () => {
    const values = [
      0,
      -7,
      9007199254740991,
      "spam",
      "ä€",
      Uint8Array.of(0, 255, 58),
      [1, ["a", []]],
      { b: 1, a: { zz: "x", z: "y" }, "piece length": 16384 },
    ];
    for (const value of [...values, values]) expect(encode(value)).toEqual(new Uint8Array(reference.encode(value)));
  });
});

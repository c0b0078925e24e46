import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, fromLatin1, latin1, ProtocolError, utf8 } from "../base/index.ts";
import {
  BencodeDictionary,
  type BencodeLimits,
  type BencodeValue,
  decode,
  decodePrefix,
  encode,
  LIMITS_MESSAGE,
  LIMITS_TORRENT,
} from "./index.ts";

type Meaning = number | string | Meaning[] | { [key: string]: Meaning };
const vectors = <Shape>(name: string): Shape =>
  JSON.parse(readFileSync(new URL(`../../../../vectors/bencode/${name}`, import.meta.url), "utf8")) as Shape;
const VALID = vectors<{ document: string; value: Meaning; canonical?: boolean }[]>("valid.json");
const INVALID = vectors<{ document: string; code: string }[]>("invalid.json");

const CANONICAL: BencodeLimits = { ...LIMITS_TORRENT, canonical: true };

/** What was read, in the notation of the vectors: Maps for dictionaries, bytes for strings. */
function plain(value: BencodeValue): unknown {
  if (value instanceof BencodeDictionary) return new Map([...value].map(([key, item]) => [key, plain(item)]));
  return Array.isArray(value) ? value.map(plain) : value;
}
function meant(value: Meaning): unknown {
  if (typeof value === "number") return value;
  if (typeof value === "string") return value.startsWith("x:") ? fromHex(value.slice(2)) : utf8(value);
  if (Array.isArray(value)) return value.map(meant);
  return new Map(Object.entries(value).map(([key, item]) => [latin1(utf8(key)), meant(item)]));
}
function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (fault) {
    if (fault instanceof ProtocolError) return fault.code;
    throw fault;
  }
  return "none";
}
const read = (document: string, limits?: BencodeLimits) => decode(fromLatin1(document), limits);

describe("decode", () => {
  it.each(VALID)("reads $document", ({ document, value }) => {
    expect(plain(read(document))).toEqual(meant(value));
  });

  it.each(INVALID)("refuses $document as $code", ({ document, code }) => {
    expect(codeOf(() => read(document))).toBe(code);
  });

  it.each(VALID.filter(({ canonical }) => canonical === false))("refuses $document when canonical", ({ document }) => {
    expect(["BENCODE_NOT_CANONICAL", "BENCODE_KEY_ORDER"]).toContain(codeOf(() => read(document, CANONICAL)));
  });

  it.each(VALID.filter(({ canonical }) => canonical !== false))("reads $document when canonical", ({ document, value }) => {
    expect(plain(read(document, CANONICAL))).toEqual(meant(value));
  });

  it("gives big integers where they are allowed, up to 64 bits", () => {
    const limits = { ...LIMITS_MESSAGE, bigIntegers: true };
    expect(read("i9007199254740991e", limits)).toBe(9007199254740991);
    expect(read("i9007199254740992e", limits)).toBe(9007199254740992n);
    expect(read("i-9223372036854775808e", limits)).toBe(-(2n ** 63n));
    expect(read("i18446744073709551615e", limits)).toBe(2n ** 64n - 1n);
    expect(codeOf(() => read("i18446744073709551616e", limits))).toBe("BENCODE_INTEGER_RANGE");
    expect(codeOf(() => read("i-9223372036854775809e", limits))).toBe("BENCODE_INTEGER_RANGE");
  });

  it("reads zero for minus zero, never -0", () => {
    expect(Object.is(read("i-0e"), 0)).toBe(true);
  });

  it("goes as deep as the limit and no deeper", () => {
    const limits = { ...LIMITS_TORRENT, depth: 10 };
    expect(plain(read("l".repeat(10) + "e".repeat(10), limits))).toBeDefined();
    expect(codeOf(() => read("l".repeat(11) + "e".repeat(11), limits))).toBe("BENCODE_DEPTH");
    expect(codeOf(() => read("d1:a".repeat(11), limits))).toBe("BENCODE_DEPTH");
  });

  it("refuses a million open lists without exhausting the stack", () => {
    expect(codeOf(() => read("l".repeat(1_000_000)))).toBe("BENCODE_DEPTH");
  });

  it("counts keys and values against the token limit", () => {
    const limits = { ...LIMITS_TORRENT, tokens: 5 };
    expect(plain(read("d1:ai1e1:bi2ee", limits))).toBeDefined();
    expect(codeOf(() => read("d1:ai1e1:bi2e1:ci3ee", limits))).toBe("BENCODE_TOKENS");
  });

  it("measures strings against the length limit before it looks for their end", () => {
    const limits = { ...LIMITS_TORRENT, stringLength: 4 };
    expect(read("4:spam", limits)).toEqual(utf8("spam"));
    expect(codeOf(() => read("5:spams", limits))).toBe("BENCODE_STRING_LENGTH");
  });

  it("finds a duplicate among many keys out of order", () => {
    const keys = Array.from({ length: 1000 }, (_, index) => String(9999 - index));
    const entries = keys.map((key) => `4:${key}i1e`).join("");
    expect((read(`d${entries}e`) as BencodeDictionary).size).toBe(1000);
    expect(codeOf(() => read(`d${entries}4:9500i1ee`))).toBe("BENCODE_KEY_DUPLICATE");
  });

  it("refuses a dictionary too large to be sorted by nobody", () => {
    const keys = Array.from({ length: 65_537 }, (_, index) => String(999_999 - index));
    expect(codeOf(() => read(`d${keys.map((key) => `6:${key}0:`).join("")}e`))).toBe("BENCODE_KEY_ORDER");
  });

  it("leaves trailing bytes alone where they are allowed", () => {
    expect(read("i1exyz", { ...LIMITS_MESSAGE, allowTrailing: true })).toBe(1);
  });

  it("gives strings as views of what it was given, not as copies", () => {
    const bytes = utf8("4:spam");
    const value = decode(bytes) as Uint8Array;
    expect(value.buffer).toBe(bytes.buffer);
    expect(value.byteOffset).toBe(2);
  });

  it("reads every document that the encoder writes, whatever lies before and behind it in memory", () => {
    const bytesOf = fc.uint8Array({ maxLength: 12 });
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5, depthSize: "small" },
        fc.maxSafeInteger(),
        bytesOf,
        fc.array(tie("value"), { maxLength: 4 }),
        fc.array(fc.tuple(bytesOf.map(latin1), tie("value")), { maxLength: 4 }).map((entries) => new Map(entries)),
      ),
    }));
    fc.assert(
      fc.property(value, fc.nat(7), (sent, offset) => {
        const encoded = encode(sent as Parameters<typeof encode>[0]);
        const shifted = new Uint8Array(offset + encoded.length).subarray(offset);
        shifted.set(encoded);
        const received = decode(shifted, CANONICAL);
        expect(plain(received)).toEqual(sent);
        expect(encode(received)).toEqual(encoded);
      }),
    );
  });
});

describe("decodePrefix", () => {
  it("says how far the document reached", () => {
    const message = utf8("d8:msg_typei1e5:piecei0ee<metadata>");
    const { value, byteLength } = decodePrefix(message, LIMITS_MESSAGE);
    expect((value as BencodeDictionary).integer("msg_type")).toBe(1);
    expect(new TextDecoder().decode(message.subarray(byteLength))).toBe("<metadata>");
  });
});

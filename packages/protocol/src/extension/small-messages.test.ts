import { describe, expect, it } from "vitest";
import { fromHex, ProtocolError, toHex } from "../base/index.ts";
import {
  decodeDontHave,
  decodeHolepunch,
  decodeTurn,
  decodeUploadOnly,
  decodeWish,
  encodeDontHave,
  encodeHolepunch,
  encodeTurn,
  encodeUploadOnly,
  encodeWish,
  type HolepunchMessage,
} from "./index.ts";

describe("dont-have", () => {
  it("is the piece in four bytes", () => {
    expect(toHex(encodeDontHave(0xfedcba98))).toBe("fedcba98");
    expect(decodeDontHave(fromHex("fedcba98")!)).toBe(0xfedcba98);
  });

  it.each(["", "000000", "0000000000"])("is not %j", (hex) => {
    expect(() => decodeDontHave(fromHex(hex)!)).toThrow(ProtocolError);
  });
});

describe("a wish", () => {
  it("is the piece in four bytes", () => {
    expect(toHex(encodeWish(0xfedcba98))).toBe("fedcba98");
    expect(decodeWish(fromHex("fedcba98")!)).toBe(0xfedcba98);
  });

  it.each(["", "000000", "0000000000"])("is not %j", (hex) => {
    expect(() => decodeWish(fromHex(hex)!)).toThrow(ProtocolError);
  });
});

describe("a word about turns", () => {
  it.each([
    ["wait", "00"],
    ["offer", "01"],
    ["free", "02"],
    ["pass", "03"],
  ] as const)("%s is one byte", (word, hex) => {
    expect(toHex(encodeTurn(word))).toBe(hex);
    expect(decodeTurn(fromHex(hex)!)).toBe(word);
  });

  it.each(["", "04", "ff", "0000"])("is not %j", (hex) => {
    expect(() => decodeTurn(fromHex(hex)!)).toThrow(ProtocolError);
  });
});

describe("upload-only", () => {
  it("is one byte", () => {
    expect(toHex(encodeUploadOnly(true))).toBe("01");
    expect(decodeUploadOnly(encodeUploadOnly(true))).toBe(true);
    expect(decodeUploadOnly(encodeUploadOnly(false))).toBe(false);
    expect(() => decodeUploadOnly(new Uint8Array(0))).toThrow(ProtocolError);
  });
});

describe("a holepunch message", () => {
  const known: readonly (readonly [HolepunchMessage, string])[] = [
    [{ type: "rendezvous", endpoint: { address: "1.2.3.4", port: 6881 } }, "0000010203041ae100000000"],
    [{ type: "connect", endpoint: { address: "2001:db8::1", port: 80 } }, "010120010db8000000000000000000000001005000000000"],
    [{ type: "error", endpoint: { address: "1.2.3.4", port: 6881 }, error: "no-such-peer" }, "0200010203041ae100000001"],
    [{ type: "error", endpoint: { address: "1.2.3.4", port: 6881 }, error: "no-self" }, "0200010203041ae100000004"],
    [{ type: "error", endpoint: { address: "1.2.3.4", port: 6881 }, error: "unknown" }, "0200010203041ae100000005"],
  ];

  it.each(known)("%o is laid out as BEP 55 says", (message, hex) => {
    expect(toHex(encodeHolepunch(message))).toBe(hex);
    expect(decodeHolepunch(fromHex(hex)!)).toEqual(message);
  });

  it("of a type yet to be invented is ignored", () => {
    expect(decodeHolepunch(fromHex("0300010203041ae100000000")!)).toBeUndefined();
  });

  it.each([
    ["an empty payload", ""],
    ["a third family", "0002010203041ae100000000"],
    ["a torn address", "0001010203041ae100000000"],
    ["a byte too many", "0000010203041ae10000000000"],
    ["port 0", "000001020304000000000000"],
  ])("is not %s", (_, hex) => {
    expect(() => decodeHolepunch(fromHex(hex)!)).toThrow(ProtocolError);
  });
});

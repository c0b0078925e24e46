import { parseAddress } from "@bittern/protocol/address";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressBytes } from "./address-bytes.ts";

function read(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(16);
  const length = addressBytes(text, bytes);
  return length === 0 ? undefined : bytes.slice(0, length);
}

describe("addressBytes", () => {
  it("reads what the protocol room reads, for every address", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        expect(read(text)?.join()).toBe(unmapped(text)?.join());
      }),
    );
  });

  it("takes a mapped address for the IPv4 address it is, and nothing else for an address", () => {
    expect(read("::ffff:192.0.2.1")).toEqual(Uint8Array.of(192, 0, 2, 1));
    for (const text of ["", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1..2.3", "a.b.c.d", "::g", "example.org"])
      expect(read(text), text).toBeUndefined();
  });
});

function unmapped(text: string): Uint8Array | undefined {
  const bytes = parseAddress(text);
  const isMapped = bytes?.length === 16 && bytes.subarray(0, 12).join() === "0,0,0,0,0,0,0,0,0,0,255,255";
  return isMapped ? bytes.subarray(12) : bytes;
}

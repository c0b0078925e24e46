import { parseAddress } from "@bittern/protocol/address";
import { UsageError } from "@bittern/protocol/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AddressRanges } from "./address-ranges.ts";

function has(ranges: AddressRanges, text: string): boolean {
  const bytes = parseAddress(text) as Uint8Array;
  return ranges.has(bytes, bytes.length);
}

/** Leading bits of an address as text. */
function bits(text: string): string {
  return [...(parseAddress(text) as Uint8Array)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
}

describe("AddressRanges", () => {
  it("hold addresses and networks of both families", () => {
    const ranges = new AddressRanges(["192.0.2.1", "10.0.0.0/8", "10.1.0.0/16", "2001:db8::/32", "::1"]);
    const inside = ["192.0.2.1", "10.0.0.0", "10.255.255.255", "10.1.2.3", "2001:db8:ffff::1", "::1"];
    expect(inside.filter((text) => !has(ranges, text))).toEqual([]);
    expect(["192.0.2.0", "192.0.2.2", "11.0.0.0", "9.255.255.255", "2001:db9::", "::2"].filter((text) => has(ranges, text))).toEqual([]);
    expect(has(new AddressRanges(["0.0.0.0/0"]), "1.2.3.4")).toBe(true);
    expect(has(new AddressRanges([]), "1.2.3.4")).toBe(false);
  });

  it("agree with a look at the leading bits", () => {
    const network = fc.tuple(fc.ipV4(), fc.nat(32));
    fc.assert(
      fc.property(fc.array(network, { maxLength: 20 }), fc.ipV4(), (networks, address) => {
        const ranges = new AddressRanges(networks.map(([text, length]) => `${text}/${length}`));
        expect(has(ranges, address)).toBe(
          networks.some(([text, length]) => bits(text).slice(0, length) === bits(address).slice(0, length)),
        );
      }),
    );
  });

  it.each(["", "x", "1.2.3", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/-1", "1.2.3.4/8/8", "::/129", "1.2.3.4/1e1"])("refuse %j", (text) => {
    expect(() => new AddressRanges([text])).toThrow(UsageError);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../base/index.ts";
import { decodeCompact4, decodeCompact6, type Endpoint, encodeCompact4, encodeCompact6, formatAddress } from "./index.ts";

const port = fc.integer({ min: 1, max: 65_535 });
const endpoints4 = fc.array(fc.record({ address: fc.uint8Array({ minLength: 4, maxLength: 4 }).map(formatAddress), port }));
const endpoints6 = fc.array(
  fc.record({
    address: fc
      .uint8Array({ minLength: 16, maxLength: 16 })
      .map(formatAddress)
      .filter((address) => address.includes(":")),
    port,
  }),
);

describe("a packed list of peers", () => {
  it("holds six bytes an IPv4 peer", () => {
    expect(decodeCompact4(fromHex("0a0000011ae17f0000010050") as Uint8Array)).toEqual([
      { address: "10.0.0.1", port: 6881 },
      { address: "127.0.0.1", port: 80 },
    ]);
  });

  it("holds eighteen bytes an IPv6 peer", () => {
    const packed = fromHex("20010db80000000000000000000000011ae1") as Uint8Array;
    expect(decodeCompact6(packed)).toEqual([{ address: "2001:db8::1", port: 6881 }]);
    expect(encodeCompact6([{ address: "2001:db8::1", port: 6881 }])).toEqual(packed);
  });

  it("survives the way to bytes and back", () => {
    fc.assert(
      fc.property(endpoints4, (endpoints) => {
        expect(decodeCompact4(encodeCompact4(endpoints))).toEqual(endpoints);
      }),
    );
    fc.assert(
      fc.property(endpoints6, (endpoints) => {
        expect(decodeCompact6(encodeCompact6(endpoints))).toEqual(endpoints);
      }),
    );
  });

  it("leaves out port 0 and the bytes of a torn entry", () => {
    expect(decodeCompact4(fromHex("0a0000010000" + "0a0000020001" + "0a00") as Uint8Array)).toEqual([{ address: "10.0.0.2", port: 1 }]);
  });

  it("takes only its own family from a mixed list", () => {
    const mixed: Endpoint[] = [
      { address: "10.0.0.1", port: 1 },
      { address: "::2", port: 2 },
    ];
    expect(decodeCompact4(encodeCompact4(mixed))).toEqual([mixed[0]]);
    expect(decodeCompact6(encodeCompact6(mixed))).toEqual([mixed[1]]);
  });
});

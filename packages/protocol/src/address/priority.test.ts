import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { utf8 } from "../base/index.ts";
import { crc32c, formatAddress, peerPriority } from "./index.ts";

const endpoint = fc.record({
  address: fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 })).map(formatAddress),
  port: fc.integer({ min: 1, max: 65_535 }),
});

describe("crc32c", () => {
  it("gives the check value of its definition", () => {
    expect(crc32c(utf8("123456789"))).toBe(0xe3069283);
  });
});

describe("the priority of a peer", () => {
  const ours = { address: "123.213.32.10", port: 6881 };

  it("is the first example of BEP 40 for two distant networks", () => {
    expect(peerPriority(ours, { address: "98.76.54.32", port: 1 })).toBe(0xec2d7224);
  });

  it("is the second example of BEP 40 within a /24", () => {
    expect(peerPriority(ours, { address: "123.213.32.234", port: 1 })).toBe(0x99568189);
  });

  it("keeps three bytes within a /16", () => {
    const expected = crc32c(Uint8Array.of(123, 213, 32, 10 & 0x55, 123, 213, 33, 234 & 0x55));
    expect(peerPriority(ours, { address: "123.213.33.234", port: 1 })).toBe(expected);
  });

  it("widens the mask of IPv6 by a byte from /48 on", () => {
    const left = { address: "2001:db8:1:ff00::ff", port: 1 };
    const right = { address: "2001:db8:1:aaff::1", port: 1 };
    const tail = (last: number) => [0, 0, 0, 0, 0, 0, 0, last & 0x55];
    const network = [0x20, 0x01, 0x0d, 0xb8, 0, 1];
    const sorted = [...network, 0xaa, 0xff & 0x55, ...tail(1), ...network, 0xff, 0, ...tail(0xff)];
    expect(peerPriority(left, right)).toBe(crc32c(Uint8Array.from(sorted)));
  });

  it("goes by the ports when the address is the same", () => {
    expect(peerPriority({ ...ours, port: 0x1234 }, { ...ours, port: 0x0102 })).toBe(crc32c(Uint8Array.of(1, 2, 0x12, 0x34)));
  });

  it("is the same seen from both ends", () => {
    fc.assert(
      fc.property(endpoint, endpoint, (one, other) => {
        expect(peerPriority(one, other)).toBe(peerPriority(other, one));
      }),
    );
  });
});

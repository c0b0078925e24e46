import { describe, expect, it } from "vitest";
import { allowedFastSet } from "./index.ts";

const infoHash = new Uint8Array(20).fill(0xaa);

describe("the allowed fast set", () => {
  it("is that of the example of BEP 6", () => {
    expect(allowedFastSet(infoHash, "80.4.4.200", 1313, 7)).toEqual([1059, 431, 808, 1217, 287, 376, 1188]);
    expect(allowedFastSet(infoHash, "80.4.4.200", 1313, 9)).toEqual([1059, 431, 808, 1217, 287, 376, 1188, 353, 508]);
  });

  it("is the same for a whole /24, and for a whole /64 of IPv6", () => {
    expect(allowedFastSet(infoHash, "80.4.4.1", 1313, 9)).toEqual(allowedFastSet(infoHash, "80.4.4.200", 1313, 9));
    expect(allowedFastSet(infoHash, "80.4.5.1", 1313, 9)).not.toEqual(allowedFastSet(infoHash, "80.4.4.1", 1313, 9));
    expect(allowedFastSet(infoHash, "2001:db8::1", 1313, 9)).toEqual(allowedFastSet(infoHash, "2001:db8::ffff:1", 1313, 9));
  });

  it("is every piece of a torrent that has no more", () => {
    expect(allowedFastSet(infoHash, "1.2.3.4", 3, 10)).toEqual([0, 1, 2]);
    expect(allowedFastSet(infoHash, "1.2.3.4", 0, 10)).toEqual([]);
  });

  it("ends soon where nearly every piece is asked for", () => {
    expect(new Set(allowedFastSet(infoHash, "1.2.3.4", 100, 99)).size).toBe(99);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAddress } from "../address/index.ts";
import { fromHex } from "../base/index.ts";
import { seededRandom } from "../fuzz/index.ts";
import { compareDistance, idNear, isNodeIdOf, nodeIdFor, sharedPrefixLength } from "./node-id.ts";

/** Of BEP 42. */
const VECTORS = [
  ["124.31.75.21", "5fbfbff10c5d6a4ec8a88e4c6ab4c28b95eee401"],
  ["21.75.31.124", "5a3ce9c14e7a08645677bbd1cfe7d8f956d53256"],
  ["65.23.51.170", "a5d43220bc8f112a3d426c84764f8c2a1150e616"],
  ["84.124.73.14", "1b0321dd1bb1fe518101ceef99462b947a01ff41"],
  ["43.213.53.83", "e56f6cbf5b7c4be0237986d5243b87aa6d51305a"],
] as const;

const id = fc.uint8Array({ minLength: 20, maxLength: 20 });

describe("a node id", () => {
  it.each(VECTORS)("follows from %s as BEP 42 computes it", (address, hex) => {
    const bytes = fromHex(hex) as Uint8Array;
    expect(isNodeIdOf(bytes, address)).toBe(true);
    for (const at of [0, 1]) {
      const other = Uint8Array.from(bytes);
      other[at] = (other[at] as number) ^ 1;
      expect(isNodeIdOf(other, address)).toBe(false);
    }
    // The last three bits of the third byte are free, the other five are not.
    const free = Uint8Array.from(bytes);
    free[2] = (free[2] as number) ^ 7;
    expect(isNodeIdOf(free, address)).toBe(true);
    free[2] = (free[2] as number) ^ 8;
    expect(isNodeIdOf(free, address)).toBe(false);
  });

  it("made for an address is one of that address, in both families", () => {
    const address = fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 }));
    fc.assert(
      fc.property(address, fc.nat(), (bytes, seed) => {
        const text = formatAddress(bytes);
        return isNodeIdOf(nodeIdFor(text, seededRandom(seed)), text);
      }),
    );
  });

  it("may be any in a private network", () => {
    expect(isNodeIdOf(new Uint8Array(20), "192.168.1.2")).toBe(true);
    expect(isNodeIdOf(new Uint8Array(20), "::1")).toBe(true);
    expect(isNodeIdOf(new Uint8Array(20), "8.8.8.8")).toBe(false);
  });

  it("is as far from another as the other from it, by XOR read as a number", () => {
    const distance = (left: Uint8Array, right: Uint8Array): bigint =>
      left.reduce((sum, byte, at) => (sum << 8n) | BigInt(byte ^ (right[at] as number)), 0n);
    fc.assert(
      fc.property(id, id, id, (target, left, right) => {
        const difference = distance(left, target) - distance(right, target);
        return Math.sign(compareDistance(target, left, right)) === (difference < 0n ? -1 : difference > 0n ? 1 : 0);
      }),
    );
  });

  it("near another shares as many bits as were asked for, and no more when that was asked for, too", () => {
    fc.assert(
      fc.property(id, fc.integer({ min: 0, max: 159 }), fc.nat(), (own, prefixLength, seed) => {
        expect(sharedPrefixLength(own, idNear(own, prefixLength, true, seededRandom(seed)))).toBe(prefixLength);
        expect(sharedPrefixLength(own, idNear(own, prefixLength, false, seededRandom(seed)))).toBeGreaterThanOrEqual(prefixLength);
      }),
    );
    expect(sharedPrefixLength(new Uint8Array(20), new Uint8Array(20))).toBe(160);
  });
});

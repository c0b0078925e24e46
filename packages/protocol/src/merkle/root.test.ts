import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BLOCK_LENGTH, KIB, ProtocolError, toHex } from "../base/index.ts";
import { HASH_LENGTH, isPowerOfTwo, leafCountOf, merkleRoot, pieceLayerRoot, powerOfTwoFrom, zeroHash } from "./index.ts";

const sha256 = (...parts: Uint8Array[]) => new Uint8Array(createHash("sha256").update(Buffer.concat(parts)).digest());

/** The tree as BEP 52 tells it, without a thought for speed. */
function slowRoot(leaves: Uint8Array[], count: number): Uint8Array {
  let row = [...leaves, ...Array.from({ length: count - leaves.length }, () => new Uint8Array(HASH_LENGTH))];
  while (row.length > 1) row = row.flatMap((left, at) => (at % 2 === 0 ? [sha256(left, row[at + 1]!)] : []));
  return row[0]!;
}
const leavesOf = (count: number) => Array.from({ length: count }, (_, at) => sha256(Uint8Array.of(at, at >> 8)));

describe("zeroHash", () => {
  it("is 32 zeros at the leaves and the hash of its two halves above", () => {
    expect(zeroHash(0)).toEqual(new Uint8Array(HASH_LENGTH));
    expect(zeroHash(1)).toEqual(sha256(zeroHash(0), zeroHash(0)));
    expect(zeroHash(7)).toEqual(sha256(zeroHash(6), zeroHash(6)));
    expect(toHex(zeroHash(1))).toBe("f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b");
  });
});

describe("merkleRoot", () => {
  it("agrees with the slow tree for every number of leaves", () => {
    for (let count = 0; count <= 33; count++) {
      const leaves = leavesOf(count);
      for (const whole of [powerOfTwoFrom(count), 2 * powerOfTwoFrom(count)]) {
        expect(toHex(merkleRoot(new Uint8Array(Buffer.concat(leaves)), whole))).toBe(toHex(slowRoot(leaves, whole)));
      }
    }
  });

  it("leaves the hashes it was given alone", () => {
    const leaves = new Uint8Array(Buffer.concat(leavesOf(5)));
    const before = leaves.slice();
    merkleRoot(leaves, 8);
    expect(leaves).toEqual(before);
  });
});

describe("pieceLayerRoot", () => {
  it("gives the same root as the leaves do, whatever the piece length", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 0, max: 4 }), (leafCount, level) => {
        const leaves = leavesOf(leafCount);
        const leavesPerPiece = 2 ** level;
        if (leafCount <= leavesPerPiece) return;
        const pieces = [];
        for (let at = 0; at < leafCount; at += leavesPerPiece) pieces.push(slowRoot(leaves.slice(at, at + leavesPerPiece), leavesPerPiece));
        const root = pieceLayerRoot(new Uint8Array(Buffer.concat(pieces)), BLOCK_LENGTH * leavesPerPiece);
        expect(toHex(root)).toBe(toHex(slowRoot(leaves, leafCountOf(leafCount * BLOCK_LENGTH))));
      }),
    );
  });

  it("refuses a layer that is no row of hashes", () => {
    for (const length of [0, 1, 31, 33]) expect(() => pieceLayerRoot(new Uint8Array(length), 64 * KIB)).toThrow(ProtocolError);
  });
});

describe("leafCountOf", () => {
  it.each([
    [0, 0],
    [1, 1],
    [16384, 1],
    [16385, 2],
    [3 * 16384, 4],
    [2 ** 50, 2 ** 36],
    [2 ** 50 + 1, 2 ** 37],
  ])("of %i bytes is %i", (length, count) => {
    expect(leafCountOf(length)).toBe(count);
  });
});

describe("isPowerOfTwo", () => {
  it("knows them past 32 bits", () => {
    expect([1, 2, 4, 2 ** 31, 2 ** 32, 2 ** 40].every(isPowerOfTwo)).toBe(true);
    expect([0, -1, -2, 3, 6, 1.5, 2 ** 32 + 1, Number.NaN].some(isPowerOfTwo)).toBe(false);
  });
});

import { fillRandom } from "@bittern/protocol/base";
import { seededRandom } from "@bittern/protocol/fuzz";
import { describe, expect, it } from "vitest";
import { fingerprint } from "./fingerprint.ts";

describe("fingerprint", () => {
  const block = fillRandom(seededRandom(1), new Uint8Array(16_384));

  it("is the same for the same bytes, wherever they lie", () => {
    const shifted = new Uint8Array(16_385);
    shifted.set(block, 1);
    expect(fingerprint(shifted.subarray(1), 7)).toBe(fingerprint(block, 7));
  });

  it("is a whole number that a double holds exactly", () => {
    for (let seed = 0; seed < 1_000; seed++) expect(Number.isSafeInteger(fingerprint(block.subarray(0, seed), seed))).toBe(true);
  });

  it("is another one for any flipped bit, any other seed and any other length", () => {
    const seen = new Set([fingerprint(block, 7)]);
    const changed = block.slice();
    for (let bit = 0; bit < 4_096; bit++) {
      const at = bit * 4;
      changed[at]! ^= 1 << (bit & 7);
      seen.add(fingerprint(changed, 7));
      changed[at]! ^= 1 << (bit & 7);
    }
    for (let seed = 8; seed < 1_008; seed++) seen.add(fingerprint(block, seed));
    for (let length = 0; length < 100; length++) seen.add(fingerprint(block.subarray(0, length), 7));
    expect(seen.size).toBe(1 + 4_096 + 1_000 + 100);
  });

  it("is another one for a change in the odd bytes at the end", () => {
    for (const length of [1, 2, 3, 5, 6, 7]) {
      const odd = block.slice(0, length);
      const before = fingerprint(odd, 7);
      odd[length - 1]! ^= 1;
      expect(fingerprint(odd, 7)).not.toBe(before);
    }
  });

  it("tells zeros of different lengths apart", () => {
    const seen = new Set(Array.from({ length: 64 }, (_, length) => fingerprint(new Uint8Array(length), 1)));
    expect(seen.size).toBe(64);
  });

  it("spreads over all its bits", () => {
    const counts = Array.from({ length: 53 }, () => 0);
    for (let seed = 0; seed < 2_000; seed++) {
      let value = fingerprint(block.subarray(0, 64), seed);
      for (let bit = 0; bit < 53; bit++, value = Math.floor(value / 2)) counts[bit]! += value % 2;
    }
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});

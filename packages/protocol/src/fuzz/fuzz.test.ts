import { describe, expect, it } from "vitest";
import { ProtocolError, toHex, utf8 } from "../base/index.ts";
import { FuzzFailure, fuzz, fuzzCount, mutate, seededRandom } from "./index.ts";

const seed = utf8("d4:infod6:lengthi42e4:name4:spamee");

describe("seededRandom", () => {
  it("repeats itself for the same seed and differs for another", () => {
    const roll = (start: number) => {
      const random = seededRandom(start);
      return Array.from({ length: 8 }, () => random.u32());
    };
    expect(roll(1)).toEqual(roll(1));
    expect(roll(1)).not.toEqual(roll(2));
  });

  it("stays within 32 bits and visits every quarter of them alike", () => {
    const random = seededRandom(7);
    const quarters = [0, 0, 0, 0];
    for (let roll = 0; roll < 40_000; roll++) {
      const value = random.u32();
      expect(Number.isInteger(value) && value >= 0 && value < 2 ** 32).toBe(true);
      quarters[Math.floor(value / 2 ** 30)]!++;
    }
    for (const count of quarters) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });
});

describe("mutate", () => {
  it("leaves its seed alone and is repeatable", () => {
    const before = seed.slice();
    const mutants = (start: number) => {
      const random = seededRandom(start);
      return Array.from({ length: 500 }, () => toHex(mutate(seed, random)));
    };
    expect(mutants(3)).toEqual(mutants(3));
    expect(seed).toEqual(before);
  });

  it("lies about string lengths and about integers, and keeps the rest honest often enough to be believed", () => {
    const random = seededRandom(11);
    const texts = Array.from({ length: 5000 }, () => new TextDecoder().decode(mutate(seed, random)));
    expect(texts).toContain("d4:infod6:lengthi42e4:name5:spamee");
    expect(texts).toContain("d4:infod6:lengthi-42e4:name4:spamee");
    expect(texts).toContain("d4:infod6:lengthi9007199254740992e4:name4:spamee");
  });

  it("works on nothing at all", () => {
    const random = seededRandom(5);
    for (let round = 0; round < 1000; round++) mutate(new Uint8Array(0), random);
    expect(mutate(new Uint8Array(0), random).length).toBeLessThanOrEqual(256 * 1024);
  });
});

describe("fuzz", () => {
  it("lets protocol errors pass and counts both ends", () => {
    const target = (bytes: Uint8Array) => {
      if (bytes.length % 2 === 0) throw new ProtocolError("EVEN", "an even length");
    };
    const { accepted, refused } = fuzz({ seeds: [seed], target, count: 1000, seed: 1 });
    expect(accepted + refused).toBe(1001);
    expect(Math.min(accepted, refused)).toBeGreaterThan(100);
  });

  it("reports any other failure with the input as hex", () => {
    const target = (bytes: Uint8Array) => {
      if (bytes.length > seed.length) throw new RangeError("too far");
    };
    expect(() => fuzz({ seeds: [seed], target, count: 1000, seed: 1 })).toThrow(FuzzFailure);
    try {
      fuzz({ seeds: [seed], target, count: 1000, seed: 1 });
    } catch (failure) {
      expect((failure as FuzzFailure).message).toContain(toHex((failure as FuzzFailure).input));
      expect((failure as FuzzFailure).cause).toBeInstanceOf(RangeError);
    }
  });

  it("takes its count from the environment", () => {
    expect(fuzzCount({})).toBe(20_000);
    expect(fuzzCount({ BITTERN_FUZZ_RUNS: "1000000" })).toBe(1_000_000);
  });
});

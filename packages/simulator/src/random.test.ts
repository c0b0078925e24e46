import { describe, expect, it } from "vitest";
import { SeededRandom } from "./random.ts";

const roll = (random: SeededRandom, count: number): number[] => Array.from({ length: count }, () => random.u32());

describe("SeededRandom", () => {
  it("falls the same way for the same seed and another way for the next", () => {
    expect(roll(new SeededRandom(7), 20)).toEqual(roll(new SeededRandom(7), 20));
    expect(roll(new SeededRandom(7), 20)).not.toEqual(roll(new SeededRandom(8), 20));
  });

  it("gives a fork that does not depend on how often its parent was rolled", () => {
    const fresh = new SeededRandom(7);
    const used = new SeededRandom(7);
    roll(used, 100);
    expect(roll(used.fork("disk"), 5)).toEqual(roll(fresh.fork("disk"), 5));
    expect(roll(fresh.fork("disk"), 5)).not.toEqual(roll(fresh.fork("dice"), 5));
  });

  it("is even: every sixteenth of the range is hit alike", () => {
    const random = new SeededRandom("even");
    const counts = new Array<number>(16).fill(0);
    for (let throws = 0; throws < 64_000; throws++) {
      const slot = random.u32() >>> 28;
      counts[slot] = (counts[slot] as number) + 1;
    }
    // 4,000 expected, standard deviation 61: five of them.
    for (const count of counts) expect(Math.abs(count - 4000)).toBeLessThan(310);
  });

  it("keeps its shapes in their ranges", () => {
    const random = new SeededRandom(1);
    for (let throws = 0; throws < 1000; throws++) {
      expect(random.whole(3, 5)).toBeGreaterThanOrEqual(3);
      expect(random.whole(3, 5)).toBeLessThanOrEqual(5);
      expect(random.between(-1, 1)).toBeLessThan(1);
      expect(random.exponential(10)).toBeGreaterThanOrEqual(0);
    }
    expect(random.chance(0)).toBe(false);
    expect(random.chance(1)).toBe(true);
  });
});

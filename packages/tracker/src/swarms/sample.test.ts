import { seededRandom } from "@bittern/protocol/fuzz";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dice, sample } from "./sample.ts";

const chosen = new Uint32Array(200);

describe("sample", () => {
  it("draws different positions of the range, never the excluded one, as many as there are or are wanted", () => {
    fc.assert(
      fc.property(
        fc.nat(50),
        fc.nat(300),
        fc.integer({ min: -1, max: 400 }),
        fc.nat(250),
        fc.nat(),
        (first, length, excluded, wanted, seed) => {
          const end = first + length;
          const count = sample(new Dice(seededRandom(seed)), first, end, excluded, wanted, chosen);
          const drawn = new Set(chosen.subarray(0, count));
          expect(drawn.size).toBe(count);
          expect(count).toBe(Math.min(wanted, length - (excluded >= first && excluded < end ? 1 : 0), chosen.length));
          for (const position of drawn) expect(position >= first && position < end && position !== excluded).toBe(true);
        },
      ),
    );
  });

  it("gives every peer the same chance", () => {
    const dice = new Dice(seededRandom(3));
    const hits = new Array<number>(103).fill(0);
    for (let round = 0; round < 20_000; round++) {
      const count = sample(dice, 1, 103, 50, 20, chosen);
      for (const position of chosen.subarray(0, count)) hits[position]!++;
    }
    expect([hits[0], hits[50]]).toEqual([0, 0]);
    const expected = (20_000 * 20) / 101;
    for (const [position, count] of hits.entries()) {
      if (position !== 0 && position !== 50) expect(Math.abs(count - expected) / expected, `position ${position}`).toBeLessThan(0.08);
    }
  });
});

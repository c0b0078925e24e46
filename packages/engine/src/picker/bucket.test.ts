import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bucket } from "./bucket.ts";

describe("Bucket", () => {
  it("holds what an array holds, through growing and shrinking", () => {
    const step = fc.oneof({ weight: 3, arbitrary: fc.record({ push: fc.nat(1_000_000) }) }, fc.record({ removeAt: fc.nat(1000) }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400, size: "max" }), (steps) => {
        const bucket = new Bucket();
        const model: number[] = [];
        for (const one of steps) {
          if ("push" in one) {
            expect(bucket.push(one.push)).toBe(model.length);
            model.push(one.push);
          } else if (model.length > 0) {
            const place = one.removeAt % model.length;
            const last = model.pop()!;
            if (place < model.length) model[place] = last;
            expect(bucket.removeAt(place)).toBe(last);
          }
          expect(Array.from({ length: bucket.length }, (_, place) => bucket.at(place))).toEqual(model);
        }
      }),
    );
  });

  it("refuses to give what it does not hold", () => {
    expect(() => new Bucket().removeAt(0)).toThrow("a piece is taken out of the bag it lies in");
  });

  it("keeps its content when it shrinks", () => {
    const bucket = new Bucket();
    for (let piece = 0; piece < 1000; piece++) bucket.push(piece);
    while (bucket.length > 5) bucket.removeAt(bucket.length - 1);
    expect([0, 1, 2, 3, 4].map((place) => bucket.at(place))).toEqual([0, 1, 2, 3, 4]);
  });
});

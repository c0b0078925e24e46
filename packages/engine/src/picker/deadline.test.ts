import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEADLINES_MAX, Deadlines } from "./deadline.ts";

describe("Deadlines", () => {
  it("give the most urgent piece that passes", () => {
    const deadlines = new Deadlines();
    deadlines.set(5, 300);
    deadlines.set(9, 100);
    deadlines.set(2, 200);
    expect([...deadlines]).toEqual([9, 2, 5]);
    expect(deadlines.first((piece) => piece !== 9)).toBe(2);
    expect(deadlines.first(() => false)).toBeUndefined();
  });

  it("agree with a sorted map after any sequence of changes", () => {
    const step = fc.record({ piece: fc.nat(20), at: fc.option(fc.nat(10)) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100, size: "max" }), (steps) => {
        const deadlines = new Deadlines();
        const model = new Map<number, number>();
        for (const { piece, at } of steps) {
          // A map keeps the place of a key that is set again; a deadline that is moved goes behind its equals.
          model.delete(piece);
          if (at === null) deadlines.remove(piece);
          else {
            deadlines.set(piece, at);
            model.set(piece, at);
          }
          deadlines.check();
        }
        const sorted = [...model].sort(([, left], [, right]) => left - right).map(([piece]) => piece);
        expect([...deadlines]).toEqual(sorted);
      }),
    );
  });

  it("forget the least urgent piece rather than grow without end", () => {
    const deadlines = new Deadlines();
    for (let piece = 0; piece < DEADLINES_MAX; piece++) deadlines.set(piece, 1000 + piece);
    deadlines.set(9_999, 5_000);
    expect(deadlines.at(9_999)).toBeUndefined();
    deadlines.set(9_999, 1);
    expect(deadlines.at(DEADLINES_MAX - 1)).toBeUndefined();
    expect(deadlines.first(() => true)).toBe(9_999);
    deadlines.check();
    deadlines.clear();
    expect(deadlines.size).toBe(0);
  });
});

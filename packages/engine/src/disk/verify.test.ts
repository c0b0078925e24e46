import { Bitfield, MIB } from "@bittern/protocol/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CheckPlan } from "./verify.ts";

function planOf(pieces: Bitfield, batchLength: number, batchesMax = 2): CheckPlan {
  return new CheckPlan({ pieces, pieceByteLength: () => 10, batchLength, batchesMax });
}

describe("CheckPlan", () => {
  it("hands out batches of about 32 MiB, two at once, in order", () => {
    const plan = new CheckPlan({ pieces: Bitfield.full(100), pieceByteLength: () => MIB });
    const first = plan.next();
    expect(first).toEqual(Array.from({ length: 32 }, (_, piece) => piece));
    expect(plan.next()?.[0]).toBe(32);
    expect(plan.next()).toBeUndefined();
    plan.finished(first!);
    expect(plan.progress).toBeCloseTo(0.32);
    expect(plan.next()?.[0]).toBe(64);
  });

  it("asks only for what is to be checked", () => {
    const pieces = new Bitfield(10);
    for (const piece of [2, 3, 9]) pieces.add(piece);
    const plan = planOf(pieces, 20);
    expect(plan.next()).toEqual([2, 3]);
    expect(plan.next()).toEqual([9]);
    expect(plan.remaining).not.toBe(pieces);
  });

  it("is done at once when there is nothing to check", () => {
    const plan = planOf(new Bitfield(10), 20);
    expect(plan.next()).toBeUndefined();
    expect([plan.isDone, plan.progress]).toEqual([true, 1]);
  });

  it("asks again for a batch that the host could not verify", () => {
    const plan = planOf(Bitfield.full(4), 20, 1);
    plan.failed(plan.next()!);
    expect(plan.next()).toEqual([0, 1]);
    plan.check();
  });

  it("asks for nothing after it was cancelled, and knows what is left for another time", () => {
    const plan = planOf(Bitfield.full(6), 20);
    const batches = [plan.next()!, plan.next()!];
    plan.finished(batches[0]!);
    plan.cancel();
    expect(plan.next()).toBeUndefined();
    expect(plan.isDone).toBe(false);
    plan.finished(batches[1]!);
    expect(plan.isDone).toBe(true);
    expect([...planOf(plan.remaining, 100).next()!]).toEqual([4, 5]);
  });

  it("refuses a report of what was not handed out", () => {
    const plan = planOf(Bitfield.full(6), 20);
    expect(() => plan.finished([0])).toThrow("a batch is reported once");
    plan.next();
    expect(() => plan.finished([5])).toThrow("a batch is reported once");
    expect(plan.isUnderWay([0, 1])).toBe(false);
  });

  it("gives every piece one verdict, whatever fails in between", () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 60, size: "max" }),
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.nat(2)),
        (wanted, batchLength, dice) => {
          const pieces = new Bitfield(wanted.length);
          for (const [piece, isWanted] of wanted.entries()) if (isWanted) pieces.add(piece);
          const plan = planOf(pieces, batchLength);
          const underWay: (readonly number[])[] = [];
          const verdicts: number[] = [];
          for (let turn = 0; !plan.isDone; turn++) {
            for (let batch = plan.next(); batch !== undefined; batch = plan.next()) underWay.push(batch);
            const batch = underWay.shift()!;
            // Failures end, or nothing would.
            if (dice[turn] === 0) plan.failed(batch);
            else {
              plan.finished(batch);
              verdicts.push(...batch);
            }
            plan.check();
          }
          expect(verdicts.sort((left, right) => left - right)).toEqual([...pieces]);
          expect(plan.progress).toBe(1);
        },
      ),
    );
  });
});

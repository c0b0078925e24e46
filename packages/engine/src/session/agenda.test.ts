import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Agenda } from "./agenda.ts";

describe("Agenda", () => {
  it("wakes owners in the order of their last deadlines, like a sorted list would", () => {
    const step = fc.record({ owner: fc.integer({ min: 0, max: 9 }), at: fc.option(fc.integer({ min: 0, max: 50 }), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const agenda = new Agenda();
        const model = new Map<number, number>();
        for (const { owner, at } of steps) {
          agenda.set(owner, at);
          if (at === undefined) model.delete(owner);
          else model.set(owner, at);
          const earliest = model.size === 0 ? undefined : Math.min(...model.values());
          expect(agenda.first).toBe(earliest);
        }
        const woken: number[] = [];
        for (let owner = agenda.takeDue(25); owner !== undefined; owner = agenda.takeDue(25)) woken.push(model.get(owner) as number);
        expect(woken).toEqual([...model.values()].filter((at) => at <= 25).sort((left, right) => left - right));
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Gate } from "./gate.ts";

describe("Gate", () => {
  it("lets many in together, and one alone", () => {
    const gate = new Gate();
    const log: string[] = [];
    gate.enter(() => log.push("a in"));
    gate.enter(() => log.push("b in"));
    gate.enterAlone(() => log.push("alone"));
    gate.enter(() => log.push("c in"));
    expect(log).toEqual(["a in", "b in"]);
    gate.leave();
    expect(log).toEqual(["a in", "b in"]);
    gate.leave();
    expect(log).toEqual(["a in", "b in", "alone"]);
    gate.leave();
    expect(log).toEqual(["a in", "b in", "alone", "c in"]);
  });

  it("takes work that ends at once", () => {
    const gate = new Gate();
    const log: number[] = [];
    for (let at = 0; at < 1000; at++) {
      const work = (): void => {
        log.push(at);
        gate.leave();
      };
      if (at % 3 === 0) gate.enterAlone(work);
      else gate.enter(work);
    }
    expect(log).toEqual(Array.from({ length: 1000 }, (_, at) => at));
  });

  it("keeps the order of arrival, leaves nobody out, and never lets two in when one wants to be alone", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("enter", "alone", "leave"), { maxLength: 60 }), (steps) => {
        const gate = new Gate();
        const inside: boolean[] = [];
        const order: number[] = [];
        let arrived = 0;
        for (const step of [...steps, ...steps.map(() => "leave" as const)]) {
          if (step === "leave") {
            if (inside.length === 0) continue;
            inside.pop();
            gate.leave();
          } else {
            const id = arrived++;
            const work = (isAlone: boolean) => (): void => {
              order.push(id);
              inside.push(isAlone);
              expect(inside.includes(true) ? inside.length : 1).toBe(1);
            };
            if (step === "alone") gate.enterAlone(work(true));
            else gate.enter(work(false));
          }
        }
        expect(order).toEqual(Array.from({ length: arrived }, (_, id) => id));
      }),
    );
  });
});

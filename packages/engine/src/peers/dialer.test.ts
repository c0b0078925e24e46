import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dialer } from "./dialer.ts";

describe("Dialer", () => {
  it("begins thirty dials at once, and then one every thirtieth of a second", () => {
    const dialer = new Dialer();
    let begun = 0;
    for (; dialer.mayDial(0, 0, 500); begun++) dialer.began(0);
    expect(begun).toBe(30);
    const next = dialer.nextAt(0)!;
    expect(next).toBe(34);
    expect(dialer.mayDial(next - 1, 0, 500)).toBe(false);
    expect(dialer.mayDial(next, 0, 500)).toBe(true);
  });

  it("holds no more half open than its limit", () => {
    const dialer = new Dialer({ halfOpenMax: 2 });
    dialer.began(0);
    dialer.began(0);
    expect(dialer.mayDial(0, 0, 500)).toBe(false);
    expect(dialer.nextAt(0)).toBeUndefined();
    dialer.ended();
    expect(dialer.mayDial(0, 0, 500)).toBe(true);
    expect(dialer.nextAt(0)).toBe(0);
  });

  it("dials nobody while there are as many connections as there may be", () => {
    expect(new Dialer().mayDial(0, 500, 500)).toBe(false);
    expect(new Dialer().mayDial(0, 499, 500)).toBe(true);
  });

  it("never dials more than the rate in any span", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ after: fc.nat(400), ended: fc.nat(50) }), { maxLength: 100, size: "max" }), (steps) => {
        const dialer = new Dialer({ halfOpenMax: 40, dialsPerSecond: 20 });
        const times: number[] = [];
        let endedCount = 0;
        let now = 0;
        for (const { after, ended } of steps) {
          now += after;
          for (; dialer.mayDial(now, 0, 1_000); times.push(now)) dialer.began(now);
          for (let count = 0; count < ended && endedCount < times.length; count++, endedCount++) dialer.ended();
          dialer.check();
        }
        let excess = 0;
        for (const [first, begin] of times.entries()) {
          for (let last = first; last < times.length; last++)
            excess = Math.max(excess, last - first + 1 - ((times[last]! - begin) * 20) / 1000);
        }
        expect(excess).toBeLessThan(20 + 1e-6);
      }),
    );
  });
});

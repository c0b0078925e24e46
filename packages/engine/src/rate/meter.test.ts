import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Meter } from "./meter.ts";

describe("Meter", () => {
  it("is 0 before the first sample", () => {
    expect(new Meter().rate(1_000)).toBe(0);
  });

  it("tells a steady rate", () => {
    const meter = new Meter();
    for (let now = 0; now <= 20_000; now += 10) meter.add(1_000, now);
    expect(meter.rate(20_000)).toBeGreaterThan(99_000);
    expect(meter.rate(20_000)).toBeLessThan(101_000);
    expect(meter.total).toBe(2_001_000);
  });

  it("does not take the first millisecond for the rule", () => {
    const meter = new Meter();
    meter.add(16_384, 5_000);
    expect(meter.rate(5_001)).toBe(16_384);
  });

  it("divides by the past it has when that is shorter than the window", () => {
    const meter = new Meter();
    for (let now = 0; now <= 2_000; now += 10) meter.add(1_000, now);
    expect(meter.rate(2_000)).toBeCloseTo(100_500, -3);
  });

  it("forgets within five seconds, and begins anew after silence", () => {
    const meter = new Meter();
    meter.add(1_000_000, 0);
    expect(meter.rate(4_400)).toBeGreaterThan(0);
    expect(meter.rate(5_000)).toBe(0);
    meter.add(5_000, 100_000);
    expect(meter.rate(100_000)).toBeLessThan(5_001);
    expect(meter.total).toBe(1_005_000);
  });

  it("works on any clock: below zero, and with fractions", () => {
    const meter = new Meter();
    for (let now = -3_000.5; now < 3_000; now += 7.25) meter.add(725, now);
    expect(meter.rate(3_000)).toBeGreaterThan(95_000);
    expect(meter.rate(3_000)).toBeLessThan(105_000);
  });

  it("agrees with a list of all samples", () => {
    const sample = fc.record({ bytes: fc.nat(100_000), after: fc.oneof(fc.nat(900), fc.nat(8_000)) });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 60, size: "max" }), (samples) => {
        const meter = new Meter();
        const all: { bytes: number; at: number }[] = [];
        let now = 0;
        for (const { bytes, after } of samples) {
          now += after;
          meter.add(bytes, now);
          all.push({ bytes, at: now });
          // The window begins with a half second: nine whole ones and the one that runs.
          const begin = (Math.floor(now / 500) - 9) * 500;
          const within = all.filter(({ at }) => at >= begin).reduce((sum, one) => sum + one.bytes, 0);
          const past = Math.max(1_000, now - Math.max(begin, all[0]!.at));
          expect(meter.rate(now)).toBeCloseTo((within * 1000) / past, 3);
        }
      }),
    );
  });
});

/** @module */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { count, formatBytes, formatDuration, formatPercent, formatRate } from "./units.ts";

describe("Sizes", () => {
  it("are whole bytes below a KiB and have one decimal above", () => {
    expect([0, 1, 1023, 1024, 1536, 15_000_000].map(formatBytes)).toEqual(["0 B", "1 B", "1023 B", "1.0 KiB", "1.5 KiB", "14.3 MiB"]);
  });
  it("move on to the next unit instead of showing 1024.0", () => {
    expect(formatBytes(1024 * 1024 - 1)).toBe("1.0 MiB");
    expect(formatBytes(2 ** 30)).toBe("1.0 GiB");
    expect(formatBytes(2 ** 53)).toBe("8.0 PiB");
  });
  it("never show four digits before the point", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1024, max: 2 ** 53 - 1 }), (size) => {
        expect(formatBytes(size)).toMatch(/^(\d{1,3}|10[012]\d)\.\d [KMGTP]iB$/);
      }),
    );
  });
  it("make rates", () => expect(formatRate(2_202_009)).toBe("2.1 MiB/s"));
});

describe("Durations", () => {
  it("name the two largest units", () => {
    expect([0, 4.2, 59, 60, 185, 3600, 3725, 86_400, 183_600].map(formatDuration)).toEqual([
      "0 s",
      "5 s",
      "59 s",
      "1 min 00 s",
      "3 min 05 s",
      "1 h 00 min",
      "1 h 02 min",
      "1 d 00 h",
      "2 d 03 h",
    ]);
  });
  it("are a dash where nobody knows", () => {
    expect([undefined, Number.NaN, Number.POSITIVE_INFINITY, -1].map(formatDuration)).toEqual(["-", "-", "-", "-"]);
  });
});

describe("Percentages", () => {
  it("say 100 only of what is whole", () => {
    expect([0, 0.42567, 0.99999, 1, 1.2].map(formatPercent)).toEqual(["0.0 %", "42.5 %", "99.9 %", "100.0 %", "100.0 %"]);
  });
});

describe("Counts", () => {
  it("know one from many", () => {
    expect([count(1, "file"), count(2, "file"), count(0, "entry", "entries")]).toEqual(["1 file", "2 files", "0 entries"]);
  });
});

import { beforeEach, describe, expect, it } from "vitest";
import { Spread } from "./spread.ts";

/** Pieces a millisecond that the seed could bring: one in a tenth of a second. */
const RATE = 0.01;

describe("How fast downloaders bring each other pieces", () => {
  let spread: Spread;

  beforeEach(() => {
    spread = new Spread();
  });

  function isEnough(missing: number, rate: number, now: number, costsProcessor = false): boolean {
    return spread.isEnough({ missing, rate, all: 1000, costsProcessor }, now);
  }

  /** One piece every so many milliseconds, in ten seconds. */
  function bring(everyMillis: number): void {
    for (let now = 0; now <= 10_000; now += everyMillis) spread.arrived(now);
  }

  it("is enough where the seed would bring the end forward by next to nothing", () => {
    // Eight uplinks like that of the seed, of which each downloader lacks six pieces: 0.6 s without the seed, 0.53 with it.
    bring(12.5);
    expect(isEnough(48, RATE, 10_000)).toBe(true);
  });

  it("is not while much is missing", () => {
    bring(12.5);
    expect(isEnough(480, RATE, 10_000)).toBe(false);
  });

  it("is not beside a seed that could bring a quarter of that, whose help is worth its copies", () => {
    bring(12.5);
    expect(isEnough(8, 2 * RATE, 10_000)).toBe(false);
  });

  it("is enough where help is at the cost of those who get it, until little is missing", () => {
    bring(12.5);
    expect(isEnough(480, 8 * RATE, 10_000, true)).toBe(true);
    expect(isEnough(280, 8 * RATE, 10_000, true)).toBe(false);
    expect(isEnough(480, 8 * RATE, 12_000, true)).toBe(false);
  });

  // Two downloaders on one network with limits to what they send would have waited for hours beside a seed that rests.
  it("is not where they bring far less than the seed could, whoever's processor it costs", () => {
    bring(12.5);
    expect(isEnough(480, 20 * RATE, 10_000, true)).toBe(false);
  });

  it("is not where nothing has come for a while", () => {
    bring(12.5);
    expect(isEnough(8, RATE, 10_050)).toBe(true);
    expect(isEnough(8, RATE, 12_000)).toBe(false);
  });

  it("is nothing to wait for where nothing is missing, or nobody brings anything", () => {
    expect(isEnough(8, RATE, 10_000)).toBe(false);
    bring(12.5);
    expect(isEnough(0, RATE, 10_000)).toBe(false);
  });
});

import { describe, expect, it } from "vitest";
import { Downlink } from "./downlink.ts";

/** Bytes per second: a megabyte takes a second. */
const RATE = 1_000_000;

describe("the way into a node", () => {
  it("lets in what comes no faster than its rate the moment it is here", () => {
    const downlink = new Downlink(RATE);
    expect(downlink.admit(16_000, 1000)).toBe(1000);
    expect(downlink.admit(16_000, 1016)).toBe(1016);
  });

  it("lets what comes faster wait for its turn", () => {
    const downlink = new Downlink(RATE);
    expect([1, 2, 3].map(() => downlink.admit(100_000, 1000))).toEqual([1000, 1100, 1200]);
    expect(downlink.backlogMillis(1000)).toBe(200);
  });

  it("lets a word pass what waits, and counts it", () => {
    const downlink = new Downlink(RATE);
    downlink.admit(100_000, 1000);
    downlink.admit(100_000, 1000);
    expect(downlink.admit(1000, 1000)).toBe(1001);
    expect(downlink.backlogMillis(1000)).toBe(101);
    expect(downlink.receivedLength).toBe(201_000);
  });

  it("lets a word in at once where nothing waits", () => {
    expect(new Downlink(RATE).admit(68, 1000)).toBe(1000);
  });
});

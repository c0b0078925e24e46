/** @module */
import { describe, expect, it } from "vitest";
import { Hurry } from "./hurry.ts";

describe("Hurry", () => {
  it("puts deadlines first, the earliest in front, then the readers side by side", () => {
    const hurry = new Hurry();
    const [first, second] = [{}, {}];
    hurry.setWindow(first, [1, 2, 3]);
    hurry.setWindow(second, [10, 2]);
    hurry.setDeadline(7, 2000);
    hurry.setDeadline(8, 1000);
    expect(hurry.pieces).toEqual([8, 7, 1, 10, 2, 3]);
  });

  it("forgets what arrived and who left", () => {
    const hurry = new Hurry();
    const reader = {};
    hurry.setDeadline(7, 1);
    hurry.arrived(7);
    expect(hurry.setWindow(reader, [1])).toBe(true);
    expect(hurry.setWindow(reader, [1])).toBe(false);
    expect(hurry.setWindow(reader, [])).toBe(true);
    expect(hurry.pieces).toEqual([]);
  });
});

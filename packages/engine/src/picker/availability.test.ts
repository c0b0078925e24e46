import { describe, expect, it } from "vitest";
import { Availability } from "./availability.ts";

describe("Availability", () => {
  it("is nothing before anybody came", () => {
    const availability = new Availability(3);
    expect([0, 1, 2].map((piece) => availability.of(piece))).toEqual([0, 0, 0]);
    expect(availability.distributedCopies()).toBe(0);
  });

  it("counts a seed with every piece and a partial peer with its own", () => {
    const availability = new Availability(3);
    availability.seedJoined();
    availability.add(1);
    expect([0, 1, 2].map((piece) => availability.of(piece))).toEqual([1, 2, 1]);
    expect(availability.partial(1)).toBe(1);
    availability.check();
  });

  it("tells whole copies and the share of pieces that one more peer has", () => {
    const availability = new Availability(4);
    availability.seedJoined();
    availability.seedJoined();
    availability.add(2);
    expect(availability.distributedCopies()).toBe(2.25);
    for (const piece of [0, 1, 3]) availability.add(piece);
    expect(availability.distributedCopies()).toBe(3);
  });

  it("has no copies of a torrent without pieces", () => {
    expect(new Availability(0).distributedCopies()).toBe(0);
  });

  it("says when a seed that leaves was never counted as one", () => {
    const availability = new Availability(1);
    expect(availability.seedLeft()).toBe(false);
    availability.seedJoined();
    expect(availability.seedLeft()).toBe(true);
  });

  it("refuses to count below zero", () => {
    const availability = new Availability(2);
    expect(() => availability.remove(0)).toThrow("a piece is left only after somebody had it");
    availability.add(0);
    expect(() => availability.remove(1)).toThrow("nobody leaves a piece that nobody had");
  });
});

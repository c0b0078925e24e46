import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../fuzz/index.ts";
import { Tiers } from "./index.ts";

/** Leaves every order as it is: Fisher and Yates swap each item with itself. */
const asGiven = (count: number) => {
  let last = count - 1;
  return { u32: () => last-- };
};

describe("Tiers", () => {
  it("tries tier after tier, then begins again", () => {
    const tiers = new Tiers([["tracker"], ["backup1"], ["backup2"]], seededRandom(1));
    expect([...tiers]).toEqual(["tracker", "backup1", "backup2"]);
    expect(tiers.current()).toBe("tracker");
    expect(tiers.failed("tracker")).toBe(true);
    expect(tiers.current()).toBe("backup1");
    expect(tiers.failed("backup1")).toBe(true);
    expect(tiers.failed("backup2")).toBe(false);
    expect(tiers.current()).toBe("tracker");
  });

  it("begins with the first tier again after a backup answered", () => {
    const tiers = new Tiers([["tracker"], ["backup"]], seededRandom(1));
    tiers.failed("tracker");
    tiers.succeeded("backup");
    expect(tiers.current()).toBe("tracker");
  });

  it("moves who answered to the front of its tier, as the example of BEP 12", () => {
    const tiers = new Tiers([["tracker1", "tracker2", "tracker3"]], asGiven(3));
    tiers.failed("tracker1");
    tiers.succeeded("tracker2");
    expect([...tiers]).toEqual(["tracker2", "tracker1", "tracker3"]);
    tiers.failed("tracker2");
    tiers.failed("tracker1");
    tiers.succeeded("tracker3");
    expect([...tiers]).toEqual(["tracker3", "tracker2", "tracker1"]);
  });

  it("shuffles within a tier and never across", () => {
    const first = ["a", "b", "c"];
    const orders = new Set<string>();
    for (let seed = 0; seed < 60; seed++) {
      const tiers = new Tiers([first, ["x"]], seededRandom(seed));
      expect(tiers.tiers.map((tier) => tier.toSorted())).toEqual([first, ["x"]]);
      orders.add([...tiers].join(""));
    }
    expect(orders.size).toBe(6);
  });

  it("passes over a late failure of a tracker whose turn it is not", () => {
    const tiers = new Tiers([["a"], ["b"]], seededRandom(1));
    tiers.failed("b");
    expect(tiers.current()).toBe("a");
  });

  it("drops what comes twice, and empty tiers", () => {
    const tiers = new Tiers([["a"], [], ["a", ""], ["b"]], seededRandom(1));
    expect(tiers.tiers).toEqual([["a"], ["b"]]);
  });

  it("takes trackers later, without losing its place", () => {
    const tiers = new Tiers([["a"], ["b"]], seededRandom(1));
    tiers.failed("a");
    expect(tiers.add("c", 0)).toBe(true);
    expect(tiers.add("d")).toBe(true);
    expect(tiers.add("a")).toBe(false);
    expect(tiers.tiers).toEqual([["a", "c"], ["b"], ["d"]]);
    expect(tiers.current()).toBe("b");
  });

  it("has no current tracker while it has none at all", () => {
    const tiers = new Tiers([], seededRandom(1));
    expect(tiers.current()).toBeUndefined();
    expect(tiers.failed("a")).toBe(true);
    expect(tiers.add("a")).toBe(true);
    expect(tiers.current()).toBe("a");
  });

  it("keeps no more than 200", () => {
    const many = Array.from({ length: 500 }, (_, at) => `http://tracker/${at}`);
    const tiers = new Tiers([many], seededRandom(1));
    expect(tiers.size).toBe(200);
    expect(tiers.add("another")).toBe(false);
  });

  it("keeps its laws whatever happens, and every tracker gets its turn within one round", () => {
    const url = fc.constantFrom("a", "b", "c", "d", "e", "f");
    const step = fc.record({ verb: fc.constantFrom("fail", "succeed", "add", "late"), url, tier: fc.nat({ max: 3 }) });
    fc.assert(
      fc.property(fc.array(fc.array(url, { maxLength: 3 }), { maxLength: 3 }), fc.array(step), fc.nat(), (given, steps, seed) => {
        const tiers = new Tiers(given, seededRandom(seed));
        for (const { verb, url, tier } of steps) {
          if (verb === "fail") tiers.failed(tiers.current() ?? url);
          else if (verb === "succeed") tiers.succeeded(tiers.current() ?? url);
          else if (verb === "add") tiers.add(url, tier);
          else tiers.failed(url);
          tiers.check();
        }
        tiers.succeeded(tiers.current() ?? "");
        const asked: string[] = [];
        for (let goesOn = tiers.size > 0; goesOn; ) {
          asked.push(tiers.current()!);
          goesOn = tiers.failed(tiers.current()!);
        }
        expect(asked).toEqual([...tiers]);
      }),
    );
  });
});

/** @module */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PeersElsewhere, TOLD_MAX } from "./elsewhere.ts";

const of = (seeds: number, downloaders = 0, partialSeeds = 0) => ({ seeds, partialSeeds, downloaders });
const told = (tracker: string, infoHash: string, counts = of(1)) => ({ tracker, isFarewell: false, swarms: [{ infoHash, counts }] });

describe("Peers elsewhere", () => {
  it("are the sum of what each tracker told last", () => {
    const elsewhere = new PeersElsewhere();
    expect(elsewhere.hear(told("a", "h", of(1, 2, 3)), 0)).toBe(true);
    expect(elsewhere.hear(told("b", "h", of(1, 1)), 0)).toBe(true);
    expect(elsewhere.hear(told("a", "h", of(2, 1)), 0)).toBe(false);
    expect(elsewhere.countsOf("h")).toEqual(of(3, 2));
    expect([elsewhere.peerCount, elsewhere.seedCount, elsewhere.swarmCount, [...elsewhere.infoHashes]]).toEqual([5, 3, 1, ["h"]]);
    elsewhere.hear(told("a", "h", of(0)), 0);
    elsewhere.hear({ tracker: "b", isFarewell: true, swarms: [] }, 0);
    expect([elsewhere.peerCount, elsewhere.countsOf("h")]).toEqual([0, undefined]);
    elsewhere.check();
  });

  it("are void after three minutes without a word of them, and their tracker is then a new one", () => {
    const elsewhere = new PeersElsewhere();
    elsewhere.hear(told("a", "h"), 0);
    elsewhere.hear(told("a", "i"), 100_000);
    elsewhere.tick(179_999);
    expect(elsewhere.peerCount).toBe(2);
    elsewhere.tick(180_000);
    expect([elsewhere.countsOf("h"), elsewhere.countsOf("i")]).toEqual([undefined, of(1)]);
    elsewhere.tick(280_000);
    expect([elsewhere.peerCount, elsewhere.hear(told("a", "h"), 280_001)]).toEqual([0, true]);
    elsewhere.check();
  });

  it("are counted in so many swarms and no more, those longest not told of going first", () => {
    const elsewhere = new PeersElsewhere();
    for (let at = 0; at < TOLD_MAX + 2; at++) elsewhere.hear(told("a", String(at)), at);
    expect([elsewhere.swarmCount, elsewhere.countsOf("1"), elsewhere.countsOf("2")]).toEqual([TOLD_MAX, undefined, of(1)]);
  });

  it("add up whatever is told in whatever order", () => {
    const step = fc.record({
      tracker: fc.constantFrom("a", "b", "c"),
      infoHash: fc.constantFrom("h", "i", "j"),
      seeds: fc.nat(3),
      downloaders: fc.nat(3),
      isFarewell: fc.boolean(),
      millis: fc.nat(90_000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const elsewhere = new PeersElsewhere();
        const model = new Map<string, { counts: ReturnType<typeof of>; at: number }>();
        let now = 0;
        for (const { tracker, infoHash, seeds, downloaders, isFarewell, millis } of steps) {
          now += millis;
          elsewhere.hear(isFarewell ? { tracker, isFarewell, swarms: [] } : told(tracker, infoHash, of(seeds, downloaders)), now);
          elsewhere.tick(now);
          elsewhere.check();
          if (isFarewell) for (const hash of ["h", "i", "j"]) model.delete(tracker + hash);
          else model.set(tracker + infoHash, { counts: of(seeds, downloaders), at: now });
          for (const [key, { at }] of model) if (now - at >= 180_000) model.delete(key);
          const sum = [...model.values()].reduce((total, { counts }) => total + counts.seeds + counts.downloaders, 0);
          expect(elsewhere.peerCount).toBe(sum);
        }
      }),
    );
  });
});

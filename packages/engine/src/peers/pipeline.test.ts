import { BLOCK_LENGTH, type Millis } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { PIPELINE_START, Pipeline } from "./pipeline.ts";

/** A peer with a pipeline always filled, and `serve` blocks every `everyMillis`; the targets second by second. */
function targets(serve: (asked: number) => number, everyMillis: Millis, seconds: number): number[] {
  const pipeline = new Pipeline();
  const seen: number[] = [];
  let lastAt = 0;
  const arrivals: { at: Millis; count: number }[] = [];
  for (let now = everyMillis; now <= seconds * 1000; now += everyMillis) {
    const count = Math.min(pipeline.target, serve(pipeline.target));
    for (let block = 0; block < count; block++) {
      pipeline.blockArrived(now, now - lastAt);
      lastAt = now;
    }
    arrivals.push({ at: now, count });
    if (now % 1000 >= everyMillis) continue;
    const recent = arrivals.filter(({ at }) => at > now - 5000).reduce((sum, one) => sum + one.count, 0);
    pipeline.adapt((recent * BLOCK_LENGTH) / Math.min(5, now / 1000));
    seen.push(pipeline.target);
  }
  return seen;
}

describe("Pipeline", () => {
  it("grows without end with a peer that answers all of it twice a second", () => {
    const seen = targets((asked) => asked, 500, 8);
    expect(seen.at(-1)).toBeGreaterThan(500);
  });

  it("stays near half a second of the rate of a steady peer", () => {
    // 10 blocks every 20 ms: 500 a second.
    const last = targets(() => 10, 20, 30).at(-1) as number;
    expect(last).toBeGreaterThanOrEqual(250);
    expect(last).toBeLessThan(300);
  });

  it("keeps twice what comes at once from a peer that is limited and speaks seldom", () => {
    const last = targets(() => 20, 500, 30).at(-1) as number;
    expect(last).toBeGreaterThanOrEqual(20);
    expect(last).toBeLessThan(100);
  });

  it("does not take a slow peer for one that answers in bursts", () => {
    expect(targets(() => 1, 500, 30).at(-1)).toBeLessThanOrEqual(PIPELINE_START + 1);
  });

  it("asks for little after a refusal", () => {
    const pipeline = new Pipeline();
    pipeline.shrink();
    expect(pipeline.target).toBe(4);
  });
});

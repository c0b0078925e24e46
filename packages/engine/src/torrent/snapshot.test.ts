import { describe, expect, it } from "vitest";
import { Meter } from "../rate/meter.ts";
import type { TorrentState } from "../session/snapshot.ts";
import { torrentSnapshot } from "./snapshot.ts";

describe("The snapshot of a torrent", () => {
  it("tells no rate of what is over: a meter remembers the last seconds, and nothing comes any more", () => {
    const [down, up] = [new Meter(), new Meter()];
    for (const meter of [down, up]) meter.add(1_000_000, 1000);
    const rates = (state: TorrentState): readonly boolean[] => {
      const swarm = { seeds: undefined, peers: undefined };
      const facts = { torrent: 1, state, body: undefined, peers: [], down, up, wasted: 0, swarm, fault: undefined, addedAt: 0 };
      const { downRate, upRate } = torrentSnapshot(facts, 2000);
      return [downRate > 0, upRate > 0];
    };
    expect(rates("downloading")).toEqual([true, true]);
    expect([rates("seeding"), rates("finished")]).toEqual([
      [false, true],
      [false, true],
    ]);
    expect(rates("paused")).toEqual([false, false]);
  });
});

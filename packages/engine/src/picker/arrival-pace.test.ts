import { describe, expect, it } from "vitest";
import { ArrivalPace } from "./arrival-pace.ts";

/** An uplink that carries a piece in `pieceMillis`, one after the other, at the end of a way of `wayMillis`. */
function play({ pieceMillis, wayMillis, rounds }: { pieceMillis: number; wayMillis: number; rounds: number }): number {
  const pace = new ArrivalPace();
  let uplinkFreeAt = 0;
  const underWay: { since: number; at: number }[] = [];
  let now = 0;
  for (let round = 0; round < rounds; round++) {
    while (underWay.length < Math.max(3, pace.pieces)) {
      uplinkFreeAt = Math.max(uplinkFreeAt, now + wayMillis / 2) + pieceMillis;
      underWay.push({ since: now, at: uplinkFreeAt + wayMillis / 2 });
    }
    const next = underWay.shift() as { since: number; at: number };
    now = next.at;
    pace.arrived(next.since, now);
  }
  return pace.pieces;
}

describe("ArrivalPace", () => {
  it("keeps a few pieces under way on a slow uplink, however long it is watched", () => {
    // 256 KiB at 20 Mbit/s, 40 ms there and back: 1.4 pieces fit, twice that is asked for.
    const pieces = play({ pieceMillis: 105, wayMillis: 40, rounds: 400 });
    expect(pieces).toBeGreaterThanOrEqual(2);
    expect(pieces).toBeLessThanOrEqual(5);
  });

  it("fills a fast uplink on a long way within a few rounds", () => {
    // A hundred pieces fit into the way.
    expect(play({ pieceMillis: 1, wayMillis: 100, rounds: 600 })).toBeGreaterThanOrEqual(100);
  });
});

/** @module */
import { fuzz, fuzzCount } from "@bittern/protocol/fuzz";
import { describe, it } from "vitest";
import { PeersElsewhere } from "../websocket/elsewhere.ts";
import { readSharedCounts, writeFarewell, writeSharedCounts } from "./shared-counts.ts";

const TRACKER = new Uint8Array(8).fill(7);
const SWARMS = Array.from({ length: 5 }, (_, at) => ({
  infoHash: String.fromCharCode(at).repeat(20),
  counts: { seeds: at, partialSeeds: 2, downloaders: 1 },
}));

describe("Counts that trackers share", () => {
  it("that are damaged are none, or add up all the same", () => {
    const elsewhere = new PeersElsewhere();
    let now = 0;
    const target = (bytes: Uint8Array): void => {
      const counts = readSharedCounts(bytes);
      if (counts === undefined) return;
      now += 1000;
      elsewhere.hear(counts, now);
      elsewhere.tick(now);
      elsewhere.check();
    };
    fuzz({ seeds: [writeSharedCounts(TRACKER, SWARMS), writeFarewell(TRACKER)], count: fuzzCount(process.env), seed: 4, target });
  });
});

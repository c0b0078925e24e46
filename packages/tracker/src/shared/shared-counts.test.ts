/** @module */
import { latin1, utf8 } from "@bittern/protocol/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COUNTS_PER_MESSAGE_MAX, readSharedCounts, TRACKER_ID_LENGTH, writeFarewell, writeSharedCounts } from "./shared-counts.ts";

const TRACKER = new Uint8Array(TRACKER_ID_LENGTH).fill(200);
const count = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const swarm = fc.record({
  infoHash: fc.uint8Array({ minLength: 20, maxLength: 20 }).map(latin1),
  counts: fc.record({ seeds: count, partialSeeds: count, downloaders: count }),
});

describe("Counts that trackers share", () => {
  it("come back as they were written", () => {
    fc.assert(
      fc.property(fc.array(swarm, { maxLength: 20 }), (swarms) => {
        expect(readSharedCounts(writeSharedCounts(TRACKER, swarms))).toEqual({ tracker: latin1(TRACKER), isFarewell: false, swarms });
      }),
    );
    expect(readSharedCounts(writeFarewell(TRACKER))).toEqual({ tracker: latin1(TRACKER), isFarewell: true, swarms: [] });
  });

  it("are nothing else, nor cut, nor more than a message holds", () => {
    const one = { infoHash: "h".repeat(20), counts: { seeds: 1, partialSeeds: 2, downloaders: 3 } };
    const whole = writeSharedCounts(TRACKER, [one]);
    for (let length = 0; length < whole.length; length++) {
      const read = readSharedCounts(whole.subarray(0, length));
      expect(read?.swarms ?? [], String(length)).toEqual([]);
    }
    expect(readSharedCounts(Uint8Array.of(0, ...utf8('{"action":"announce"}')))).toBeUndefined();
    const most = Array.from({ length: COUNTS_PER_MESSAGE_MAX }, () => one);
    expect(readSharedCounts(writeSharedCounts(TRACKER, most))?.swarms.length).toBe(COUNTS_PER_MESSAGE_MAX);
    expect(readSharedCounts(writeSharedCounts(TRACKER, [...most, one]))).toBeUndefined();
  });
});

import type { Millis } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { CongestionWindow } from "./congestion.ts";

const SEGMENT = 1000;
const ROUND_TRIP_MILLIS = 50;

function windowOf(initialLength: number, windowLength = 64 * SEGMENT): CongestionWindow {
  return new CongestionWindow({ initialLength, windowLength });
}

/** Sends all that may leave at once; returns how many segments that were. */
function sendAll(window: CongestionWindow, now: Millis, waitingLength = 100 * SEGMENT): number {
  let count = 0;
  for (; count < 200 && window.hasRoom(now); count++) window.departed(SEGMENT, waitingLength, now, now + ROUND_TRIP_MILLIS);
  return count;
}

describe("a congestion window", () => {
  it("lets out little at first, and twice as much after each round trip", () => {
    const window = windowOf(4 * SEGMENT);
    expect([0, 50, 100, 150].map((now) => sendAll(window, now))).toEqual([4, 8, 16, 32]);
  });

  it("says when the next acknowledgement makes room", () => {
    const window = windowOf(4 * SEGMENT);
    expect(window.nextAcknowledgedAt).toBeUndefined();
    sendAll(window, 7);
    expect(window.nextAcknowledgedAt).toBe(7 + ROUND_TRIP_MILLIS);
    expect(window.hasRoom(56)).toBe(false);
    expect(window.hasRoom(57)).toBe(true);
  });

  it("grows to what the receiver takes, and then lets everything out", () => {
    const window = windowOf(4 * SEGMENT, 16 * SEGMENT);
    for (const now of [0, 50, 100]) sendAll(window, now);
    expect(window.hasRoom(150)).toBe(true);
    expect(window.length).toBe(16 * SEGMENT);
    // From here on it is the receiver who says how much.
    expect(sendAll(window, 150)).toBe(200);
  });

  it("stays as it is while the sender makes no use of it", () => {
    const window = windowOf(4 * SEGMENT);
    for (let now = 0; now < 1000; now += 100) {
      expect(window.hasRoom(now)).toBe(true);
      window.departed(SEGMENT, 0, now, now + ROUND_TRIP_MILLIS);
    }
    expect(window.length).toBe(4 * SEGMENT);
  });

  it("counts what waits for the uplink as use", () => {
    const window = windowOf(4 * SEGMENT);
    window.departed(SEGMENT, 10 * SEGMENT, 0, ROUND_TRIP_MILLIS);
    expect(window.hasRoom(ROUND_TRIP_MILLIS)).toBe(true);
    expect(window.length).toBe(5 * SEGMENT);
  });

  it("begins anew after a silence, half for each timeout", () => {
    const window = windowOf(4 * SEGMENT);
    for (const now of [0, 50, 100]) sendAll(window, now);
    sendAll(window, 150);
    // A timeout is 200 ms and a round trip.
    expect(window.hasRoom(150 + 249)).toBe(true);
    expect(window.length).toBe(64 * SEGMENT);
    window.hasRoom(150 + 500);
    expect(window.length).toBe(16 * SEGMENT);
    sendAll(window, 700);
    window.hasRoom(100_000);
    expect(window.length).toBe(4 * SEGMENT);
  });

  it("is open from the start without slow start, and after a silence", () => {
    const window = windowOf(Number.POSITIVE_INFINITY);
    expect(sendAll(window, 0)).toBe(200);
    expect(sendAll(window, 10_000)).toBe(200);
  });
});

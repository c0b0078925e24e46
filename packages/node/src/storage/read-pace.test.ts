import { describe, expect, it } from "vitest";
import { ReadPace } from "./read-pace.ts";

/** How many reads in a row go to other threads, up to 10,000. */
function distantReads(pace: ReadPace, now = 0): number {
  for (let count = 0; count < 10_000; count++) if (pace.isNear(now)) return count;
  return Number.POSITIVE_INFINITY;
}

describe("ReadPace", () => {
  /** What disks were asked for. */
  let blocks = 0;
  const makePace = (): ReadPace => new ReadPace(() => blocks);
  const took = (pace: ReadPace, millis: number, hasAskedDisk: boolean): void => {
    if (hasAskedDisk) blocks++;
    pace.took(millis);
  };

  it("keeps reads of an unknown place on other threads", () => {
    expect(distantReads(makePace())).toBe(Number.POSITIVE_INFINITY);
  });

  it("tries a local place after a few reads, and stays while it is quick", () => {
    const pace = makePace();
    pace.trust();
    expect(distantReads(pace)).toBe(8);
    took(pace, 0.1, false);
    expect(distantReads(pace)).toBe(0);
  });

  it("goes back to other threads after a slow read, longer each time", () => {
    const pace = makePace();
    pace.trust();
    const counts = [1, 2, 3].map(() => {
      distantReads(pace);
      took(pace, 12, true);
      return distantReads(pace);
    });
    expect(counts).toEqual([16, 32, 64]);
  });

  it("stays near when a read from memory was slow, unless it was very slow", () => {
    const pace = makePace();
    pace.trust();
    distantReads(pace);
    took(pace, 12, false);
    expect(distantReads(pace)).toBe(0);
    took(pace, 60, false);
    expect(distantReads(pace)).toBe(16);
  });

  it("stays near after quick reads however long they go on", () => {
    const pace = makePace();
    pace.trust();
    distantReads(pace);
    for (let read = 0; read < 100_000; read++) {
      if (!pace.isNear(0)) throw new Error(`read ${read} went away`);
      took(pace, 0.06, true);
    }
    expect(distantReads(pace)).toBe(0);
  });

  it("lets a disk that may have gone to sleep be woken by another thread", () => {
    const pace = makePace();
    pace.trust();
    expect(distantReads(pace, 0)).toBe(8);
    expect(distantReads(pace, 6_000)).toBe(8);
    expect(distantReads(pace, 7_000)).toBe(0);
  });
});

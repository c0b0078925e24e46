/** @module */
import { describe, expect, it } from "vitest";
import { CROWD_LEAST, Crowd } from "./crowd.ts";

function come(crowd: Crowd, count: number): number {
  let taken = 0;
  for (let at = 0; at < count; at++) if (crowd.come()) taken++;
  return taken;
}

describe("Crowd", () => {
  it("lets two thousand wait, and more as they are served", () => {
    const crowd = new Crowd();
    expect(come(crowd, 5000)).toBe(CROWD_LEAST);
    for (let at = 0; at < 300; at++) crowd.serve();
    expect(come(crowd, 5000)).toBe(300);
  });

  it("lets as many wait as were served lately in the time they may wait", () => {
    const crowd = new Crowd();
    crowd.tick(0);
    for (let at = 0; at < 5000; at++) {
      crowd.come();
      crowd.serve();
    }
    crowd.tick(100);
    expect(come(crowd, 50_000)).toBe(7500);
    crowd.tick(200);
    expect(come(crowd, 50_000)).toBe(0);
  });

  it("forgets who came and sent nothing", () => {
    const crowd = new Crowd();
    expect(come(crowd, 5000)).toBe(2000);
    crowd.tick(100);
    expect(come(crowd, 5000)).toBe(0);
    crowd.tick(200);
    expect(come(crowd, 5000)).toBe(2000);
  });
});

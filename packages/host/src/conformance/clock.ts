/**
 * What every clock keeps.
 * @module
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type MakeWorld, pass, type World } from "./world.ts";

export function describeClock(makeWorld: MakeWorld): void {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(async () => {
    await world.end();
  });

  describe("Clock", () => {
    it("never goes back", async () => {
      const { clock } = world.host;
      let last = clock.now();
      for (let at = 0; at < 100; at++) {
        const now = clock.now();
        expect(now).toBeGreaterThanOrEqual(last);
        last = now;
      }
      await pass(world, 5);
      expect(clock.now()).toBeGreaterThanOrEqual(last + 5);
    });

    it("wakes once, not before the time, and never inside the asking call", async () => {
      const { clock } = world.host;
      const at = clock.now() + 20;
      const wokenAt: number[] = [];
      clock.wakeAt(at, () => wokenAt.push(clock.now()));
      expect(wokenAt).toEqual([]);
      await world.run(() => wokenAt.length > 0);
      await pass(world, 30);
      expect(wokenAt).toHaveLength(1);
      expect(wokenAt[0]).toBeGreaterThanOrEqual(at);
    });

    it("wakes at once for what is due already, but not inside the asking call", async () => {
      const { clock } = world.host;
      let count = 0;
      clock.wakeAt(clock.now() - 1000, () => count++);
      clock.wakeAt(clock.now(), () => count++);
      expect(count).toBe(0);
      await world.run(() => count === 2);
    });

    it("wakes in the order of the times, not of the calls", async () => {
      const { clock } = world.host;
      const now = clock.now();
      const woken: string[] = [];
      clock.wakeAt(now + 60, () => woken.push("late"));
      clock.wakeAt(now + 20, () => woken.push("early"));
      await world.run(() => woken.length === 2);
      expect(woken).toEqual(["early", "late"]);
    });

    it("does not wake what was cancelled, and takes a late cancel calmly", async () => {
      const { clock } = world.host;
      const woken: string[] = [];
      const cancel = clock.wakeAt(clock.now() + 10, () => woken.push("cancelled"));
      const cancelDue = clock.wakeAt(clock.now(), () => woken.push("cancelled too"));
      const cancelLate = clock.wakeAt(clock.now() + 5, () => woken.push("woken"));
      cancel();
      cancelDue();
      await pass(world, 40);
      cancelLate();
      cancelLate();
      expect(woken).toEqual(["woken"]);
    });

    it("tells the seconds since 1970", () => {
      expect(world.host.clock.wallSeconds()).toBeGreaterThan(0);
    });
  });
}

/**
 * What every name service keeps.
 * @module
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, askBadly, askWell, type MakeWorld, type World } from "./world.ts";

export function describeDns(makeWorld: MakeWorld): void {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(async () => {
    await world.end();
  });

  const resolve = async (name: string): Promise<readonly string[]> =>
    await askWell<readonly string[]>(world, (done) => world.host.dns.resolve(name, done));

  describe("Dns", () => {
    it("answers an address with itself, of either family", async () => {
      expect(await resolve("192.0.2.1")).toEqual(["192.0.2.1"]);
      expect(await resolve("2001:db8::1")).toEqual(["2001:db8::1"]);
    });

    it("knows the machine itself", async () => {
      expect(await resolve("localhost")).toContain("127.0.0.1");
    });

    it("says of a name that cannot be that it is not found", async () => {
      expect(await askBadly<readonly string[]>(world, (done) => world.host.dns.resolve("", done))).toBe("NAME_NOT_FOUND");
      expect(await askBadly<readonly string[]>(world, (done) => world.host.dns.resolveTexts("", done))).toBe("NAME_NOT_FOUND");
    });

    it("answers ABORTED once when it is given up", async () => {
      for (const question of ["resolve", "resolveTexts"] as const) {
        const outcomes: unknown[] = [];
        await ask(world, (done) => {
          world.host.dns[question]("nobody.invalid", (outcome) => {
            outcomes.push(outcome);
            done(outcome);
          })();
        });
        expect(outcomes).toEqual([expect.objectContaining({ code: "ABORTED" })]);
      }
    });
  });
}

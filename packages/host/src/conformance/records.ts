/**
 * What all records keep.
 * @module
 */
import { NO_BYTES } from "@bittern/protocol/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askBadly, askWell, type MakeWorld, pattern, type World } from "./world.ts";

export function describeRecords(makeWorld: MakeWorld): void {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(async () => {
    await world.end();
  });

  const load = (key: string): Promise<Uint8Array | undefined> => askWell(world, (done) => world.host.records.load(key, done));
  const save = (key: string, bytes: Uint8Array): Promise<void> => askWell(world, (done) => world.host.records.save(key, bytes, done));
  const erase = (key: string): Promise<void> => askWell(world, (done) => world.host.records.erase(key, done));

  describe("Records", () => {
    it("have nothing before something is saved", async () => {
      expect(await load("nothing")).toBeUndefined();
      await erase("nothing");
    });

    it("give back what was saved last", async () => {
      await save("key", pattern(10));
      expect(await load("key")).toEqual(pattern(10));
      for (let round = 0; round < 5; round++) {
        await save("key", pattern(1000 * round, round));
        expect(await load("key")).toEqual(pattern(1000 * round, round));
      }
    });

    it("tell an empty record from none", async () => {
      await save("empty", NO_BYTES);
      expect(await load("empty")).toEqual(new Uint8Array(0));
    });

    it("keep keys apart", async () => {
      for (const key of ["a", "b", "a.b", "a-b", "A1", "0123456789abcdef0123456789abcdef01234567"]) await save(key, pattern(7, key.length));
      await erase("a");
      expect(await load("a")).toBeUndefined();
      expect(await load("a.b")).toEqual(pattern(7, 3));
      expect(await load("b")).toEqual(pattern(7, 1));
    });

    it("do things in the order they were asked", async () => {
      const answers: string[] = [];
      const { records } = world.host;
      records.save("key", pattern(100_000, 1), () => answers.push("saved"));
      records.save("key", pattern(5, 2), () => answers.push("saved again"));
      records.load("key", (outcome) => answers.push(outcome instanceof Uint8Array ? `loaded ${outcome.length}` : "?"));
      records.erase("key", () => answers.push("erased"));
      records.load("key", (outcome) => answers.push(outcome === undefined ? "nothing" : "?"));
      await world.run(() => answers.length === 5);
      expect(answers).toEqual(["saved", "saved again", "loaded 5", "erased", "nothing"]);
    });

    it("give a copy that nobody else holds", async () => {
      await save("key", pattern(4));
      const first = await load("key");
      first?.fill(0);
      expect(await load("key")).toEqual(pattern(4));
    });

    it("refuse keys that are no names", async () => {
      for (const key of ["", "../up", "a/b", ".", "..", "a b", "ü"]) {
        expect([key, await askBadly<void>(world, (done) => world.host.records.save(key, pattern(1), done))]).toEqual([key, "FILE_UNSAFE"]);
      }
    });
  });
}

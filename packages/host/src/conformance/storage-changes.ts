/**
 * What every storage keeps while its files come, go and move.
 * @module
 */
import { equalBytes, HostError } from "@bittern/protocol/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Lent, PieceExpectation, StoreStamps } from "../storage.ts";
import { makeSample, pieceOf, SHAPE, storeQuestions } from "./storage-sample.ts";
import { askBadly, askWell, type MakeWorld, type World } from "./world.ts";

export function describeStorageChanges(makeWorld: MakeWorld): void {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(async () => {
    await world.end();
  });

  const { open, read, store, storeAll, sync, verify } = storeQuestions(() => world);

  describe("Storage that changes", () => {
    it("keeps the bytes of unwanted files, and hands them over when they are wanted", async () => {
      const onlyThird = SHAPE.map(({ path }) => path === "t/third");
      const sample = makeSample(world.root, { wanted: onlyThird });
      const to = await open(sample.plan);
      await askWell<void>(world, (done) => to.allocate(done));
      await storeAll(to, sample);
      expect(await verify(to, sample)).toEqual([1, 1, 1, 1]);
      expect(equalBytes(await read(to, 0, sample.content.length), sample.content)).toBe(true);
      const some = await sync(to);
      expect(some.files.map((stamp) => stamp?.length)).toEqual([undefined, undefined, undefined, 50_000, undefined, undefined]);
      await askWell<void>(world, (done) =>
        to.select(
          SHAPE.map(() => true),
          done,
        ),
      );
      expect(await verify(to, sample)).toEqual([1, 1, 1, 1]);
      await askWell<void>(world, (done) => to.allocate(done));
      const all = await sync(to);
      expect(all.files.map((stamp) => stamp?.length)).toEqual([40_000, 0, 7, 50_000, undefined, 30_000]);
      await askWell<void>(world, (done) => to.select(onlyThird, done));
      expect(equalBytes(await read(to, 0, sample.content.length), sample.content)).toBe(true);
    });

    it("hands the bytes of unwanted files over to a store that wants them from the start", async () => {
      const sample = makeSample(world.root, { wanted: SHAPE.map(({ path }) => path === "t/third") });
      const first = await open(sample.plan);
      await askWell<void>(world, (done) => first.allocate(done));
      await storeAll(first, sample);
      const before = await sync(first);
      await askWell<void>(world, (done) => first.close(done));
      const then = await open({ ...sample.plan, wanted: SHAPE.map(() => true) });
      expect(then.stamps.files[0]).not.toEqual(before.files[0]);
      await askWell<void>(world, (done) => then.allocate(done));
      expect(await verify(then, sample)).toEqual([1, 1, 1, 1]);
      expect(equalBytes(await read(then, 0, sample.content.length), sample.content)).toBe(true);
    });

    it("moves to another root and goes on there", async () => {
      const sample = makeSample(`${world.root}/here`);
      const to = await open(sample.plan);
      await storeAll(to, sample);
      const there = `${world.root}/there`;
      const stamps = await askWell<StoreStamps>(world, (done) => to.move({ root: there, partsKey: "there" }, done));
      expect(stamps).toEqual(to.stamps);
      expect(await verify(to, sample)).toEqual([1, 1, 1, 1]);
      await storeAll(to, sample);
      const left = await open(sample.plan);
      expect(left.stamps.files.every((stamp) => stamp === undefined)).toBe(true);
      const found = await open({ ...sample.plan, root: there, partsKey: "there" });
      expect(await verify(found, sample)).toEqual([1, 1, 1, 1]);
    });

    it("takes its parts along under their new name, in the place of what was left there", async () => {
      const unwanted = { wanted: SHAPE.map((_, file) => file !== 0) };
      const there = { root: `${world.root}/there`, partsKey: "there" };
      const earlier = makeSample(`${world.root}/before`, { ...unwanted, partsKey: there.partsKey });
      const before = await open(earlier.plan);
      await store(before, 1, pieceOf(earlier.content, 1), earlier.expected[1] as PieceExpectation);
      await askWell<void>(world, (done) => before.close(done));
      const sample = makeSample(`${world.root}/here`, unwanted);
      const to = await open(sample.plan);
      await storeAll(to, sample);
      await askWell<StoreStamps>(world, (done) => to.move(there, done));
      expect(equalBytes(await read(to, 0, sample.content.length), sample.content)).toBe(true);
      await askWell<void>(world, (done) => to.close(done));
      const again = await open({ ...sample.plan, ...there });
      expect(equalBytes(await read(again, 0, sample.content.length), sample.content)).toBe(true);
      const left = await open(sample.plan);
      expect(await verify(left, sample)).toEqual([0, 0, 0, 0]);
    });

    it("removes what it made and is closed then", async () => {
      const sample = makeSample(world.root);
      const to = await open(sample.plan);
      await askWell<void>(world, (done) => to.allocate(done));
      await storeAll(to, sample);
      await askWell<void>(world, (done) => to.remove(done));
      const again = await open(sample.plan);
      expect(again.stamps.files.every((stamp) => stamp === undefined)).toBe(true);
      expect(await askBadly<Lent>(world, (done) => to.read(0, 1, done))).toBe("STORAGE_MISSING");
    });

    it("changes nothing that is only to be read", async () => {
      const sample = makeSample(world.root);
      const writer = await open(sample.plan);
      await storeAll(writer, sample);
      await sync(writer);
      const reader = await open({ ...sample.plan, readOnly: true });
      expect(await verify(reader, sample)).toEqual([1, 1, 1, 1]);
      const refused = await store(reader, 0, pieceOf(sample.content, 0), sample.expected[0] as PieceExpectation);
      expect(refused).toBeInstanceOf(HostError);
      expect((refused as HostError).code).toBe("DISK_READ_ONLY");
      for (const change of [
        (done: (outcome: void | HostError) => void) => reader.allocate(done),
        (done: (outcome: void | HostError) => void) => reader.remove(done),
      ]) {
        expect(await askBadly<void>(world, change)).toBe("DISK_READ_ONLY");
      }
      const elsewhere = { root: `${world.root}/other`, partsKey: "other" };
      expect(await askBadly<StoreStamps>(world, (done) => reader.move(elsewhere, done))).toBe("DISK_READ_ONLY");
      expect(await verify(reader, sample)).toEqual([1, 1, 1, 1]);
    });

    it("finishes what is under way before it closes, and answers everything after", async () => {
      const sample = makeSample(world.root);
      const to = await open(sample.plan);
      const outcomes: string[] = [];
      const note = (name: string) => (outcome: unknown) => outcomes.push(outcome instanceof HostError ? `${name} ${outcome.code}` : name);
      for (const piece of sample.pieces) {
        const bytes = pieceOf(sample.content, piece);
        to.storePiece(piece, bytes.buffer, bytes.length, sample.expected[piece] as PieceExpectation, note("stored"));
      }
      to.sync(note("synced"));
      to.close(note("closed"));
      to.read(0, 10, note("read"));
      to.close(note("closed again"));
      await world.run(() => outcomes.length === 8);
      expect(outcomes.toSorted()).toEqual([
        "closed",
        "closed again",
        "read STORAGE_MISSING",
        "stored",
        "stored",
        "stored",
        "stored",
        "synced",
      ]);
      const again = await open(sample.plan);
      expect(await verify(again, sample)).toEqual([1, 1, 1, 1]);
    });
  });
}

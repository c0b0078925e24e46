/**
 * What every storage keeps.
 * @module
 */
import { BLOCK_LENGTH, equalBytes, type HostError, NO_BYTES } from "@bittern/protocol/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BlockSpan, Frames, Lent, MerkleExpectation, PieceExpectation, Store } from "../storage.ts";
import { describeStorageChanges } from "./storage-changes.ts";
import { makeSample, merkleOf, PIECE_LENGTH, pieceOf, SHAPE, storeQuestions } from "./storage-sample.ts";
import { ask, askBadly, askWell, type MakeWorld, type World } from "./world.ts";

export function describeStorage(makeWorld: MakeWorld): void {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(async () => {
    await world.end();
  });

  const { open, read, store, storeAll, sync, verify } = storeQuestions(() => world);

  describe("Storage", () => {
    it("finds nothing in an empty place", async () => {
      const sample = makeSample(world.root);
      const empty = await open(sample.plan);
      expect(empty.stamps.files).toEqual(SHAPE.map(() => undefined));
      expect(await verify(empty, sample)).toEqual(sample.pieces.map(() => 0));
      expect(await askBadly<Lent>(world, (done) => empty.read(0, 1, done))).toBe("FILE_MISSING");
    });

    it("gives back what was stored, pads as zeros, wherever one reads", async () => {
      const sample = makeSample(world.root);
      const to = await open(sample.plan);
      await storeAll(to, sample);
      expect(equalBytes(await read(to, 0, sample.content.length), sample.content)).toBe(true);
      for (const [offset, length] of [
        [39_999, 20],
        [32_767, 2],
        [90_000, 8_400],
        [0, 1],
        [sample.content.length - 1, 1],
      ] as const) {
        expect(equalBytes(await read(to, offset, length), sample.content.slice(offset, offset + length))).toBe(true);
      }
      expect(await verify(to, sample)).toEqual(sample.pieces.map(() => 1));
    });

    it("finds its files again when it is opened anew", async () => {
      const sample = makeSample(world.root);
      const first = await open(sample.plan);
      await askWell<void>(world, (done) => first.allocate(done));
      await storeAll(first, sample);
      const stamps = await sync(first);
      expect(stamps.rootIdentity).not.toBe("");
      expect(stamps.files.map((stamp) => stamp?.length)).toEqual([40_000, 0, 7, 50_000, undefined, 30_000]);
      expect(first.stamps).toEqual(stamps);
      await askWell<void>(world, (done) => first.close(done));
      const second = await open(sample.plan);
      expect(second.stamps).toEqual(stamps);
      expect(await verify(second, sample)).toEqual(sample.pieces.map(() => 1));
    });

    it("takes a place whose disk is away for no empty one", async () => {
      const sample = makeSample(world.root);
      const elsewhere = { ...sample.plan, lastIdentity: "4294967295:2" };
      expect(await askBadly<Store>(world, (done) => world.host.storage.open(elsewhere, done))).toBe("STORAGE_MISSING");
      const first = await open(sample.plan);
      await askWell<void>(world, (done) => first.allocate(done));
      await storeAll(first, sample);
      const { rootIdentity } = await sync(first);
      await askWell<void>(world, (done) => first.close(done));
      // A disk may come back under another number: what is found there counts.
      const found = await open(elsewhere);
      expect(await verify(found, sample)).toEqual(sample.pieces.map(() => 1));
      await askWell<void>(world, (done) => found.remove(done));
      // Deleted by hand is deleted.
      const emptied = await open({ ...sample.plan, lastIdentity: rootIdentity });
      expect(emptied.stamps.files).toEqual(SHAPE.map(() => undefined));
    });

    it("writes nothing of a piece that is bad", async () => {
      const sample = makeSample(world.root);
      const to = await open(sample.plan);
      await storeAll(to, sample);
      const wrong = pieceOf(sample.content, 1);
      wrong[100] = (wrong[100] as number) ^ 1;
      expect(await store(to, 1, wrong, sample.expected[1] as PieceExpectation)).toEqual({ good: false });
      expect(await verify(to, sample)).toEqual(sample.pieces.map(() => 1));
    });

    it("judges a piece by its tree, and names the leaves of a bad one", async () => {
      const sample = makeSample(world.root);
      const to = await open(sample.plan);
      const bytes = pieceOf(sample.content, 0);
      const { expected, leaves } = merkleOf(bytes, 2);
      expect(await store(to, 0, bytes.slice(), expected)).toEqual({ good: true });
      const wrong = bytes.slice();
      wrong[BLOCK_LENGTH] = (wrong[BLOCK_LENGTH] as number) ^ 1;
      const bad = await store(to, 0, wrong, expected);
      expect(bad).toMatchObject({ good: false });
      const found = (bad as { readonly leaves?: Uint8Array }).leaves ?? NO_BYTES;
      expect(found.slice(0, 32)).toEqual(leaves.slice(0, 32));
      expect(found.slice(32)).not.toEqual(leaves.slice(32));
      expect([...(await askWell<Uint8Array>(world, (done) => to.verify([0], [expected], done)))]).toEqual([1]);
    });

    it("takes leaves past the data for zeros", async () => {
      const sample = makeSample(world.root);
      const to = await open(sample.plan);
      const bytes = pieceOf(sample.content, 3);
      const { expected } = merkleOf(bytes, 4);
      expect(await store(to, 3, bytes, expected)).toEqual({ good: true });
      expect([...(await askWell<Uint8Array>(world, (done) => to.verify([3], [expected], done)))]).toEqual([1]);
    });

    it("hashes the blocks of a piece where it lies, if it is what it should be", async () => {
      const sample = makeSample(world.root);
      const to = await open(sample.plan);
      const leavesOf = (piece: number, expected: PieceExpectation): Promise<Uint8Array | undefined> =>
        askWell(world, (done) => to.hashLeaves(piece, expected.merkle as MerkleExpectation, done));
      // The last piece ends within a block.
      const known = [0, 3].map((piece) => ({ piece, ...merkleOf(pieceOf(sample.content, piece), 2) }));
      for (const { piece, expected } of known) expect(await leavesOf(piece, expected)).toBeUndefined();
      await storeAll(to, sample);
      for (const { piece, expected, leaves } of known) {
        expect(await leavesOf(piece, expected)).toEqual(leaves);
        expect(await leavesOf(1, expected)).toBeUndefined();
      }
      await askWell<void>(world, (done) => to.close(done));
      for (const { piece, expected } of known) await expect(leavesOf(piece, expected)).rejects.toMatchObject({ code: "STORAGE_MISSING" });
    });

    it("wants both hashes of a hybrid to agree", async () => {
      const sample = makeSample(world.root);
      const to = await open(sample.plan);
      const bytes = pieceOf(sample.content, 0);
      const { expected } = merkleOf(bytes, 2);
      const both = { ...expected, ...sample.expected[0] };
      expect(await store(to, 0, bytes.slice(), both)).toEqual({ good: true });
      expect(await store(to, 0, bytes.slice(), { ...both, sha1: new Uint8Array(20) })).toMatchObject({ good: false });
      expect(await store(to, 0, bytes.slice(), { ...both, ...merkleOf(pieceOf(sample.content, 1), 2).expected })).toMatchObject({
        good: false,
      });
    });

    it("stores a piece in runs, to be verified afterwards", async () => {
      const sample = makeSample(world.root);
      const to = await open(sample.plan);
      const bytes = pieceOf(sample.content, 1);
      for (const [begin, end] of [
        [BLOCK_LENGTH, PIECE_LENGTH],
        [0, BLOCK_LENGTH],
      ] as const) {
        const run = bytes.slice(begin, end);
        let fault: HostError | undefined | "none yet" = "none yet";
        to.storeRun(1, begin, run.buffer, run.length, (found) => {
          fault = found;
        });
        await world.run(() => fault !== "none yet");
        expect(fault).toBeUndefined();
      }
      expect(await verify(to, sample)).toEqual([0, 1, 0, 0]);
    });

    it("frames blocks as piece messages, in the order asked for", async () => {
      const sample = makeSample(world.root);
      const to = await open(sample.plan);
      await storeAll(to, sample);
      const spans: BlockSpan[] = [
        { piece: 2, begin: 0, length: BLOCK_LENGTH },
        { piece: 2, begin: BLOCK_LENGTH, length: BLOCK_LENGTH },
        { piece: 0, begin: 3, length: 5 },
        { piece: 1, begin: 7_000, length: 500 },
      ];
      const frames = await askWell<Frames>(world, (done) => to.readBlocks(spans, done));
      const view = new DataView(frames.bytes.buffer, frames.bytes.byteOffset, frames.bytes.length);
      let at = 0;
      for (const { piece, begin, length } of spans) {
        expect([view.getUint32(at), frames.bytes[at + 4], view.getUint32(at + 5), view.getUint32(at + 9)]).toEqual([
          9 + length,
          7,
          piece,
          begin,
        ]);
        const block = pieceOf(sample.content, piece).subarray(begin, begin + length);
        expect(equalBytes(frames.bytes.subarray(at + 13, at + 13 + length), block)).toBe(true);
        at += 13 + length;
      }
      expect(at).toBe(frames.bytes.length);
      frames.release();
    });

    it("reads blocks whole or not at all", async () => {
      const sample = makeSample(world.root);
      const to = await open(sample.plan);
      await store(to, 0, pieceOf(sample.content, 0), sample.expected[0] as PieceExpectation);
      const spans: BlockSpan[] = [
        { piece: 0, begin: 0, length: 100 },
        { piece: 3, begin: 20_000, length: 100 },
      ];
      expect(await askBadly<Frames>(world, (done) => to.readBlocks(spans, done))).toBe("FILE_MISSING");
    });

    it("keeps what is read while more is stored and read", async () => {
      const sample = makeSample(world.root);
      const to = await open(sample.plan);
      await storeAll(to, sample);
      const frames = await askWell<Frames>(world, (done) => to.readBlocks([{ piece: 0, begin: 0, length: 1000 }], done));
      await read(to, 60_000, 3000);
      await storeAll(to, sample);
      expect(frames.bytes.slice(13)).toEqual(sample.content.slice(0, 1000));
      frames.release();
    });

    it("knows how much room there is", async () => {
      const to = await open(makeSample(world.root).plan);
      const space = await ask<number>(world, (done) => to.space(done));
      expect(space).toBeGreaterThan(0);
    });

    it("refuses a key that is no name", async () => {
      for (const partsKey of ["", "../x", "a/b", ".hidden"]) {
        const { plan } = makeSample(world.root, { partsKey });
        expect(await askBadly<Store>(world, (done) => world.host.storage.open(plan, done))).toBe("FILE_UNSAFE");
      }
    });
  });

  describeStorageChanges(makeWorld);
}

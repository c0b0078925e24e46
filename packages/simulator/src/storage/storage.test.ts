import type { Frames, PieceExpectation, PieceOutcome, Store, StorePlan } from "@bittern/host";
import type { HostError } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import type { SimulatedHost } from "../host.ts";
import { recipeOf } from "../lazy.ts";
import { World } from "../world.ts";
import type { TorrentContent } from "./content.ts";

interface Bench {
  readonly world: World;
  readonly host: SimulatedHost;
  readonly content: TorrentContent;
  readonly store: Store;
}

const PIECE_LENGTH = 32 * 1024;
const TOTAL_LENGTH = 5 * PIECE_LENGTH + 1000;

function planOf(content: TorrentContent): StorePlan {
  const file = { path: [content.name], length: content.totalLength, isPad: false, offset: 0 };
  const { pieceLength, totalLength } = content;
  return { root: "/data", files: [file], pieceLength, totalLength, wanted: [true], partsKey: "parts", readOnly: false };
}

function answerOf<Result>(world: World, ask: (done: (outcome: Result | HostError) => void) => void): Result | HostError {
  let answer: { readonly outcome: Result | HostError } | undefined;
  ask((outcome) => {
    answer = { outcome };
  });
  world.run({ until: () => answer !== undefined });
  return (answer as unknown as { outcome: Result | HostError }).outcome;
}

function open(mode: "pattern" | "bytes", disk: { capacity?: number; rate?: number } = {}): Bench {
  const world = new World({ seed: 5 });
  const host = world.addNode({ name: "one", address: "45.0.0.1", disk });
  const content = world.torrentContent({ name: "payload", pieceLength: PIECE_LENGTH, totalLength: TOTAL_LENGTH, mode });
  return { world, host, content, store: openAgain({ world, host, content }) };
}

function openAgain({ world, host, content }: Pick<Bench, "world" | "host" | "content">): Store {
  return answerOf<Store>(world, (done) => host.storage.open(planOf(content), done)) as Store;
}

function put({ world, content, store }: Bench, piece: number, spoilAt?: number): PieceOutcome | HostError {
  const buffer = new ArrayBuffer(PIECE_LENGTH);
  const byteLength = content.lengthOf(piece);
  const bytes = new Uint8Array(buffer, 0, byteLength);
  content.copyTo(bytes, 0, piece, 0, byteLength);
  if (spoilAt !== undefined) bytes[spoilAt] = (bytes[spoilAt] as number) ^ 1;
  return answerOf(world, (done) => store.storePiece(piece, buffer, byteLength, { sha1: content.digest(piece) }, done));
}

function verified({ world, content, store }: Bench): number[] {
  const pieces = Array.from({ length: content.pieceCount }, (_, piece) => piece);
  const expected: PieceExpectation[] = pieces.map((piece) => ({ sha1: content.digest(piece) }));
  return [...(answerOf(world, (done) => store.verify(pieces, expected, done)) as Uint8Array)];
}

for (const mode of ["pattern", "bytes"] as const) {
  describe(`a store in ${mode} mode`, () => {
    it("takes good pieces, refuses bad ones, and verifies what it has", () => {
      const bench = open(mode);
      expect(put(bench, 0)).toEqual({ good: true });
      expect(put(bench, 5)).toEqual({ good: true });
      // The bytes a liar spoils: the first of a block.
      expect(put(bench, 2, 0)).toMatchObject({ good: false });
      expect(put(bench, 2, 16_384)).toMatchObject({ good: false });
      expect(verified(bench)).toEqual([1, 0, 0, 0, 0, 1]);
    });

    it("frames blocks as piece messages", () => {
      const bench = open(mode);
      bench.host.plant(bench.content, "/data");
      const spans = [
        { piece: 1, begin: 16_384, length: 16_384 },
        { piece: 5, begin: 500, length: 500 },
      ];
      const frames = answerOf(bench.world, (done) => bench.store.readBlocks(spans, done)) as Frames;
      expect(frames.bytes.length).toBe(2 * 13 + 16_884);
      expect([...frames.bytes.subarray(0, 13)]).toEqual([0, 0, 64, 9, 7, 0, 0, 0, 1, 0, 0, 64, 0]);
      const kept = bench.content.keptBlockLength;
      const expected = new Uint8Array(kept);
      bench.content.copyTo(expected, 0, 1, 16_384, kept);
      expect(frames.bytes.subarray(13, 13 + kept)).toEqual(expected);
      const stream = new Uint8Array(Math.min(500, kept));
      bench.content.readStream(stream, 5 * PIECE_LENGTH + 500);
      expect(frames.bytes.subarray(26 + 16_384, 26 + 16_384 + stream.length)).toEqual(stream);
    });

    it("says that it is full, and goes on when there is room", () => {
      const bench = open(mode, { capacity: 2 * PIECE_LENGTH });
      expect(put(bench, 0)).toEqual({ good: true });
      expect(put(bench, 1)).toEqual({ good: true });
      expect(put(bench, 2)).toMatchObject({ code: "DISK_FULL" });
      expect(answerOf(bench.world, (done) => bench.store.space(done))).toBe(0);
      bench.host.disk.capacity = 10 * PIECE_LENGTH;
      expect(put(bench, 2)).toEqual({ good: true });
      answerOf(bench.world, (done) => bench.store.remove(done));
      expect(bench.host.disk.usedLength).toBe(0);
    });

    it("fails the call that was to fail, and every call of a broken disk", () => {
      const bench = open(mode);
      bench.host.disk.failCall(bench.host.disk.callCount + 2, "IO");
      expect(put(bench, 0)).toEqual({ good: true });
      expect(put(bench, 1)).toMatchObject({ code: "IO" });
      expect(put(bench, 1)).toEqual({ good: true });
      bench.host.disk.break("DISK_READ_ONLY");
      expect(put(bench, 2)).toMatchObject({ code: "DISK_READ_ONLY" });
      bench.host.disk.break(undefined);
      expect(put(bench, 2)).toEqual({ good: true });
    });

    it("takes the time its disk takes", () => {
      const bench = open(mode, { rate: PIECE_LENGTH * 10 });
      const begun = bench.world.now;
      for (const piece of [0, 1, 2, 3, 4]) expect(put(bench, piece)).toEqual({ good: true });
      expect(bench.world.now - begun).toBeCloseTo(501, 0);
    });

    it("keeps what was synced when the power goes, and nobody knows about the rest", () => {
      const fates = new Set<string>();
      for (let seed = 0; seed < 40; seed++) {
        const world = new World({ seed });
        const host = world.addNode({ name: "one", address: "45.0.0.1" });
        const content = world.torrentContent({ name: "payload", pieceLength: PIECE_LENGTH, totalLength: TOTAL_LENGTH, mode });
        const before: Bench = { world, host, content, store: openAgain({ world, host, content }) };
        put(before, 0);
        put(before, 1);
        answerOf(world, (done) => before.store.sync(done));
        put(before, 2);
        host.cutPower();
        host.start();
        const after: Bench = { ...before, store: openAgain(before) };
        const verdicts = verified(after);
        expect(verdicts.slice(0, 2)).toEqual([1, 1]);
        expect(verdicts.slice(3)).toEqual([0, 0, 0]);
        fates.add(String(verdicts[2]));
      }
      expect([...fates].toSorted()).toEqual(["0", "1"]);
    });

    it("finds rotten pieces when it looks again", () => {
      const bench = open(mode);
      bench.host.disk.faults = { failShares: {}, rotShare: 1 };
      expect(put(bench, 3)).toEqual({ good: true });
      expect(verified(bench)).toEqual([0, 0, 0, 0, 0, 0]);
    });

    it("sends wrong blocks for a liar, one byte each", () => {
      const bench = open(mode);
      bench.host.plant(bench.content, "/data");
      bench.host.lie = ({ begin }) => begin === 16_384;
      const spans = [0, 16_384].map((begin) => ({ piece: 0, begin, length: 16_384 }));
      const frames = answerOf(bench.world, (done) => bench.store.readBlocks(spans, done)) as Frames;
      const expected = new Uint8Array(PIECE_LENGTH);
      bench.content.copyTo(expected, 0, 0, 0, PIECE_LENGTH);
      const kept = bench.content.keptBlockLength;
      expect(frames.bytes.subarray(13, 13 + kept)).toEqual(expected.subarray(0, kept));
      expect(frames.bytes[26 + 16_384]).not.toBe(expected[16_384]);
      expect(frames.bytes.subarray(27 + 16_384, 26 + 16_384 + kept)).toEqual(expected.subarray(16_385, 16_384 + kept));
    });

    it("stamps its file, and another one after a write", () => {
      const bench = open(mode);
      expect(bench.store.stamps.files).toEqual([undefined]);
      bench.world.run({ untilMillis: 5000 });
      put(bench, 0);
      const synced = answerOf(bench.world, (done) => bench.store.sync(done));
      expect(synced).toMatchObject({ files: [{ modifiedMillis: 5000 }] });
      expect(openAgain(bench).stamps).toEqual(synced);
    });
  });
}

describe("pattern frames", () => {
  it("are made again from their recipe, wherever the cut falls", () => {
    const { world, host, content, store } = open("pattern");
    host.plant(content, "/data");
    const spans = [0, 16_384].map((begin) => ({ piece: 2, begin, length: 16_384 }));
    const frames = answerOf(world, (done) => store.readBlocks(spans, done)) as Frames;
    const recipe = recipeOf(frames.bytes);
    const again = new Uint8Array(frames.bytes.length);
    for (let at = 0; at < again.length; at += 7) recipe?.copyTo(again, at, at, Math.min(7, again.length - at));
    const known = 13 + content.keptBlockLength;
    for (const at of [0, 13 + 16_384]) expect(again.subarray(at, at + known)).toEqual(frames.bytes.subarray(at, at + known));
  });

  it("carry no byte of a block but its first", () => {
    const { world, host, content, store } = open("pattern");
    host.plant(content, "/data");
    const frames = answerOf(world, (done) => store.readBlocks([{ piece: 2, begin: 0, length: 16_384 }], done)) as Frames;
    const target = new Uint8Array(frames.bytes.length).fill(7);
    expect(recipeOf(frames.bytes)?.copyTo(target, 0, 0, target.length)).toBe(13 + content.keptBlockLength);
    expect(target.subarray(13 + content.keptBlockLength).every((byte) => byte === 7)).toBe(true);
  });

  it("differ at every offset from those of another place", () => {
    const { content } = open("pattern");
    const bytes = new Uint8Array(16_384);
    content.copyTo(bytes, 0, 1, 0, 16_384);
    for (const kept of [bytes, bytes.subarray(0, content.keptBlockLength)]) {
      expect(content.matches(kept, 1, 0, 16_384)).toBe(true);
      expect(content.matches(kept, 1, 16_384, 16_384)).toBe(false);
      expect(content.matches(kept, 2, 0, 16_384)).toBe(false);
    }
  });
});

describe("records", () => {
  it("are there after the process died, whole, and gone when erased", () => {
    const world = new World({ seed: 5 });
    const host = world.addNode({ name: "one", address: "45.0.0.1" });
    answerOf(world, (done) => host.records.save("a.record", Uint8Array.of(1, 2), done));
    host.records.save("a.record", Uint8Array.of(3), () => expect.unreachable());
    host.cutPower();
    host.start();
    expect(answerOf(world, (done) => host.records.load("a.record", done))).toEqual(Uint8Array.of(1, 2));
    answerOf(world, (done) => host.records.erase("a.record", done));
    expect(answerOf(world, (done) => host.records.load("a.record", done))).toBeUndefined();
    expect(answerOf(world, (done) => host.records.save("../x", Uint8Array.of(1), done))).toMatchObject({ code: "FILE_UNSAFE" });
  });
});

import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { BlockSpan, Frames } from "@bittern/host";
import { equalBytes } from "@bittern/protocol/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HAS_DESCRIPTOR_PATHS } from "./paths.ts";
import { NodeStorage } from "./storage.ts";
import { ask, makeSample, openStore, readAll, type SampleFile, storeAll, storePiece, temporaryFolder, verifyAll } from "./testing.ts";
import { workerUrl } from "./worker-url.ts";

const KIB = 1024;
const FILES: readonly SampleFile[] = [
  ["album/one.bin", 40 * KIB],
  ["album/empty", 0],
  ["album/deep/er/two.bin", 5],
  ["album/three.bin", 70_001],
  [null, 9_930],
  ["album/größe ✓.txt", 33 * KIB],
];

let folder: ReturnType<typeof temporaryFolder>;
let storage: NodeStorage;

beforeEach(() => {
  folder = temporaryFolder();
  storage = new NodeStorage({ stateDir: join(folder.path, "state"), ioWorkers: 1, hashWorkers: 2, workerUrl: workerUrl() });
});

afterEach(async () => {
  await storage.close();
  folder.end();
});

/** Where a descriptor leads, "" for one that was closed meanwhile. */
function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

const root = (): string => join(folder.path, "data");
const there = (...path: string[]): string => join(root(), ...path);

describe("Store", () => {
  it("writes pieces over many files and gives the same bytes back", async () => {
    const sample = makeSample(root(), FILES, 32 * KIB);
    const store = await openStore(storage, sample.plan);
    expect(await storeAll(store, sample)).toEqual(sample.expected.map(() => "good"));
    expect(equalBytes(await readAll(store, sample), sample.content)).toBe(true);
    expect(equalBytes(readFileSync(there("album/three.bin")), sample.content.slice(40 * KIB + 5, 40 * KIB + 5 + 70_001))).toBe(true);
    expect(await verifyAll(store, sample)).toEqual(sample.expected.map(() => 1));
  });

  it("lets a read wait while 64 MiB are lent to others", async () => {
    // The next larger buffer of such a read has 4160 KiB: fifteen of them fit.
    const length = 2200 * KIB;
    const store = await openStore(storage, makeSample(root(), [[null, length]], 4096 * KIB).plan);
    const lent: Frames[] = [];
    const read = (): Promise<number> => ask<Frames>((done) => store.read(0, length, done)).then((frames) => lent.push(frames));
    const last = Array.from({ length: 16 }, read).at(-1);
    // Padding is read at once.
    await setImmediate();
    expect(lent).toHaveLength(15);
    lent[0]?.release();
    expect(await last).toBe(16);
    for (const frames of lent) frames.release();
  });

  it.runIf(HAS_DESCRIPTOR_PATHS)("holds few folders open, however many stores there are", async () => {
    const openFolders = (): number =>
      readdirSync("/proc/self/fd").filter((fd) => {
        const place = linkAt(`/proc/self/fd/${fd}`);
        return place.startsWith(root()) && statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
      }).length;
    for (let at = 0; at < 40; at++) {
      const sample = makeSample(there(`${at}`), [["deep/file", 5]], 32 * KIB);
      const store = await openStore(storage, sample.plan);
      expect(await storeAll(store, sample)).toEqual(["good"]);
    }
    expect(openFolders()).toBe(2 * 16);
  });

  it("looks for nothing in folders that are not there, and for everything in those that are", async () => {
    const files: SampleFile[] = ["a/1", "a/2", "ab/1", "b/1", "b/c/1", "b/2"].map((name) => [name, 5]);
    for (const path of ["ab/1", "b/2"]) {
      mkdirSync(there(path, ".."), { recursive: true });
      writeFileSync(there(path), "12345");
    }
    const store = await openStore(storage, makeSample(root(), files, 32 * KIB).plan);
    expect(store.stamps.files.map((stamp) => stamp?.length)).toEqual([undefined, undefined, 5, undefined, undefined, 5]);
  });

  it("never makes a file of a pad, and reads pads as zeros", async () => {
    const sample = makeSample(root(), FILES, 32 * KIB);
    const store = await openStore(storage, sample.plan);
    await ask<void>((done) => store.allocate(done));
    await storeAll(store, sample);
    expect(readdirSync(root())).toEqual(["album"]);
    expect(readdirSync(there("album")).toSorted()).toEqual(["deep", "empty", "größe ✓.txt", "one.bin", "three.bin"].toSorted());
    const pad = sample.plan.files[4]!;
    const lent = await ask<Frames>((done) => store.read(pad.offset, pad.length, done));
    expect(lent.bytes.every((byte) => byte === 0)).toBe(true);
    lent.release();
  });

  it("writes nothing of a piece that is bad, and gives the buffer back", async () => {
    const sample = makeSample(root(), [["file", 64 * KIB]], 32 * KIB);
    const store = await openStore(storage, sample.plan);
    const bad = sample.piece(1);
    new Uint8Array(bad)[7]! ^= 1;
    const back = await new Promise<ArrayBuffer>((resolve) => {
      store.storePiece(1, bad, 32 * KIB, sample.expected[1]!, (outcome, buffer) => {
        expect(outcome).toEqual({ good: false });
        resolve(buffer);
      });
    });
    expect(back.byteLength).toBe(32 * KIB);
    expect(existsSync(there("file"))).toBe(false);
  });

  it("allocates wanted files sparse and whole", async () => {
    const sample = makeSample(
      root(),
      [
        ["big", 32 * KIB * KIB],
        ["empty", 0],
      ],
      1024 * KIB,
      {},
    );
    const store = await openStore(storage, { ...sample.plan, wanted: [true, true] });
    await ask<void>((done) => store.allocate(done));
    const found = statSync(there("big"));
    expect(found.size).toBe(32 * KIB * KIB);
    expect(found.blocks).toBeLessThan(100);
    expect(statSync(there("empty")).size).toBe(0);
  });

  it("leaves a file to the first write where there are very many", async () => {
    const many = Array.from({ length: 80 }, (_, index): SampleFile => [`many/${index}`, index === 79 ? 0 : KIB]);
    const sample = makeSample(root(), many, 32 * KIB);
    const store = await openStore(storage, sample.plan);
    await ask<void>((done) => store.allocate(done));
    expect(statSync(there("many/63")).size).toBe(KIB);
    expect(statSync(there("many/79")).size).toBe(0);
    expect(existsSync(there("many/70"))).toBe(false);
    expect(await storeAll(store, sample)).toEqual(sample.expected.map(() => "good"));
    expect(statSync(there("many/70")).size).toBe(KIB);
    expect(await verifyAll(store, sample)).toEqual(sample.expected.map(() => 1));
  });

  it("finds the last piece shorter than the others", async () => {
    const sample = makeSample(root(), [["file", 70_000]], 32 * KIB);
    const store = await openStore(storage, sample.plan);
    expect(await storePiece(store, sample, 2)).toBe("good");
    expect(await verifyAll(store, sample)).toEqual([0, 0, 1]);
  });

  it("stores a piece in runs and verifies it afterwards", async () => {
    const sample = makeSample(
      root(),
      [
        ["a", 50_000],
        ["b", 50_000],
      ],
      100_000,
    );
    const store = await openStore(storage, sample.plan);
    for (const begin of [65_536, 0]) {
      const run = sample.content.slice(begin, Math.min(begin + 65_536, 100_000)).buffer;
      const fault = await new Promise((resolve) => store.storeRun(0, begin, run, run.byteLength, resolve));
      expect(fault).toBeUndefined();
    }
    expect(await verifyAll(store, sample)).toEqual([1]);
  });
});

describe("readBlocks", () => {
  it("frames blocks in the order asked for, wherever they lie", async () => {
    const sample = makeSample(root(), FILES, 32 * KIB);
    const store = await openStore(storage, sample.plan);
    await storeAll(store, sample);
    const spans: BlockSpan[] = [
      { piece: 1, begin: 0, length: 16 * KIB },
      { piece: 1, begin: 16 * KIB, length: 16 * KIB },
      { piece: 0, begin: 5, length: 1 },
      { piece: 3, begin: 16_000, length: 10_000 },
    ];
    const frames = await ask<Frames>((done) => store.readBlocks(spans, done));
    let at = 0;
    const view = new DataView(frames.bytes.buffer, frames.bytes.byteOffset);
    for (const { piece, begin, length } of spans) {
      expect(view.getUint32(at)).toBe(9 + length);
      expect([frames.bytes[at + 4], view.getUint32(at + 5), view.getUint32(at + 9)]).toEqual([7, piece, begin]);
      const start = piece * 32 * KIB + begin;
      expect(equalBytes(frames.bytes.subarray(at + 13, at + 13 + length), sample.content.subarray(start, start + length))).toBe(true);
      at += 13 + length;
    }
    expect(at).toBe(frames.bytes.length);
    const release = frames.release;
    release();
    release();
  });

  it("gives all of it or nothing", async () => {
    const sample = makeSample(
      root(),
      [
        ["a", 40_000],
        ["b", 40_000],
      ],
      32 * KIB,
    );
    const store = await openStore(storage, sample.plan);
    await storeAll(store, sample);
    truncateSync(there("b"), 100);
    const spans: BlockSpan[] = [
      { piece: 0, begin: 0, length: 16 * KIB },
      { piece: 2, begin: 0, length: 14_464 },
    ];
    await expect(ask((done) => store.readBlocks(spans, done))).rejects.toMatchObject({ code: "FILE_MISSING" });
  });

  it("reads from more files than may be open", async () => {
    const many = Array.from({ length: 300 }, (_, at): SampleFile => [`many/${at}`, 100 + at]);
    const sample = makeSample(root(), many, 32 * KIB);
    const store = await openStore(storage, sample.plan);
    expect(await storeAll(store, sample)).not.toContain("bad");
    expect(equalBytes(await readAll(store, sample), sample.content)).toBe(true);
    for (let at = 0; at < 300; at++) {
      const { offset, length } = sample.plan.files[at]!;
      const lent = await ask<Frames>((done) => store.read(offset, length, done));
      expect(equalBytes(lent.bytes, sample.content.subarray(offset, offset + length))).toBe(true);
      lent.release();
    }
    expect(await verifyAll(store, sample)).toEqual(sample.expected.map(() => 1));
  });
});

describe("A process with few descriptors", () => {
  it.skipIf(process.platform === "win32")(
    "still stores and reads torrents of many files",
    { meta: { skipReason: "Windows has no ulimit" } },
    () => {
      const many = Array.from({ length: 200 }, (_, at) => ({ path: ["many", `${at}`], length: 1000, isPad: false, offset: 1000 * at }));
      const plan = {
        root: root(),
        files: many,
        pieceLength: 50_000,
        totalLength: 200_000,
        wanted: many.map(() => true),
        partsKey: "t",
        readOnly: false,
      };
      const program = `
      import { createHash } from "node:crypto";
      // Node opens all modules that one names at once; a program that ships is one file.
      await import(${JSON.stringify(new URL("../../../protocol/dist/address/index.js", import.meta.url).href)});
      const { createNodeHost } = await import(${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)});
      const host = createNodeHost();
      const outcomes = [];
      const sha1 = new Uint8Array(createHash("sha1").update(new Uint8Array(50_000)).digest());
      host.storage.open(${JSON.stringify(plan)}, async (store) => {
        const note = (outcome) => outcomes.push(outcome.code ?? (outcome.good ? "good" : "read"));
        const store1 = (piece) => new Promise((resolve) => store.storePiece(piece, new ArrayBuffer(50_000), 50_000, { sha1 }, (o) => resolve(note(o))));
        const read1 = (file) => new Promise((resolve) => store.read(1000 * file, 1000, (o) => { o.release?.(); resolve(note(o)); }));
        for (const piece of [0, 1, 2, 3]) await store1(piece);
        for (let file = 0; file < 200; file++) await read1(file);
        await new Promise((resolve) => store.sync((o) => resolve(outcomes.push(o.code ?? "synced"))));
        console.log(JSON.stringify([...new Set(outcomes)]));
        await host.close();
      });`;
      const { stdout, stderr } = spawnSync("sh", ["-c", 'ulimit -n 70; exec "$0" --input-type=module -e "$1"', process.execPath, program], {
        encoding: "utf8",
      });
      expect([stdout.trim(), stderr]).toEqual(['["good","read","synced"]', ""]);
    },
  );
});

describe("verify", () => {
  it("takes missing and short files for bad pieces, not for a fault", async () => {
    const sample = makeSample(
      root(),
      [
        ["a", 64 * KIB],
        ["b", 64 * KIB],
        ["c", 64 * KIB],
      ],
      32 * KIB,
    );
    const store = await openStore(storage, sample.plan);
    expect(await verifyAll(store, sample)).toEqual([0, 0, 0, 0, 0, 0]);
    await storeAll(store, sample);
    rmSync(there("a"));
    truncateSync(there("c"), 40_000);
    expect(await verifyAll(store, sample)).toEqual([0, 0, 1, 1, 1, 0]);
  });
});

describe("sync and stamps", () => {
  it("tells how files are afterwards, and the next opening tells the same", async () => {
    const sample = makeSample(root(), FILES, 32 * KIB);
    const store = await openStore(storage, sample.plan);
    expect(store.stamps).toEqual({ files: FILES.map(() => undefined), rootIdentity: "" });
    await ask<void>((done) => store.allocate(done));
    await storeAll(store, sample);
    const synced = await ask((done: Parameters<typeof store.sync>[0]) => store.sync(done));
    expect(synced.rootIdentity).toMatch(/^\d+:\d+$/);
    expect(synced.files.map((stamp) => stamp?.length)).toEqual([40 * KIB, 0, 5, 70_001, undefined, 33 * KIB]);
    await ask<void>((done) => store.close(done));
    const again = await openStore(storage, sample.plan);
    expect(again.stamps).toEqual(synced);
    writeFileSync(there("album/deep/er/two.bin"), "other");
    const changed = await openStore(storage, sample.plan);
    expect(changed.stamps.files[2]).not.toEqual(synced.files[2]);
    expect(changed.stamps.files[0]).toEqual(synced.files[0]);
  });

  it("answers while pieces are being written", async () => {
    const sample = makeSample(root(), [["file", 4 * 1024 * KIB]], 64 * KIB);
    const store = await openStore(storage, sample.plan);
    const writes = storeAll(store, sample);
    const first = ask((done: Parameters<typeof store.sync>[0]) => store.sync(done));
    expect(await writes).not.toContain("bad");
    expect((await first).files[0]?.length).toBe(4 * 1024 * KIB);
  });
});

describe("A root that is not what it was", () => {
  it("takes no bytes once it is gone", async () => {
    const sample = makeSample(root(), [["file", 64 * KIB]], 32 * KIB);
    const store = await openStore(storage, sample.plan);
    expect(await storePiece(store, sample, 0)).toBe("good");
    renameSync(root(), `${root()}.unplugged`);
    expect(await storePiece(store, sample, 1)).toBe("STORAGE_MISSING");
    mkdirSync(root());
    expect(await storePiece(store, sample, 1)).toBe("STORAGE_MISSING");
    expect(readdirSync(root())).toEqual([]);
  });

  it("does not make a deleted file again behind the user's back", async () => {
    const sample = makeSample(
      root(),
      [
        ["file", 64 * KIB],
        ["other", 64 * KIB],
      ],
      32 * KIB,
    );
    const store = await openStore(storage, sample.plan);
    await storeAll(store, sample);
    rmSync(there("file"));
    expect(await storePiece(store, sample, 0)).toBe("FILE_MISSING");
    expect(await storePiece(store, sample, 1)).toBe("FILE_MISSING");
    expect(await storePiece(store, sample, 2)).toBe("good");
    expect(existsSync(there("file"))).toBe(false);
  });
});

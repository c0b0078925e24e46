import { execFileSync } from "node:child_process";
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { equalBytes } from "@bittern/protocol/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NodeStorage } from "./storage.ts";
import { ask, makeSample, mountTmpfs, openStore, readAll, storeAll, storePiece, temporaryFolder, verifyAll } from "./testing.ts";
import { workerUrl } from "./worker-url.ts";

const PIECE_LENGTH = 32 * 1024;

let folder: ReturnType<typeof temporaryFolder>;
let storage: NodeStorage;

beforeEach(() => {
  folder = temporaryFolder();
  storage = new NodeStorage({ stateDir: undefined, ioWorkers: 1, hashWorkers: 1, workerUrl: workerUrl() });
});

afterEach(async () => {
  await storage.close();
  folder.end();
});

const root = (): string => join(folder.path, "data");

describe("A full disk", () => {
  it("refuses with DISK_FULL, and goes on when there is room", async (context) => {
    const mounted = mountTmpfs(root(), "1m");
    if (!mounted) return context.skip("needs root to mount a tmpfs");
    try {
      const sample = makeSample(root(), [["file", 900_000]], PIECE_LENGTH);
      const store = await openStore(storage, sample.plan);
      writeFileSync(join(root(), "ballast"), Buffer.alloc(600_000));
      const outcomes = await storeAll(store, sample);
      expect(new Set(outcomes)).toEqual(new Set(["good", "DISK_FULL"]));
      const missing = [...outcomes.keys()].filter((piece) => outcomes[piece] !== "good");
      const space = await ask<number>((done) => store.space(done));
      expect(space).toBeLessThan(PIECE_LENGTH);
      writeFileSync(join(root(), "ballast"), "");
      for (const piece of missing) expect(await storePiece(store, sample, piece)).toBe("good");
      expect(equalBytes(await readAll(store, sample), sample.content)).toBe(true);
      await ask<void>((done) => store.close(done));
    } finally {
      execFileSync("umount", [root()]);
    }
  });
});

describe("A hard link", () => {
  it("is read but never written", async () => {
    const sample = makeSample(root(), [["file", PIECE_LENGTH]], PIECE_LENGTH);
    mkdirSync(root());
    writeFileSync(join(folder.path, "precious"), sample.content);
    linkSync(join(folder.path, "precious"), join(root(), "file"));
    const store = await openStore(storage, sample.plan);
    expect(await storePiece(store, sample, 0)).toBe("FILE_UNSAFE");
    expect(await verifyAll(store, sample)).toEqual([1]);
    expect(equalBytes(await readAll(store, sample), sample.content)).toBe(true);
  });

  it("is noticed when it is made while the file is open", async () => {
    const sample = makeSample(root(), [["file", 2 * PIECE_LENGTH]], PIECE_LENGTH);
    const store = await openStore(storage, sample.plan);
    expect(await storePiece(store, sample, 0)).toBe("good");
    linkSync(join(root(), "file"), join(folder.path, "second"));
    expect(await storePiece(store, sample, 1)).toBe("FILE_UNSAFE");
  });
});

describe("A disk that became read-only", () => {
  it("refuses with DISK_READ_ONLY, and is still read", async (context) => {
    if (!mountTmpfs(root(), "4m")) return context.skip("needs root to mount a tmpfs");
    try {
      const sample = makeSample(
        root(),
        [
          ["a", PIECE_LENGTH],
          ["b", PIECE_LENGTH],
        ],
        PIECE_LENGTH,
      );
      const first = await openStore(storage, sample.plan);
      expect(await storePiece(first, sample, 0)).toBe("good");
      await ask<void>((done) => first.close(done));
      execFileSync("mount", ["-o", "remount,ro", root()]);
      const store = await openStore(storage, sample.plan);
      expect(await storePiece(store, sample, 1)).toBe("DISK_READ_ONLY");
      expect(await storePiece(store, sample, 0)).toBe("DISK_READ_ONLY");
      expect(await verifyAll(store, sample)).toEqual([1, 0]);
      await ask<void>((done) => store.close(done));
    } finally {
      execFileSync("umount", [root()]);
    }
  });
});

describe("A disk that was pulled out", () => {
  it("takes nothing, and nothing is written to the empty place it leaves", async (context) => {
    if (!mountTmpfs(root(), "4m")) return context.skip("needs root to mount a tmpfs");
    let isMounted = true;
    try {
      const sample = makeSample(
        root(),
        [
          ["a", 2 * PIECE_LENGTH],
          ["b", PIECE_LENGTH],
        ],
        PIECE_LENGTH,
      );
      const store = await openStore(storage, sample.plan);
      expect(await storePiece(store, sample, 0)).toBe("good");
      execFileSync("umount", ["--lazy", root()]);
      isMounted = false;
      expect(await storePiece(store, sample, 1)).toBe("STORAGE_MISSING");
      expect(await storePiece(store, sample, 2)).toBe("STORAGE_MISSING");
      await expect(ask<void>((done) => store.allocate(done))).rejects.toMatchObject({ code: "STORAGE_MISSING" });
      await expect(ask<void>((done) => store.remove(done))).rejects.toMatchObject({ code: "STORAGE_MISSING" });
      expect(readdirSync(root())).toEqual([]);
    } finally {
      if (isMounted) execFileSync("umount", [root()]);
    }
  });
});

describe("A planted link", () => {
  it("leads no byte out of the root, whether it stands for a file or for a folder", async () => {
    const outside = join(folder.path, "outside");
    mkdirSync(join(outside, "sub"), { recursive: true });
    writeFileSync(join(outside, "file"), "precious");
    mkdirSync(join(root(), "t"), { recursive: true });
    symlinkSync(join(outside, "file"), join(root(), "t/file"));
    symlinkSync(outside, join(root(), "t/folder"));
    symlinkSync(join(outside, "new"), join(root(), "t/dangling"));
    const names = ["t/file", "t/folder/a", "t/folder/sub/b", "t/dangling"];
    const sample = makeSample(
      root(),
      names.map((name) => [name, PIECE_LENGTH] as const),
      PIECE_LENGTH,
    );
    const store = await openStore(storage, sample.plan);
    expect(store.stamps.files).toEqual(names.map(() => undefined));
    expect(await storeAll(store, sample)).toEqual(names.map(() => "FILE_UNSAFE"));
    expect(await verifyAll(store, sample)).toEqual(names.map(() => 0));
    await expect(readAll(store, sample)).rejects.toMatchObject({ code: "FILE_UNSAFE" });
    await expect(ask<void>((done) => store.allocate(done))).rejects.toMatchObject({ code: "FILE_UNSAFE" });
    expect(readdirSync(outside, { recursive: true, encoding: "utf8" }).toSorted()).toEqual(["file", "sub"]);
    expect(readFileSync(join(outside, "file"), "utf8")).toBe("precious");
  });

  it("that takes a folder's place in the middle of the work changes nothing outside", async () => {
    const outside = join(folder.path, "outside");
    mkdirSync(outside);
    const sample = makeSample(
      root(),
      [
        ["t/a", PIECE_LENGTH],
        ["t/b", PIECE_LENGTH],
        ["t/c", PIECE_LENGTH],
      ],
      PIECE_LENGTH,
    );
    const store = await openStore(storage, sample.plan);
    expect(await storePiece(store, sample, 0)).toBe("good");
    renameSync(join(root(), "t"), join(folder.path, "kept"));
    symlinkSync(outside, join(root(), "t"));
    await storePiece(store, sample, 1);
    await storePiece(store, sample, 2);
    expect(readdirSync(outside)).toEqual([]);
  });

  it("is followed for reading alone, and only below the root", async () => {
    const sample = makeSample(
      root(),
      [
        ["a", PIECE_LENGTH],
        ["b", PIECE_LENGTH],
      ],
      PIECE_LENGTH,
      { readOnly: true },
    );
    mkdirSync(join(root(), "pool"), { recursive: true });
    writeFileSync(join(root(), "pool/1"), sample.content.subarray(0, PIECE_LENGTH));
    writeFileSync(join(folder.path, "2"), sample.content.subarray(PIECE_LENGTH));
    symlinkSync("pool/1", join(root(), "a"));
    symlinkSync("../2", join(root(), "b"));
    const store = await openStore(storage, sample.plan);
    expect(await verifyAll(store, sample)).toEqual([1, 0]);
    expect(store.stamps.files.map((stamp) => stamp?.length)).toEqual([PIECE_LENGTH, undefined]);
  });
});

describe("A folder where a file should be", () => {
  it("is left alone", async () => {
    const sample = makeSample(
      root(),
      [
        ["a", PIECE_LENGTH],
        ["b/c", PIECE_LENGTH],
      ],
      PIECE_LENGTH,
    );
    mkdirSync(join(root(), "a"), { recursive: true });
    writeFileSync(join(root(), "b"), "a file where a folder should be");
    const store = await openStore(storage, sample.plan);
    expect(await storeAll(store, sample)).toEqual(["FILE_UNSAFE", "FILE_UNSAFE"]);
    expect(await verifyAll(store, sample)).toEqual([0, 0]);
    rmSync(join(root(), "a"), { recursive: true });
    rmSync(join(root(), "b"));
    expect(await storeAll(store, sample)).toEqual(["good", "good"]);
    expect(existsSync(join(root(), "b/c"))).toBe(true);
  });
});

import { execFileSync } from "node:child_process";
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Store } from "@bittern/host";
import { equalBytes } from "@bittern/protocol/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NodeStorage } from "./storage.ts";
import { ask, makeSample, openStore, readAll, type SampleFile, storeAll, storePiece, temporaryFolder, verifyAll } from "./testing.ts";
import { workerUrl } from "./worker-url.ts";

const FILES: readonly SampleFile[] = [
  ["t/a", 50_000],
  ["t/sub/b", 3000],
  ["t/sub/empty", 0],
  [null, 500],
  ["t/c", 50_000],
];
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
const other = (): string => join(folder.path, "elsewhere");
const move = (store: Store, to: string): Promise<void> => ask((done) => store.move(to, done));
const remove = (store: Store): Promise<void> => ask((done) => store.remove(done));

describe("move", () => {
  it("takes all files along, and the work goes on there", async () => {
    const sample = makeSample(root(), FILES, PIECE_LENGTH, { wanted: [true, false, true, true, true] });
    const store = await openStore(storage, sample.plan);
    await ask<void>((done) => store.allocate(done));
    await storePiece(store, sample, 0);
    await storePiece(store, sample, 1);
    await move(store, other());
    expect(readdirSync(root())).toEqual([]);
    expect(readdirSync(other()).toSorted()).toEqual([".test.parts", "t"]);
    expect(await verifyAll(store, sample)).toEqual([1, 1, 0, 0]);
    await storeAll(store, sample);
    expect(equalBytes(await readAll(store, sample), sample.content)).toBe(true);
    const stamps = await ask((done: Parameters<Store["sync"]>[0]) => store.sync(done));
    await ask<void>((done) => store.close(done));
    const again = await openStore(storage, { ...sample.plan, root: other() });
    expect(again.stamps).toEqual(stamps);
  });

  it("moves nothing when a file is in the way", async () => {
    const sample = makeSample(root(), FILES, PIECE_LENGTH);
    const store = await openStore(storage, sample.plan);
    await storeAll(store, sample);
    mkdirSync(join(other(), "t"), { recursive: true });
    writeFileSync(join(other(), "t/c"), "mine");
    await expect(move(store, other())).rejects.toMatchObject({ code: "FILE_UNSAFE" });
    expect(readFileSync(join(other(), "t/c"), "utf8")).toBe("mine");
    expect(readdirSync(join(other(), "t"))).toEqual(["c"]);
    expect(equalBytes(await readAll(store, sample), sample.content)).toBe(true);
  });

  it("copies to another disk, holes and all", async (context) => {
    const mounted = mountTmpfs(other(), "16m");
    if (!mounted) return context.skip("needs root to mount a tmpfs");
    try {
      const sample = makeSample(root(), FILES, PIECE_LENGTH);
      const store = await openStore(storage, sample.plan);
      await ask<void>((done) => store.allocate(done));
      await storeAll(store, sample);
      await move(store, join(other(), "new"));
      expect(readdirSync(root())).toEqual([]);
      expect(equalBytes(await readAll(store, sample), sample.content)).toBe(true);
      await move(store, root());
      expect(await verifyAll(store, sample)).toEqual([1, 1, 1, 1]);
      await ask<void>((done) => store.close(done));
    } finally {
      execFileSync("umount", [other()]);
    }
  });
});

describe("remove", () => {
  it("deletes its files, and only folders that are empty then", async () => {
    const sample = makeSample(root(), FILES, PIECE_LENGTH);
    const store = await openStore(storage, sample.plan);
    await ask<void>((done) => store.allocate(done));
    await storeAll(store, sample);
    writeFileSync(join(root(), "t/mine"), "keep");
    await remove(store);
    expect(readdirSync(root(), { recursive: true, encoding: "utf8" }).toSorted()).toEqual(["t", "t/mine"]);
    expect(await storePiece(store, sample, 0)).toBe("STORAGE_MISSING");
  });

  it("follows no link and touches nothing that took a file's name", async () => {
    const sample = makeSample(root(), FILES, PIECE_LENGTH);
    const outside = join(folder.path, "outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "b"), "precious");
    writeFileSync(join(outside, "a"), "precious");
    mkdirSync(join(root(), "t/c"), { recursive: true });
    symlinkSync(outside, join(root(), "t/sub"));
    symlinkSync(join(outside, "a"), join(root(), "t/a"));
    const store = await openStore(storage, sample.plan);
    await remove(store);
    expect(readdirSync(outside).toSorted()).toEqual(["a", "b"]);
    expect(readdirSync(join(root(), "t")).toSorted()).toEqual(["a", "c", "sub"]);
  });

  it("refuses what is only to be read", async () => {
    const sample = makeSample(root(), FILES, PIECE_LENGTH, { readOnly: true });
    mkdirSync(join(root(), "t"), { recursive: true });
    writeFileSync(join(root(), "t/a"), sample.content.slice(0, 50_000));
    const store = await openStore(storage, sample.plan);
    await expect(remove(store)).rejects.toMatchObject({ code: "DISK_READ_ONLY" });
    await expect(move(store, other())).rejects.toMatchObject({ code: "DISK_READ_ONLY" });
    expect(await storePiece(store, sample, 0)).toBe("DISK_READ_ONLY");
    expect(await verifyAll(store, sample)).toEqual([1, 0, 0, 0]);
    expect(existsSync(join(root(), "t/a"))).toBe(true);
  });
});

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

/** False where we may not; the test is then counted as skipped. */
function mountTmpfs(path: string, size: string): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  mkdirSync(path, { recursive: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path]);
    return true;
  } catch {
    return false;
  }
}

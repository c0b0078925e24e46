import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Store, StoreStamps } from "@bittern/host";
import { equalBytes } from "@bittern/protocol/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NodeStorage } from "./storage.ts";
import {
  ask,
  makeSample,
  mountTmpfs,
  openStore,
  readAll,
  type SampleFile,
  storeAll,
  storePiece,
  temporaryFolder,
  verifyAll,
} from "./testing.ts";
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
const move = (store: Store, to: string): Promise<StoreStamps> => ask((done) => store.move({ root: to, partsKey: "moved" }, done));
const remove = (store: Store): Promise<void> => ask((done) => store.remove(done));

describe("move", () => {
  it("takes all files along, and the work goes on there", async () => {
    const sample = makeSample(root(), FILES, PIECE_LENGTH, { wanted: [true, false, true, true, true] });
    const store = await openStore(storage, sample.plan);
    await ask<void>((done) => store.allocate(done));
    await storePiece(store, sample, 0);
    await storePiece(store, sample, 1);
    mkdirSync(other());
    writeFileSync(join(other(), ".moved.parts"), "what an earlier stay left");
    await move(store, other());
    expect(readdirSync(root())).toEqual([]);
    expect(readdirSync(other()).toSorted()).toEqual([".moved.parts", "t"]);
    expect(await verifyAll(store, sample)).toEqual([1, 1, 0, 0]);
    await storeAll(store, sample);
    expect(equalBytes(await readAll(store, sample), sample.content)).toBe(true);
    const stamps = await ask((done: Parameters<Store["sync"]>[0]) => store.sync(done));
    await ask<void>((done) => store.close(done));
    const again = await openStore(storage, { ...sample.plan, root: other(), partsKey: "moved" });
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

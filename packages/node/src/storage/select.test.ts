import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Store } from "@bittern/host";
import { equalBytes } from "@bittern/protocol/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NodeStorage } from "./storage.ts";
import { ask, makeSample, openStore, readAll, type SampleFile, storeAll, temporaryFolder, verifyAll } from "./testing.ts";
import { workerUrl } from "./worker-url.ts";

const PIECE_LENGTH = 32 * 1024;
/** Pieces 0 (a, b), 1 (b), 2 (b, c, d), 3 (d). */
const FILES: readonly SampleFile[] = [
  ["t/a", 20_000],
  ["t/b", 60_000],
  ["t/c", 1000],
  ["t/d", 40_000],
];
const ONLY_A = [true, false, false, false];
const ONLY_C = [false, false, true, false];

let folder: ReturnType<typeof temporaryFolder>;
let storage: NodeStorage;
let stateDir: string | undefined;

beforeEach(() => {
  folder = temporaryFolder();
  stateDir = join(folder.path, "state");
  begin();
});

afterEach(async () => {
  await storage.close();
  folder.end();
});

const begin = (): void => {
  storage = new NodeStorage({ stateDir, ioWorkers: 1, hashWorkers: 1, workerUrl: workerUrl() });
};
const root = (): string => join(folder.path, "data");
const partsFile = (): string => (stateDir === undefined ? join(root(), ".test.parts") : join(stateDir, "parts/test.parts"));
const select = (store: Store, wanted: readonly boolean[]): Promise<void> => ask((done) => store.select(wanted, done));

describe("Unwanted files", () => {
  it("are not made: their share of a wanted piece rests in the parts file", async () => {
    const sample = makeSample(root(), FILES, PIECE_LENGTH, { wanted: ONLY_A });
    const store = await openStore(storage, sample.plan);
    await ask<void>((done) => store.allocate(done));
    expect(await storeAll(store, sample)).toEqual(["good", "good", "good", "good"]);
    expect(readdirSync(join(root(), "t"))).toEqual(["a"]);
    expect(existsSync(partsFile())).toBe(true);
    expect(equalBytes(await readAll(store, sample), sample.content)).toBe(true);
    expect(await verifyAll(store, sample)).toEqual([1, 1, 1, 1]);
  });

  it("are found again after a restart", async () => {
    const sample = makeSample(root(), FILES, PIECE_LENGTH, { wanted: ONLY_C });
    const first = await openStore(storage, sample.plan);
    await storeAll(first, sample);
    await ask((done: Parameters<Store["sync"]>[0]) => first.sync(done));
    await storage.close();
    begin();
    const second = await openStore(storage, sample.plan);
    expect(await verifyAll(second, sample)).toEqual([1, 1, 1, 1]);
    expect(equalBytes(await readAll(second, sample), sample.content)).toBe(true);
  });

  it("come out of the parts file when they are wanted after all", async () => {
    const sample = makeSample(root(), FILES, PIECE_LENGTH, { wanted: ONLY_C });
    const store = await openStore(storage, sample.plan);
    await storeAll(store, sample);
    await select(store, [true, false, true, false]);
    expect(equalBytes(readFileSync(join(root(), "t/a")), sample.content.slice(0, 20_000))).toBe(true);
    expect(await verifyAll(store, sample)).toEqual([1, 1, 1, 1]);
    await select(store, [true, true, true, true]);
    expect(existsSync(partsFile())).toBe(false);
    expect(equalBytes(readFileSync(join(root(), "t/d")), sample.content.slice(81_000))).toBe(true);
    expect(equalBytes(await readAll(store, sample), sample.content)).toBe(true);
    expect(await verifyAll(store, sample)).toEqual([1, 1, 1, 1]);
  });

  it("come out of the parts file at the next start when they are wanted by then", async () => {
    const sample = makeSample(root(), FILES, PIECE_LENGTH, { wanted: ONLY_C });
    await storeAll(await openStore(storage, sample.plan), sample);
    await storage.close();
    begin();
    const everything = { ...sample.plan, wanted: FILES.map(() => true) };
    const reading = await openStore(storage, { ...everything, readOnly: true });
    expect(await verifyAll(reading, sample)).toEqual([1, 1, 1, 1]);
    expect(readdirSync(join(root(), "t"))).toEqual(["c"]);
    const store = await openStore(storage, everything);
    expect(await verifyAll(store, sample)).toEqual([1, 1, 1, 1]);
    expect(equalBytes(readFileSync(join(root(), "t/d")), sample.content.slice(81_000))).toBe(true);
    expect(existsSync(partsFile())).toBe(false);
  });

  it("stay where they are when they are on the disk already", async () => {
    const sample = makeSample(root(), FILES, PIECE_LENGTH);
    const store = await openStore(storage, sample.plan);
    await storeAll(store, sample);
    await select(store, ONLY_A);
    expect(equalBytes(await readAll(store, sample), sample.content)).toBe(true);
    expect(await verifyAll(store, sample)).toEqual([1, 1, 1, 1]);
    expect(existsSync(partsFile())).toBe(false);
  });

  it("use slots again that became free", async () => {
    const sample = makeSample(root(), FILES, PIECE_LENGTH, { wanted: ONLY_C });
    const store = await openStore(storage, sample.plan);
    await storeAll(store, sample);
    const length = statSync(partsFile()).size;
    await select(store, [true, false, true, false]);
    await select(store, [true, false, true, false]);
    await storeAll(store, sample);
    expect(statSync(partsFile()).size).toBe(length);
    expect(await verifyAll(store, sample)).toEqual([1, 1, 1, 1]);
  });

  it("keep their parts file beside the data when there is no state folder", async () => {
    stateDir = undefined;
    begin();
    const sample = makeSample(root(), FILES, PIECE_LENGTH, { wanted: ONLY_A });
    const store = await openStore(storage, sample.plan);
    await storeAll(store, sample);
    expect(readdirSync(root()).toSorted()).toEqual([".test.parts", "t"]);
    await ask<void>((done) => store.remove(done));
    expect(readdirSync(root())).toEqual([]);
  });

  it("count as missing when the parts file is damaged", async () => {
    const sample = makeSample(root(), FILES, PIECE_LENGTH, { wanted: ONLY_C });
    const store = await openStore(storage, sample.plan);
    await storeAll(store, sample);
    await ask<void>((done) => store.close(done));
    for (const damage of [
      Buffer.alloc(0),
      Buffer.from("garbage"),
      Buffer.alloc(200_000, 255),
      readFileSync(partsFile()).subarray(0, 5000),
    ]) {
      writeFileSync(partsFile(), damage);
      const again = await openStore(storage, sample.plan);
      expect(await verifyAll(again, sample)).toEqual([0, 0, 0, 0]);
      expect(await storeAll(again, sample)).toEqual(["good", "good", "good", "good"]);
      expect(await verifyAll(again, sample)).toEqual([1, 1, 1, 1]);
      await ask<void>((done) => again.close(done));
      const third = await openStore(storage, sample.plan);
      expect(await verifyAll(third, sample)).toEqual([1, 1, 1, 1]);
      await ask<void>((done) => third.close(done));
    }
  });
});

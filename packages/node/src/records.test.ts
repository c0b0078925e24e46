import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HostError } from "@bittern/protocol/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileRecords } from "./records.ts";
import { ask, temporaryFolder } from "./storage/testing.ts";

let folder: ReturnType<typeof temporaryFolder>;
let files: string;

beforeEach(() => {
  folder = temporaryFolder();
  files = join(folder.path, "records");
});

afterEach(() => folder.end());

const OLD = new Uint8Array([1, 2, 3, 4, 5]);
const NEW = new Uint8Array([9, 8, 7, 6, 5, 4, 3, 2, 1]);

const load = (records = new FileRecords(folder.path)): Promise<Uint8Array | undefined> => ask((done) => records.load("key", done));
const save = (bytes: Uint8Array, records = new FileRecords(folder.path)): Promise<void> => ask((done) => records.save("key", bytes, done));

/** Saves two generations and says which file holds the newer one. */
async function saveTwice(): Promise<string> {
  await save(OLD);
  const [older] = readdirSync(files).filter((name) => name.startsWith("key"));
  await save(NEW);
  const newer = readdirSync(files).find((name) => name.startsWith("key") && name !== older) as string;
  return join(files, newer);
}

describe("FileRecords", () => {
  it("keeps two generations, and others cannot read them", async () => {
    const newer = await saveTwice();
    expect(readdirSync(files).toSorted()).toEqual(["key.a", "key.b", "reserve"]);
    expect(await load()).toEqual(NEW);
    expect(statSync(newer).mode & 0o077).toBe(0);
    expect(statSync(files).mode & 0o077).toBe(0);
  });

  it("sets room aside before the first data are written, because these may fill the disk", async () => {
    await expect(load()).resolves.toBeUndefined();
    expect(readdirSync(files)).toEqual(["reserve"]);
    expect(statSync(join(files, "reserve")).size).toBe(1024 * 1024);
  });

  it("makes its folder once for several that miss it at the same time, and loses none of them", async () => {
    const records = new FileRecords(folder.path);
    await Promise.all(["one", "two", "three"].map((key) => ask<void>((done) => records.save(key, OLD, done))));
    expect(readdirSync(files).filter((name) => name.endsWith(".a"))).toHaveLength(3);
  });

  it("hands the system no more than 64 saves at once: a process that has to leave waits for those", async () => {
    const records = new FileRecords(folder.path);
    let most = 0;
    const look = (): void => {
      most = Math.max(most, readdirSync(files).filter((name) => name.endsWith(".new")).length);
    };
    const saves = Array.from({ length: 300 }, (_, at) => ask<void>((done) => records.save(`key${at}`, OLD, done)).then(look));
    await Promise.all(saves);
    expect(most).toBeLessThanOrEqual(64);
    expect(readdirSync(files).filter((name) => name.endsWith(".a"))).toHaveLength(300);
  });

  it("gives the older generation when the newer one was torn, wherever", async () => {
    const newer = await saveTwice();
    const whole = readFileSync(newer);
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(newer, whole.subarray(0, length));
      expect(await load()).toEqual(OLD);
      writeFileSync(newer, Buffer.concat([whole.subarray(0, length), Buffer.alloc(whole.length - length)]));
      // A record may end in zeros of its own; then nothing was torn.
      expect(await load()).toEqual(whole.subarray(length).every((byte) => byte === 0) ? NEW : OLD);
    }
    writeFileSync(newer, whole);
    expect(await load()).toEqual(NEW);
  });

  it("gives the older generation when any bit of the newer one has flipped, or something is added", async () => {
    const newer = await saveTwice();
    const whole = readFileSync(newer);
    for (let at = 0; at < whole.length; at++) {
      const flipped = Buffer.from(whole);
      flipped[at]! ^= 1 << (at % 8);
      writeFileSync(newer, flipped);
      expect(await load()).toEqual(OLD);
    }
    writeFileSync(newer, Buffer.concat([whole, Buffer.from([0])]));
    expect(await load()).toEqual(OLD);
  });

  it("gives nothing when both are damaged, and begins anew", async () => {
    await saveTwice();
    for (const name of readdirSync(files)) writeFileSync(join(files, name), "garbage");
    expect(await load()).toBeUndefined();
    await save(NEW);
    expect(await load()).toEqual(NEW);
  });

  it("never writes over the only generation that is whole", async () => {
    const newer = await saveTwice();
    writeFileSync(newer, "garbage");
    await save(new Uint8Array([42]));
    expect(await load()).toEqual(new Uint8Array([42]));
    writeFileSync(newer, "garbage again");
    expect(await load()).toEqual(OLD);
  });

  it("is not confused by what a crash in the middle of a save leaves", async () => {
    await saveTwice();
    writeFileSync(join(files, "key.new"), "half a rec");
    expect(await load()).toEqual(NEW);
    await save(OLD);
    expect(await load()).toEqual(OLD);
    expect(existsSync(join(files, "key.new"))).toBe(false);
  });

  it("answers a fault when the folder cannot be written, and keeps what is there", async () => {
    await saveTwice();
    rmSync(files, { recursive: true });
    writeFileSync(files, "a file where the folder should be");
    await expect(save(NEW)).rejects.toBeInstanceOf(HostError);
    expect(await load()).toBeUndefined();
  });
});

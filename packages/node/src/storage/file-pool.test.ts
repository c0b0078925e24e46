import { existsSync, openSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FilePool, readFully, writeAll } from "./file-pool.ts";
import { temporaryFolder } from "./testing.ts";

let folder: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(() => folder.end());

/** Opens a file of the test's folder. */
const opener = (name: string) => (): number => openSync(join(folder.path, name), "a+");

/** The files of the test's folder that are open. */
function open(): string[] {
  const links = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return "";
    }
  });
  return links
    .filter((link) => link.startsWith(`${folder.path}/`))
    .map((link) => link.slice(folder.path.length + 1))
    .toSorted();
}

describe.skipIf(!existsSync("/proc/self/fd"))("FilePool", { meta: { skipReason: "needs /proc" } }, () => {
  it("closes what was used longest ago when it is full", () => {
    const pool = new FilePool(3);
    for (const name of ["a", "b", "c"]) pool.get(name, false, opener(name));
    pool.get("a", false, () => -1);
    pool.get("d", false, opener("d"));
    expect(open()).toEqual(["a", "c", "d"]);
    pool.dropAll();
    expect(open()).toEqual([]);
  });

  it("opens again what was open for reading only, once it is to be written", () => {
    const pool = new FilePool(3);
    const reading = pool.get("a", false, opener("a"));
    const writing = pool.get("a", true, opener("a"));
    expect(writing).not.toBe(reading);
    expect(pool.get("a", false, () => -1)).toBe(writing);
    expect(open()).toEqual(["a"]);
    pool.dropAll("a");
    expect(open()).toEqual([]);
  });

  it("keeps a pinned file open, whatever happens to its place in the pool", () => {
    const pool = new FilePool(1);
    pool.get("a", false, opener("a"));
    const unpin = pool.pin("a");
    pool.get("b", false, opener("b"));
    expect(open()).toEqual(["a", "b"]);
    pool.get("a", true, opener("a"));
    expect(open().filter((name) => name === "a")).toHaveLength(2);
    pool.dropAll();
    expect(open()).toEqual(["a"]);
    unpin();
    expect(open()).toEqual([]);
  });

  it("writes all of it and reads what is there", () => {
    writeFileSync(join(folder.path, "file"), "");
    const pool = new FilePool(1);
    const fd = pool.get("file", true, () => openSync(join(folder.path, "file"), "r+"));
    writeAll(fd, new Uint8Array([1, 2, 3]), 5);
    const bytes = new Uint8Array(10);
    expect(readFully(fd, bytes, 4)).toBe(4);
    expect([...bytes.subarray(0, 4)]).toEqual([0, 1, 2, 3]);
    pool.dropAll();
  });
});

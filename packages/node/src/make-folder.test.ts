/** @module */
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { makeFolder } from "./make-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "bittern-folder-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("makeFolder", () => {
  it("makes what is missing and says where it began", () => {
    const deep = join(folder, "a/b/c");
    expect(makeFolder(deep, 0o700)).toBe(join(folder, "a"));
    expect([statSync(deep).isDirectory(), statSync(deep).mode & 0o777]).toEqual([true, 0o700]);
    expect(makeFolder(deep)).toBeUndefined();
  });

  it("lets the system say what is in the way", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => makeFolder(join(folder, "file"))).toThrow("EEXIST");
    expect(() => makeFolder(join(folder, "file/below"))).toThrow("ENOTDIR");
  });

  it.skipIf(!existsSync("/proc/self"))(
    "comes back from a file system that takes no folders",
    { meta: { skipReason: "needs /proc" } },
    () => {
      expect(() => makeFolder("/proc/no-such-folder/below")).toThrow("ENOENT");
    },
  );
});

import { HostError } from "@bittern/protocol/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitPath } from "./safe-path.ts";

const isRefused = (path: string): boolean => {
  try {
    splitPath(path);
    return false;
  } catch (error) {
    return error instanceof HostError && error.code === "FILE_UNSAFE";
  }
};

describe("A path below a folder", () => {
  it("is a folder and a name", () => {
    expect(splitPath("a/b/c")).toEqual({ folder: "a/b", name: "c" });
    expect(splitPath("c")).toEqual({ folder: "", name: "c" });
  });

  it("leads down, through 256 parts at most", () => {
    for (const path of ["", "/", "..", ".", "a/../b", "../a", "a//b", "/etc/passwd", "a/.", "a/..", "a\0b", "a/"]) {
      expect([path, isRefused(path)]).toEqual([path, true]);
    }
    for (const path of ["...", "a/.b", "a/..b/c", "-rf", "a b/ c"]) expect([path, isRefused(path)]).toEqual([path, false]);
    const deep = (parts: number): string => Array.from({ length: parts }, () => "d").join("/");
    expect([isRefused(deep(256)), isRefused(deep(257))]).toEqual([false, true]);
  });

  it("has no part that is empty, `.` or `..`, as a look at each part would find", () => {
    const part = fc.constantFrom("", ".", "..", "...", "a", ".a", "a.", "..a");
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const isBad = parts.some((one) => one === "" || one === "." || one === "..");
        expect(isRefused(parts.join("/"))).toBe(isBad);
      }),
    );
  });
});

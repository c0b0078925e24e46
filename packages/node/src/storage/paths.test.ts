import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { HostError } from "@bittern/protocol/base";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HAS_DESCRIPTOR_PATHS, Sandbox } from "./paths.ts";
import { temporaryFolder } from "./testing.ts";

let folder: ReturnType<typeof temporaryFolder>;
let root: string;
let outside: string;

beforeEach(() => {
  folder = temporaryFolder();
  root = join(folder.path, "root");
  outside = join(folder.path, "outside");
  mkdirSync(root);
  mkdirSync(outside);
  writeFileSync(join(outside, "file"), "precious");
});

afterEach(() => folder.end());

const walks = HAS_DESCRIPTOR_PATHS ? [true, false] : [false];

/** The code of the fault, or "opened". */
function attempt(work: () => number): string {
  try {
    closeSync(work());
    return "opened";
  } catch (error) {
    return error instanceof HostError ? error.code : ((error as NodeJS.ErrnoException).code ?? "?");
  }
}

describe.each(walks)("Sandbox (descriptor walk: %s)", (hasDescriptorPaths) => {
  const made = (followsLinks = false): Sandbox => new Sandbox(root, { followsLinks, hasDescriptorPaths });

  it("makes a file with the folders above it, once", () => {
    const sandbox = made();
    const fd = sandbox.create("a/b/c/file");
    writeSync(fd, "text");
    closeSync(fd);
    expect(readFileSync(join(root, "a/b/c/file"), "utf8")).toBe("text");
    expect(attempt(() => sandbox.create("a/b/c/file"))).toBe("EEXIST");
    expect(attempt(() => sandbox.openToWrite("a/b/c/file"))).toBe("opened");
    expect(sandbox.look("a/b/c/file")?.size).toBe(4n);
    sandbox.close();
  });

  it("refuses names that are no names", () => {
    const sandbox = made();
    for (const path of ["", "/", "..", ".", "a/../../outside/file", "../outside/file", "a//b", "/etc/passwd", "a/.", "a\0b", "a/"]) {
      expect([path, attempt(() => sandbox.create(path))]).toEqual([path, "FILE_UNSAFE"]);
      expect([path, attempt(() => sandbox.openToRead(path))]).toEqual([path, "FILE_UNSAFE"]);
      expect(sandbox.look(path)).toBeUndefined();
      expect(sandbox.removeFile(path)).toBe(false);
    }
    expect(readdirSync(folder.path).toSorted()).toEqual(["outside", "root"]);
    sandbox.close();
  });

  it("keeps honest names that look odd", () => {
    const sandbox = made();
    for (const path of ["foo... bar", "...", "Q: what?.txt", "-rf", "a b/ c", "größe ✓", "x".repeat(240)]) {
      expect(attempt(() => sandbox.create(path))).toBe("opened");
    }
    sandbox.close();
  });

  it("follows a planted link nowhere: not as the file, not as a folder on the way", () => {
    const sandbox = made();
    symlinkSync(join(outside, "file"), join(root, "file"));
    symlinkSync(outside, join(root, "folder"));
    mkdirSync(join(root, "deep/er"), { recursive: true });
    symlinkSync(outside, join(root, "deep/er/link"));
    for (const path of ["file", "folder/file", "deep/er/link/file"]) {
      expect(attempt(() => sandbox.openToWrite(path))).not.toBe("opened");
      expect(attempt(() => sandbox.openToRead(path))).not.toBe("opened");
      expect(attempt(() => sandbox.create(path))).not.toBe("opened");
      expect(sandbox.look(path)).toBeUndefined();
      expect(sandbox.removeFile(path)).toBe(false);
    }
    expect(attempt(() => sandbox.create("folder/new"))).toBe("FILE_UNSAFE");
    expect(readdirSync(outside)).toEqual(["file"]);
    expect(readFileSync(join(outside, "file"), "utf8")).toBe("precious");
    sandbox.close();
  });

  it("makes no file through a link that leads nowhere yet", () => {
    const sandbox = made();
    symlinkSync(join(outside, "new"), join(root, "file"));
    expect(attempt(() => sandbox.create("file"))).not.toBe("opened");
    expect(existsSync(join(outside, "new"))).toBe(false);
    sandbox.close();
  });

  it("stays in the folder it knew when a link takes the folder's place", () => {
    const sandbox = made();
    expect(attempt(() => sandbox.create("folder/one"))).toBe("opened");
    renameSync(join(root, "folder"), join(root, "moved"));
    symlinkSync(outside, join(root, "folder"));
    attempt(() => sandbox.create("folder/two"));
    sandbox.close();
    expect(attempt(() => sandbox.create("folder/three"))).toBe("FILE_UNSAFE");
    expect(readdirSync(outside)).toEqual(["file"]);
    sandbox.close();
  });

  it("never opens what is no plain file, and does not wait for a pipe", () => {
    const sandbox = made();
    mkdirSync(join(root, "folder"));
    execFileSync("mkfifo", [join(root, "pipe")]);
    for (const path of ["folder", "pipe"]) {
      expect(attempt(() => sandbox.openToRead(path))).not.toBe("opened");
      expect(attempt(() => sandbox.openToWrite(path))).not.toBe("opened");
    }
    sandbox.close();
  });

  it("writes no file that has a second name", () => {
    const sandbox = made();
    linkSync(join(outside, "file"), join(root, "file"));
    expect(attempt(() => sandbox.openToWrite("file"))).toBe("FILE_UNSAFE");
    expect(attempt(() => sandbox.openToRead("file"))).toBe("opened");
    sandbox.close();
  });

  it("follows links for reading only where asked, and only to places below the root", () => {
    const sandbox = made(true);
    mkdirSync(join(root, "store"));
    writeFileSync(join(root, "store/content"), "mirror");
    symlinkSync("store/content", join(root, "inside"));
    symlinkSync(join(outside, "file"), join(root, "out"));
    symlinkSync(outside, join(root, "folder"));
    expect(attempt(() => sandbox.openToRead("inside"))).toBe("opened");
    expect(sandbox.look("inside")?.size).toBe(6n);
    expect(attempt(() => sandbox.openToRead("out"))).toBe("FILE_UNSAFE");
    expect(attempt(() => sandbox.openToRead("folder/file"))).toBe("FILE_UNSAFE");
    expect(sandbox.look("out")).toBeUndefined();
    sandbox.close();
  });

  it("follows links to a root that has taken the place of another", () => {
    const sandbox = made(true);
    mkdirSync(join(root, "folder"));
    writeFileSync(join(root, "folder/file"), "old");
    expect(attempt(() => sandbox.openToRead("folder/file"))).toBe("opened");
    rmSync(root, { recursive: true });
    expect(sandbox.look("folder/file")).toBeUndefined();
    mkdirSync(join(root, "elsewhere"), { recursive: true });
    writeFileSync(join(root, "elsewhere/file"), "newer");
    symlinkSync("elsewhere", join(root, "folder"));
    expect(sandbox.look("folder/file")?.size).toBe(5n);
    expect(attempt(() => sandbox.openToRead("folder/file"))).toBe("opened");
    sandbox.close();
  });

  it("knows whether the folder of a file is there", () => {
    const sandbox = made();
    mkdirSync(join(root, "a"));
    expect(["file", "a/file", "a/b/file", "c/d/file"].map((path) => sandbox.missingFolderOf(path))).toEqual(["", "", "a/b", "c/d"]);
    sandbox.close();
  });

  it("finds its way again after folders were deleted under it", () => {
    const sandbox = made();
    closeSync(sandbox.create("a/b/one"));
    rmSync(join(root, "a"), { recursive: true });
    expect(attempt(() => sandbox.openToRead("a/b/one"))).toBe("ENOENT");
    expect(attempt(() => sandbox.create("a/b/two"))).toBe("opened");
    expect(existsSync(join(root, "a/b/two"))).toBe(true);
    sandbox.close();
  });

  it("leaves no descriptor open", () => {
    const count = (): number => (existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd").length : 0);
    const before = count();
    const sandbox = made();
    for (let at = 0; at < 100; at++) closeSync(sandbox.create(`folder${at}/sub/file`));
    expect(count()).toBeLessThan(before + 40);
    sandbox.close();
    expect(count()).toBe(before);
  });

  it("makes nothing outside the root, whatever the name", () => {
    const part = fc.oneof(fc.constantFrom("..", ".", "", "a", "link", "etc", "\0", "...", "outside"), fc.string({ maxLength: 5 }));
    symlinkSync(outside, join(root, "link"));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const sandbox = made();
        attempt(() => sandbox.create(parts.join("/")));
        sandbox.close();
        expect(readdirSync(folder.path).toSorted()).toEqual(["outside", "root"]);
        expect(readdirSync(outside)).toEqual(["file"]);
      }),
    );
  });
});

import { fstatSync, mkdirSync, readdirSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FolderDescriptors } from "./folder-descriptors.ts";
import { HAS_DESCRIPTOR_PATHS } from "./paths.ts";
import { temporaryFolder } from "./testing.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.end());

describe.runIf(HAS_DESCRIPTOR_PATHS)(
  "Folders held by their descriptors",
  { meta: { skipReason: "no descriptor can be walked here" } },
  () => {
    it("are made on the way where that is wanted, and each is what its path says", () => {
      const folders = new FolderDescriptors(folder.path);
      expect(() => folders.of("a/b", false)).toThrow("ENOENT");
      for (const path of ["a/b", "a", "", "a/b/c"]) {
        expect(fstatSync(folders.of(path, true)).ino).toBe(statSync(join(folder.path, path)).ino);
      }
      folders.close();
    });

    it("are right also where more are asked for than are kept", () => {
      const folders = new FolderDescriptors(folder.path);
      for (let round = 0; round < 2; round++) {
        for (let number = 0; number < 40; number++) {
          expect(fstatSync(folders.of(`f/${number}`, true)).ino).toBe(statSync(join(folder.path, "f", String(number))).ino);
        }
      }
      folders.close();
      expect(folders.isEmpty).toBe(true);
    });

    it("are entered through no link", () => {
      mkdirSync(join(folder.path, "real"));
      symlinkSync(join(folder.path, "real"), join(folder.path, "link"));
      const folders = new FolderDescriptors(folder.path);
      expect(() => folders.of("link", false)).toThrow("a folder is a link or a file");
      expect(() => folders.of("link/new", true)).toThrow("a folder is a link or a file");
      expect(readdirSync(join(folder.path, "real"))).toEqual([]);
      folders.close();
    });
  },
);

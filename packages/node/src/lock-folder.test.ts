import { chmodSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockFolder } from "./lock-folder.ts";
import { temporaryFolder } from "./storage/testing.ts";

const UID = process.getuid?.() ?? -1;

let folder: ReturnType<typeof temporaryFolder>;
let home: string;
let temporary: string;

beforeEach(() => {
  folder = temporaryFolder();
  home = join(folder.path, "home");
  temporary = join(folder.path, "tmp");
  mkdirSync(home);
  mkdirSync(temporary);
});

afterEach(() => folder.end());

describe("the folder of locks", () => {
  it("lies in the home of the user, closed to others", () => {
    const found = lockFolder(home, temporary);
    expect(found).toBe(join(home, ".local/state/bittern/locks"));
    expect(lstatSync(found).mode & 0o077).toBe(0);
    expect(lockFolder(home, temporary)).toBe(found);
  });

  it("lies in the temporary folder where there is no home", () => {
    const nowhere = join(folder.path, "file");
    writeFileSync(nowhere, "");
    expect(lockFolder(nowhere, temporary)).toBe(join(temporary, `bittern-${UID}`, "locks"));
  });

  it.skipIf(UID < 0)("is never one that others could have laid out", { meta: { skipReason: "needs users with numbers" } }, () => {
    const nowhere = join(folder.path, "file");
    writeFileSync(nowhere, "");
    symlinkSync(home, join(temporary, `bittern-${UID}`));
    expect(() => lockFolder(nowhere, temporary)).toThrow("belongs to somebody else");
    const open = join(folder.path, "open");
    mkdirSync(join(open, `bittern-${UID}`), { recursive: true });
    chmodSync(join(open, `bittern-${UID}`), 0o777);
    expect(() => lockFolder(nowhere, open)).toThrow("belongs to somebody else");
  });
});

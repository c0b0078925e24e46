/** @module */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concatBytes, type HostError, NO_BYTES, utf8 } from "@bittern/protocol/base";
import { afterAll, describe, expect, it } from "vitest";
import { FileJournal } from "./journal-file.ts";

const folder = mkdtempSync(join(tmpdir(), "bittern-journal-"));
afterAll(() => rmSync(folder, { recursive: true }));

const done = (ask: (done: (outcome: void | HostError) => void) => void) =>
  new Promise<void | HostError>((resolve) => {
    ask(resolve);
  });
async function contentOf(journal: FileJournal): Promise<string> {
  let content: Uint8Array = NO_BYTES;
  await done((told) => journal.load((bytes) => (content = concatBytes([content, bytes])), told));
  return Buffer.from(content).toString();
}

describe("A journal in files", () => {
  it("begins with nothing, grows, and is replaced as a whole", async () => {
    const path = join(folder, "deep/one.journal");
    const journal = new FileJournal(path);
    expect(await contentOf(journal)).toBe("");
    await done((told) => journal.append("current", utf8("one "), told));
    await done((told) => journal.begin(told));
    await done((told) => journal.append("next", utf8("all "), told));
    await done((told) => journal.append("current", utf8("two "), told));
    expect(readFileSync(path, "utf8")).toBe("one two ");
    await done((told) => journal.commit(told));
    await done((told) => journal.append("current", utf8("three"), told));
    expect(await contentOf(journal)).toBe("all three");
    await journal.close();
    expect(readdirSync(join(folder, "deep"))).toEqual(["one.journal"]);
  });

  it("does not begin with what was left of a snapshot", async () => {
    const path = join(folder, "two.journal");
    const journal = new FileJournal(path);
    await done((told) => journal.begin(told));
    await done((told) => journal.append("next", utf8("half"), told));
    await done((told) => journal.begin(told));
    await done((told) => journal.append("next", utf8("whole"), told));
    await done((told) => journal.commit(told));
    expect(readFileSync(path, "utf8")).toBe("whole");
    await journal.close();
  });

  it("says what the disk refuses", async () => {
    const path = join(folder, "gone/three.journal");
    const journal = new FileJournal(path);
    rmSync(join(folder, "gone"), { recursive: true });
    expect(await done((told) => journal.append("current", utf8("x"), told))).toMatchObject({ name: "HostError", code: "FILE_MISSING" });
    await journal.close();
  });
});

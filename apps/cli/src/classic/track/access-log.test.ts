/** @module */
import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../testing.ts";
import { AccessLog } from "./access-log.ts";

const folder = temporaryFolder();

describe("The tracker's log", () => {
  it("appends to its file, and has written everything when it is closed", async () => {
    const path = join(folder, "tracker.log");
    for (const line of ["one", "two"]) {
      const log = await AccessLog.open(path, 3);
      log.write(line);
      log.write("end");
      await log.close();
    }
    expect(readFileSync(path, "utf8")).toBe("one\nend\ntwo\nend\n");
  });

  it("goes on in a new file when the old one was moved away", async () => {
    const path = join(folder, "rotated.log");
    const log = await AccessLog.open(path, 3);
    log.write("before");
    renameSync(path, `${path}.1`);
    log.reopen();
    log.write("after");
    await log.close();
    expect(readFileSync(path, "utf8")).toBe("after\n");
    expect(readFileSync(`${path}.1`, "utf8")).toBe("before\n");
  });

  it("says when its file cannot be written", async () => {
    await expect(AccessLog.open(join(folder, "nowhere/log"), 3)).rejects.toMatchObject({ code: "LOG_FILE" });
  });
});

/** @module */
import { readFileSync } from "node:fs";
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

  it("says when its file cannot be written", async () => {
    await expect(AccessLog.open(join(folder, "nowhere/log"), 3)).rejects.toMatchObject({ code: "LOG_FILE" });
  });
});

/**
 * The row of the founding articles that hashes a whole disc image.
 * @module
 */
import { statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run, temporaryFolder } from "../../testing.ts";

const cwd = temporaryFolder();

describe("btmakemetafile", () => {
  it("D5 makes 31 K of a 382.6 MB file", async () => {
    writeFileSync(join(cwd, "live.iso"), "");
    truncateSync(join(cwd, "live.iso"), 401_190_912);
    await run(["live.iso", "http://www.example.com:8099/announce"], { program: "btmakemetafile", cwd });
    expect(Math.round(statSync(join(cwd, "live.iso.torrent")).size / 1000)).toBe(31);
  });
});

/** @module */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PROGRAM, run, runAlone, temporaryFolder, writeFiles } from "./testing.ts";

const folder = temporaryFolder();

describe("The script of get and seed", () => {
  it.each(["get --help", "seed --help --lang es", "get --nonsense", "seed", "get nothing.torrent --lang es"])(
    "says what the whole program says: %s",
    async (line) => {
      const words = line.split(" ");
      // The first runs the whole program, the second what the file in bin/ chooses.
      const [whole, own] = [await run(words, { cwd: folder }), await runAlone(words, { cwd: folder })];
      expect(own.out + own.err).not.toBe("");
      expect([own.status, own.out, own.err]).toEqual([whole.status, whole.out, whole.err]);
    },
  );

  it("loads no ciphers and nothing for other processes before somebody needs them", () => {
    writeFiles(folder, { "loaded.cjs": 'process.on("exit", () => console.error(`LOADED ${process.moduleLoadList.join()}`));' });
    const { stderr } = spawnSync(process.execPath, ["--require", join(folder, "loaded.cjs"), PROGRAM, "get", "nothing.torrent"], {
      cwd: folder,
      encoding: "utf8",
      timeout: 20_000,
    });
    expect(stderr).toContain("NativeModule net");
    expect(stderr).not.toMatch(/NativeModule (?:https|tls|child_process|readline)\b/);
  });
});

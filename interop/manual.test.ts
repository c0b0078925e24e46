/** The manual pages, read by the readers of others. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeWith } from "../tools/describe-with.ts";
import { judge, judges } from "../tools/peers.ts";
import { ROOT } from "../tools/tree.ts";

const FOLDER = join(ROOT, "apps/cli/man");
const SPANISH = join(FOLDER, "es/man1");
const files = readdirSync(FOLDER).filter((name) => name.endsWith(".1"));

describeWith([judges()], "The manual", () => {
  it("A5: is free of faults for mandoc, and refers only to pages that are there", () => {
    const { stdout } = spawnSync(judge("mandoc"), ["-Tlint", ...files.map((name) => join(FOLDER, name))], { encoding: "utf8" });
    const said = stdout.split("\n").filter((line) => line !== "");
    // Our pages are not installed here: a reference is looked up among them instead.
    const isAmongOurs = (line: string): boolean => {
      const name = /referenced manual not found: Xr (\S+) 1$/.exec(line)?.[1];
      return name !== undefined && files.includes(`${name}.1`);
    };
    expect(said.filter((line) => !isAmongOurs(line))).toEqual([]);
  });

  it("is in Spanish as well, with no other fault than that its sections have Spanish names", () => {
    expect(readdirSync(SPANISH)).toEqual(files);
    const { stdout } = spawnSync(judge("mandoc"), ["-Tlint", "-Wwarning", ...files.map((name) => join(SPANISH, name))], {
      encoding: "utf8",
    });
    const said = stdout.split("\n").filter((line) => line !== "" && !/first section is not "NAME"|outside NAME section/.test(line));
    expect(said).toEqual([]);
    const { stdout: page } = spawnSync(judge("mandoc"), ["-Tutf8", join(SPANISH, "bittern-get.1")], { encoding: "utf8" });
    expect(page.replace(/.\u0008/g, "")).toContain("DESCRIPCIÓN");
  });

  it("is set without a warning by groff", () => {
    const { status, stdout, stderr } = spawnSync("man", ["--warnings", "-l", join(FOLDER, "bittern-get.1")], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C.UTF-8", MANPAGER: "cat", MANWIDTH: "100", GROFF_NO_SGR: "1", MAN_KEEP_FORMATTING: "" },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const text = stdout.replace(/.\u0008/g, "");
    for (const part of ["bittern-get — download", "--seed-ratio ratio", "$ bittern get series.torrent --select '*.mkv' --sequential"]) {
      expect(text).toContain(part);
    }
  });

  it("stands in the manifest, so that npm installs it", () => {
    const { man } = JSON.parse(readFileSync(join(ROOT, "apps/cli/package.json"), "utf8")) as { man: string[] };
    expect(man).toEqual(files.map((name) => `./man/${name}`));
  });
});

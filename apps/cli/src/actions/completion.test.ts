/** @module */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { run } from "../testing.ts";

/** What bash would offer for the last of these words; type 37 asks for words, 63 for a list to look at. */
function completed(script: string, words: readonly string[], type = 37): string[] {
  const ask = `${script}\nCOMP_TYPE=${type}; COMP_WORDS=("$@"); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _bittern; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = spawnSync("bash", ["-c", ask, "bash", ...words], { encoding: "utf8" });
  return stdout.split("\n").filter((word) => word !== "");
}

describe("bittern completion", () => {
  it("completes commands, options and their words in bash", async () => {
    const { status, out } = await run(["completion", "bash"]);
    expect(status).toBe(0);
    expect(completed(out, ["bittern", "se"])).toEqual(["seed"]);
    expect(completed(out, ["bittern", "get", "--se"])).toEqual(["--select", "--sequential", "--seed-ratio", "--seed-time"]);
    expect(completed(out, ["bittern", "get", "--log-level", ""])).toEqual(["silent", "error", "warn", "info", "debug"]);
    expect(completed(out, ["bittern", "completion", ""])).toEqual(["bash", "zsh", "fish"]);
  });

  it("tells in bash what the candidates mean, while there are several", async () => {
    const { out } = await run(["completion", "bash"]);
    const listed = completed(out, ["bittern", "get", "--max-"], 63);
    expect(listed).toEqual([
      "--max-down  (bytes per second, such as 2MiB; 0 is unlimited)",
      "--max-up    (bytes per second, such as 500KiB; 0 is unlimited)",
    ]);
    expect(completed(out, ["bittern", "get", "--max-d"], 63)).toEqual(["--max-down"]);
  });

  it("speaks to zsh and fish", async () => {
    const zsh = await run(["completion", "zsh"]);
    expect(zsh.out).toMatch(/^#compdef bittern btmakemetafile btmakemetafile\.py /);
    expect(zsh.out).toContain("'seed:give to others what is complete'");
    const fish = await run(["completion", "fish", "--json"]);
    expect(fish.json["script"]).toContain("complete -c bittern -n __fish_use_subcommand -a seed");
  });

  it("knows no other shell", async () => {
    expect((await run(["completion", "tcsh"])).status).toBe(2);
  });
});

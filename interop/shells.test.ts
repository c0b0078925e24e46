/** The completion scripts, sourced by the shells they are for, asked by the key that people press. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeWith } from "../tools/describe-with.ts";
import { judge, judges } from "../tools/peers.ts";
import { ROOT } from "../tools/tree.ts";

const PROGRAM = join(ROOT, "apps/cli/bin/bittern.js");
const folder = mkdtempSync(join(tmpdir(), "bittern-shells-"));
const script = (shell: string): string => join(folder, `bittern.${shell}`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command in a pseudo-terminal and types; answers what the screen showed. */
function typed(command: string, keys: string): string {
  const { stdout } = spawnSync("script", ["-qec", command, "/dev/null"], {
    input: keys,
    cwd: folder,
    encoding: "utf8",
    timeout: 20_000,
    env: { PATH: process.env["PATH"], TERM: "dumb", LC_ALL: "C.UTF-8", HOME: folder, COLUMNS: "120" },
  });
  return plain(stdout);
}

/** Without what moves the cursor and colours the text. */
function plain(text: string): string {
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "").replaceAll("\r", "");
}

describeWith([judges()], "Completion", () => {
  beforeAll(() => {
    for (const shell of ["bash", "zsh", "fish"]) {
      const { stdout, status } = spawnSync(process.execPath, [PROGRAM, "completion", shell], { encoding: "utf8" });
      expect(status).toBe(0);
      writeFileSync(script(shell), stdout);
    }
    writeFileSync(join(folder, "album.torrent"), "");
  });

  it.each([
    ["bash", ["--norc", "--noprofile", "-c"]],
    ["zsh", ["-f", "-c"]],
    ["fish", ["--no-config", "-c"]],
  ])("is sourced by %s without a word", (shell, args) => {
    const begin = shell === "zsh" ? "autoload -Uz compinit; compinit -D; " : "";
    const program = shell === "bash" ? "bash" : judge(shell);
    const options = { cwd: folder, encoding: "utf8", timeout: 20_000, env: { PATH: process.env["PATH"], HOME: folder } } as const;
    const { status, stdout, stderr } = spawnSync(program, [...args, `${begin}source ${script(shell)}`], options);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  describe("in bash", () => {
    // The stand-in shows what the line had become when it ran.
    const prepare = `stty cols 120; PS1='> '; bittern() { printf '<%s>' "$@"; echo; }; source ${script("bash")}\n`;
    const bash = (keys: string): string => typed("bash --norc --noprofile -i", `${prepare}${keys}\nexit\n`);

    it("ends a word by the Tab key", () => {
      expect(bash("bittern sha\t'x' --o\t")).toContain("<share><x><--once>");
      expect(bash("bittern show alb\t")).toContain("<show><album.torrent>");
    });

    it("lists what there is with its meaning", () => {
      const screen = bash("bittern get --max-\t\tdown");
      expect(screen).toContain("<get><--max-down>");
      expect(screen).toContain("--max-down  (bytes per second, such as 2MiB; 0 is unlimited)");
      expect(screen).toContain("--max-up    (bytes per second, such as 500KiB; 0 is unlimited)");
    });
  });

  describe("of the classic programs", () => {
    it("is there in bash, with and without .py", () => {
      const prepare = `stty cols 120; PS1='> '; bttrack() { printf '<%s>' "$@"; echo; }; btlaunchmany.py() { bttrack "$@"; }; source ${script("bash")}\n`;
      const screen = typed("bash --norc --noprofile -i", `${prepare}bttrack --scr\tsp\t--allowed_d\t\nbtlaunchmany.py --max_up\tx\nexit\n`);
      expect(screen).toContain("<--scrape_allowed><specific><--allowed_dir>");
      expect(screen).toMatch(/--max_uploads +\(the number of peers|<--max_up/);
    });

    it("is there in zsh", () => {
      const settings = `PS1='> '; stty cols 120 rows 60; autoload -Uz compinit; compinit -D; source ${script("zsh")}
bindkey '^I' list-choices
zle-line-init() { zle -U $'btdownloadheadless.py --max_\\t\\C-uexit\\n' }; zle -N zle-line-init\n`;
      writeFileSync(join(folder, ".zshrc"), settings);
      expect(typed(judge("zsh"), "")).toMatch(/^--max_uploads +-- the number of peers that may download from us at once *$/m);
    });

    it("is there in fish", () => {
      const ask = (line: string): string =>
        spawnSync(judge("fish"), ["--no-config", "-c", `source ${script("fish")}; complete -C ${JSON.stringify(line)}`], {
          cwd: folder,
          encoding: "utf8",
          timeout: 20_000,
        }).stdout;
      expect(ask("btmakemetafile --pie")).toContain("--piece_size_pow2\twhich power of two");
      expect(ask("btshowmetainfo.py alb")).toContain("album.torrent");
    });
  });

  describe("in zsh", () => {
    /** What is listed below a line. The line editor types by itself once it is ready, so that no key comes too early. */
    const zsh = (line: string): string => {
      const settings = `PS1='> '; stty cols 120 rows 60; autoload -Uz compinit; compinit -D; source ${script("zsh")}
bindkey '^I' list-choices
zle-line-init() { zle -U $'${line}\\t\\C-uexit\\n' }; zle -N zle-line-init\n`;
      writeFileSync(join(folder, ".zshrc"), settings);
      return typed(judge("zsh"), "");
    };

    it("offers commands and options with their meaning", () => {
      expect(zsh("bittern s")).toMatch(/^seed\s+-- give to others what is complete *$/m);
      const options = zsh("bittern get --max-");
      expect(options).toMatch(/^--max-down\s+-- bytes per second, such as 2MiB; 0 is unlimited *$/m);
      expect(options).toMatch(/^--max-up\s+-- bytes per second/m);
    });

    it("offers the words of an option and the files of an argument", () => {
      expect(zsh("bittern get --log-level ").split(/\s+/)).toEqual(expect.arrayContaining(["silent", "error", "warn", "info", "debug"]));
      expect(zsh("bittern show alb")).toContain("album.torrent");
    });
  });

  describe("in fish", () => {
    const fish = (line: string): string[] => {
      const ask = `source ${script("fish")}; complete -C ${JSON.stringify(line)}`;
      const { stdout } = spawnSync(judge("fish"), ["--no-config", "-c", ask], { cwd: folder, encoding: "utf8", timeout: 20_000 });
      return stdout.split("\n");
    };

    it("offers commands and options with their meaning", () => {
      expect(fish("bittern se")).toContain("seed\tgive to others what is complete");
      expect(fish("bittern get --max-")).toContain("--max-down\tbytes per second, such as 2MiB; 0 is unlimited");
    });

    it("offers the words of an option and the files of an argument", () => {
      expect(fish("bittern get --log-level ")).toEqual(
        ["debug", "error", "info", "silent", "warn", ""].map((word) => (word === "" ? "" : `${word}\thow much to log`)),
      );
      expect(fish("bittern show alb").join("\n")).toContain("album.torrent");
    });
  });
});

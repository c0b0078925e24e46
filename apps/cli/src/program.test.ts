/** @module */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bashCompletion } from "./completion/bash.ts";
import { completionTree } from "./completion/tree.ts";
import { ENGLISH } from "./messages/english.ts";
import { bitternProgram } from "./program.ts";
import { run, runAlone } from "./testing.ts";
import { VERSION } from "./version.ts";

const program = bitternProgram(ENGLISH.help);

describe("The command tree", () => {
  it("has the version of its manifest", () => {
    const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
    expect(VERSION).toBe(manifest.version);
  });

  it.each(program.commands.map((command) => [command.name(), command] as const))("describes %s like a man page", (name, command) => {
    let page = "";
    command.configureOutput({ writeOut: (text) => (page += text) });
    command.outputHelp();
    for (const part of [`Usage: bittern ${name}`, "Options:", "Examples:", `$ bittern ${name}`, "Exit status:", "--json", "--log-level"]) {
      expect(page.includes(part) || part === `$ bittern ${name}`, part).toBe(true);
    }
    expect(page).toMatch(new RegExp(`\\$ .*bittern ${name}`));
    for (const option of command.options) expect(option.description, option.flags).not.toBe("");
  });

  it("is made for the one command that was named, and whole for any other word", () => {
    for (const command of program.commands) {
      const [alone, ...others] = bitternProgram(ENGLISH.help, command.name()).commands;
      expect(others).toEqual([]);
      expect(alone?.helpInformation()).toBe(command.helpInformation());
    }
    expect(bitternProgram(ENGLISH.help, "nonsense").commands).toHaveLength(program.commands.length);
  });

  it("gives every option that may be repeated or not its place in the completion", () => {
    const tree = completionTree(program, ENGLISH.help);
    expect(tree.commands.map((command) => command.name)).toEqual([...program.commands.map((command) => command.name()), "help"]);
    const script = bashCompletion(tree, []);
    for (const command of program.commands) for (const option of command.options) expect(script).toContain(option.long);
  });
});

describe("The program", () => {
  it("prints its version and its pages", async () => {
    expect(await run(["--version"])).toMatchObject({ status: 0, out: `${VERSION}\n`, err: "" });
    expect(await run(["get", "--version"])).toMatchObject({ status: 0, out: `${VERSION}\n` });
    const [page, other] = await Promise.all([run(["help", "get"]), run(["get", "--help"])]);
    expect([page.status, page.out]).toEqual([0, other.out]);
  });

  it("says and ends the same in a process of its own", async () => {
    for (const words of [["--version"], ["get"], ["show", "/no/such.torrent", "--json"]]) {
      expect(await runAlone(words), words.join(" ")).toEqual(await run(words));
    }
  });

  it("says what to type instead of a wrong command line, and ends with 2", async () => {
    const wrong = await run(["get", "x.torrent", "--prot", "1"]);
    expect(wrong).toMatchObject({ status: 2, out: "" });
    expect(wrong.err).toBe("bittern get: unknown option '--prot' (Did you mean --port?); see `bittern get --help`\n");
    expect((await run(["gte"])).err).toContain("(Did you mean get?)");
    expect((await run(["help", "sede"])).err).toBe("bittern: unknown command 'sede' (Did you mean seed?); see `bittern --help`\n");
    for (const args of [[], ["frob"], ["help", "frob"], ["get"], ["get", "a", "b"], ["show", "x", "--log-level", "loud"]]) {
      expect((await run(args)).status, args.join(" ")).toBe(2);
    }
  });

  it("tells a failure as JSON too", async () => {
    const wrong = await run(["show", "--json"]);
    expect(wrong.status).toBe(2);
    expect(wrong.json).toEqual({
      error: { code: "MISSING_ARGUMENT", message: "missing required argument 'source'; see `bittern show --help`" },
    });
    const missing = await run(["show", "no-such.torrent", "--json"]);
    expect(missing.status).toBe(1);
    expect(missing.json).toMatchObject({ error: { code: "FILE_MISSING" } });
    expect(missing.err).toMatch(/^bittern show: no-such\.torrent: there is no such file; give [^\n]*\n$/);
  });

  it("shows a stack trace only when asked", async () => {
    expect((await run(["show", "no-such.torrent"])).err).not.toContain("    at ");
    expect((await run(["show", "no-such.torrent"], { env: { BITTERN_DEBUG: "1" } })).err).toContain("    at ");
  });
});

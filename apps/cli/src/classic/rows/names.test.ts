/**
 * Every program is there under both of its names, and the window opens, row by row.
 * @module
 */
import { accessSync, constants, copyFileSync, cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { endAllAfterTests, Running, run, temporaryFolder } from "../../testing.ts";
import { CLASSIC_PROGRAMS } from "../programs.ts";
import { Terminal } from "./terminal.ts";

const ROOM = fileURLToPath(new URL("../../../", import.meta.url));
const NAMES = [
  "btcompletedir",
  "btcopyannounce",
  "btdownloadcurses",
  "btdownloadgui",
  "btdownloadheadless",
  "btlaunchmany",
  "btlaunchmanycurses",
  "btmakemetafile",
  "btreannounce",
  "btrename",
  "btshowmetainfo",
  "bttrack",
];
const cwd = temporaryFolder();
endAllAfterTests();

describe("The classic suite", () => {
  it("A1 A2 A6 has every program, as it is and with .py", () => {
    const { bin } = JSON.parse(readFileSync(join(ROOM, "package.json"), "utf8")) as { bin: Record<string, string> };
    expect(CLASSIC_PROGRAMS.map(({ name }) => name).toSorted()).toEqual(NAMES);
    for (const name of NAMES) {
      expect([bin[name], bin[`${name}.py`]]).toEqual([`./bin/${name}.js`, `./bin/${name}.js`]);
      accessSync(join(ROOM, `bin/${name}.js`), constants.X_OK);
      expect(readFileSync(join(ROOM, `bin/${name}.js`), "utf8")).toContain(`runClassic("${name}")`);
    }
  });

  it("A8 needs nothing of the window where none is opened: without it the other two download as they do", async () => {
    const app = join(cwd, "windowless");
    const isWindow = (path: string): boolean => /\/gui-[^/]*\.js$|\.map$/.test(path);
    for (const folder of ["bin", "dist"])
      cpSync(join(ROOM, folder), join(app, folder), { recursive: true, filter: (path) => !isWindow(path) });
    copyFileSync(join(ROOM, "package.json"), join(app, "package.json"));
    symlinkSync(join(ROOM, "../../node_modules"), join(app, "node_modules"));
    writeFileSync(join(cwd, "whole.iso"), "whole");
    await run(["whole.iso", "http://127.0.0.1:9/announce"], { program: "btmakemetafile", cwd });
    const start = (name: string): Terminal => {
      const words = [process.execPath, join(app, `bin/${name}.js`), "whole.iso.torrent", "--random_port", "1"];
      return new Terminal(words.map((word) => `'${word}'`).join(" "), { cwd, env: { BITTERN_STATE: join(cwd, `state-${name}`) } });
    };
    for (const [name, completion, end] of [
      ["btdownloadheadless", "Download Succeeded!", "\u0003"],
      ["btdownloadcurses", "download complete!", "q"],
    ] as const) {
      const terminal = start(name);
      await terminal.until(({ raw }) => raw.includes(completion), completion);
      terminal.press(end);
      await terminal.end();
    }
    const gui = start("btdownloadgui");
    await gui.end();
    expect(gui.raw).toContain("gui-");
  });
});

describe("btdownloadgui", () => {
  it("B4 B29 opens a window that asks where to save", async () => {
    writeFileSync(join(cwd, "one.iso"), "one");
    await run(["one.iso", "http://127.0.0.1:9/announce"], { program: "btmakemetafile", cwd });
    const env = { BITTERN_STATE: join(cwd, "state"), BROWSER: "", DISPLAY: "", WAYLAND_DISPLAY: "" };
    const window = new Running(["one.iso.torrent"], { program: "btdownloadgui", cwd, env });
    const [url] = await window.until(() => /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(window.err) ?? undefined, "the address of the page");
    const page = await fetch(url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("<title>");
    expect((await fetch(new URL("/", url))).status).not.toBe(200);
    expect(await window.stop()).toBe(143);
  });

  it("says what is wrong with the command line where it was typed", async () => {
    expect(await run(["--saveas", "x"], { program: "btdownloadgui", cwd })).toMatchObject({ status: 2 });
  });
});

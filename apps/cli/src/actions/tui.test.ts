/**
 * The screen as a user has it: in tmux, with keys that are sent and a screen that is read.
 * @module
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { endAllAfterTests, noise, PROGRAM, run, runningSeed, temporaryFolder, writeFiles } from "../testing.ts";

const folder = temporaryFolder();
const state = join(folder, "state");
endAllAfterTests();

/** A terminal of its own, in a server of its own. */
class Tmux {
  static #count = 0;
  readonly #socket = `bittern-test-${process.pid}-${++Tmux.#count}`;

  #tmux(...args: readonly string[]): string {
    return execFileSync("tmux", ["-L", this.#socket, "-f", "/dev/null", ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  }
  /** Runs a command; the pane stays when it ends. */
  run(command: readonly string[], environment: Readonly<Record<string, string>> = {}): void {
    const words = Object.entries({ LC_ALL: "C.UTF-8", ...environment }).map(([name, value]) => `${name}=${value}`);
    const line = ["env", ...words, ...command].map((word) => `'${word}'`).join(" ");
    this.#tmux("new-session", "-d", "-x", "80", "-y", "24", "-s", "t", `${line}; echo ended with $?; cat`);
  }
  keys(...keys: readonly string[]): void {
    this.#tmux("send-keys", "-t", "t", ...keys);
  }
  /** A report of the mouse (SGR, mode 1006), as a terminal sends it: button 0 is the left one, 64 and 65 are the wheel. */
  mouse(button: number, { column, line }: { readonly column: number; readonly line: number }): void {
    for (const end of ["M", "m"]) {
      const report = `\u001b[<${button};${column + 1};${line + 1}${end}`;
      this.#tmux("send-keys", "-t", "t", "-H", ...[...Buffer.from(report)].map((byte) => byte.toString(16)));
    }
  }
  /** Whether the program has asked for such reports. */
  get hasMouse(): boolean {
    return this.#tmux("display-message", "-p", "-t", "t", "#{mouse_sgr_flag}").trim() === "1";
  }
  /** Where a text stands on the screen. */
  async placeOf(text: string): Promise<{ readonly column: number; readonly line: number }> {
    const lines = (await this.shows(text)).split("\n");
    const line = lines.findIndex((shown) => shown.includes(text));
    return { column: (lines[line] as string).indexOf(text), line };
  }
  text(text: string): void {
    this.#tmux("send-keys", "-t", "t", "-l", text);
  }
  resize(columns: number, lines: number): void {
    this.#tmux("resize-window", "-t", "t", "-x", String(columns), "-y", String(lines));
  }
  get screen(): string {
    return this.#tmux("capture-pane", "-p", "-t", "t");
  }
  /** Looks until the screen is so. */
  async shows(text: string | RegExp): Promise<string> {
    for (;;) {
      const { screen } = this;
      if (typeof text === "string" ? screen.includes(text) : text.test(screen)) return screen;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  end(): void {
    spawnSync("tmux", ["-L", this.#socket, "kill-server"]);
  }
}

const hasTmux = spawnSync("tmux", ["-V"]).status === 0;
const command = [process.execPath, PROGRAM, "tui", "--state", state, "--port", "0"];

describe.skipIf(!hasTmux)("bittern tui", { meta: { skipReason: "tmux is not installed" } }, () => {
  const tmux = new Tmux();
  const again = new Tmux();
  const pointed = new Tmux();
  const nowhere = new Tmux();
  const stopped = new Tmux();
  afterAll(() => {
    stopped.end();
    nowhere.end();
    tmux.end();
    again.end();
    pointed.end();
  });

  it("downloads a link that is typed in, shows it from all sides, and has it at the next start", async () => {
    const torrent = join(folder, "album.torrent");
    writeFiles(join(folder, "published/album"), { "film.bin": noise(900_000, "film"), "notes.txt": "hello\n" });
    await run(["create", join(folder, "published/album"), "--piece-length", "16KiB", "-o", torrent]);
    const seed = runningSeed(torrent, join(folder, "published"), join(folder, "seed"));
    const { port } = await seed.line("listening");
    const link = `${(await run(["magnet", torrent])).out.trim()}&x.pe=127.0.0.1:${Number(port)}`;
    const dir = join(folder, "downloads");

    tmux.run([...command, "--dir", dir]);
    await tmux.shows("No torrents yet. Press a to add one");
    tmux.keys("a");
    await tmux.shows("Add a torrent");
    tmux.text(link);
    tmux.keys("Enter");
    await tmux.shows(/↑ album +100\.0 % .*seeding/);
    tmux.keys("Enter");
    await tmux.shows("56 of 56 pieces of 16.0 KiB, 2 files");
    const overview = tmux.screen;
    expect(overview).toContain(dir);
    expect(overview).toContain("█".repeat(56));
    tmux.keys("2");
    expect(await tmux.shows("notes.txt")).toContain("100.0 %");
    tmux.keys("5");
    await tmux.shows("complete");

    tmux.resize(60, 15);
    const small = await tmux.shows(/^─{60}$/m);
    expect(small.trimEnd().split("\n")).toHaveLength(15);
    tmux.keys("Escape");
    await tmux.shows("name");
    tmux.keys("?");
    await tmux.shows("Help");
    tmux.keys("x", "q");
    await tmux.shows("ended with 0");
    expect(readFileSync(join(dir, "album/film.bin")).equals(noise(900_000, "film"))).toBe(true);

    const { infoHash } = (await run(["show", torrent, "--json"])).json;
    const listed = await run(["tui", "--json", "--state", state]);
    expect(listed.json).toEqual({
      torrents: [{ infoHash, name: "album", path: dir, paused: false, maxDown: 0, maxUp: 0 }],
    });

    again.run(command, { NO_COLOR: "1" });
    await again.shows(/↑ album +100\.0 %/);
    again.keys("Space");
    await again.shows(/‖ album .*paused/);
    const other = await run([...command.slice(2)]);
    expect(other.err).toContain("this needs a terminal");
    again.keys("d");
    await again.shows("delete its files");
    again.keys("k");
    await again.shows("No torrents yet");
    again.keys("C-c");
    await again.shows("ended with 0");
    expect((await run(["tui", "--json", "--state", state])).json).toEqual({ torrents: [] });
    expect(readFileSync(join(dir, "album/notes.txt"), "utf8")).toBe("hello\n");
    await seed.stop();
  });

  it("works where the state folder cannot be written, and says what that means", async () => {
    const words = ["tui", "--port", "0", "--state", "/proc/no-folder"];
    nowhere.run([process.execPath, PROGRAM, ...words]);
    await nowhere.shows("the state folder cannot be written: this list ends when you quit");
    nowhere.keys("a");
    await nowhere.shows("Add a torrent");
    nowhere.text("a".repeat(40));
    nowhere.keys("Enter");
    await nowhere.shows(/aaaaaaaa.*metadata/);
    nowhere.keys("q");
    await nowhere.shows("ended with 0");
    expect((await run(["tui", "--json", "--state", "/proc/no-folder"])).json).toEqual({ torrents: [] });
  });

  it("gives the shell its terminal at Ctrl-Z, and comes back with fg; where nobody could say fg it stays", async () => {
    const words = ["tui", "--port", "0", "--state", join(folder, "stopped"), "--mouse"].join(" ");
    stopped.run(["bash", "--norc", "-i"], { PS1: "shell> " });
    await stopped.shows("shell>");
    stopped.text(`${process.execPath} ${PROGRAM} ${words}`);
    stopped.keys("Enter");
    await stopped.shows("No torrents yet");
    stopped.keys("C-z");
    await stopped.shows("Stopped");
    expect([stopped.hasMouse, stopped.screen.includes("No torrents yet")]).toEqual([false, false]);
    stopped.text("stty -a | grep -o ' icanon'; fg >/dev/null");
    stopped.keys("Enter");
    await stopped.shows("No torrents yet");
    expect(stopped.hasMouse).toBe(true);
    stopped.keys("q");
    expect(await stopped.shows(/^ icanon\nshell>/m)).toContain("Stopped");

    stopped.text(`exec ${process.execPath} ${PROGRAM} ${words}`);
    stopped.keys("Enter");
    await stopped.shows("No torrents yet");
    stopped.keys("C-z", "a");
    await stopped.shows("Add a torrent");
  });

  it("follows the mouse once it is asked to: a line, a line again, a tab, the wheel", async () => {
    const names = Array.from({ length: 8 }, (_, at) => `torrent-${at}`);
    const torrents = names.map((name) => join(folder, `${name}.torrent`));
    for (const [at, name] of names.entries()) {
      writeFiles(join(folder, "clicked"), { [name]: `content ${at}` });
      await run(["create", join(folder, "clicked", name), "-o", torrents[at] as string]);
    }
    pointed.run([...command.slice(0, -3), join(folder, "pointed"), "--port", "0", "--dir", join(folder, "clicked"), ...torrents]);
    await pointed.shows("torrent-7");
    expect(pointed.hasMouse).toBe(false);
    pointed.keys("m");
    await pointed.shows("the mouse is used");
    expect(pointed.hasMouse).toBe(true);

    // The first click goes there, the second opens.
    const third = await pointed.placeOf("torrent-2");
    pointed.mouse(0, third);
    pointed.mouse(0, third);
    await pointed.shows("2 files");
    expect(pointed.screen).toContain("torrent-2");
    expect(pointed.screen).not.toContain("torrent-3");
    pointed.mouse(0, await pointed.placeOf("2 files"));
    await pointed.shows("normal");
    pointed.keys("Escape");
    await pointed.shows("torrent-3");

    // A step of the wheel is three lines.
    pointed.mouse(65, third);
    pointed.keys("Enter");
    await pointed.shows(/torrent-5(?![^]*torrent-6)/);
    pointed.keys("Escape");
    await pointed.shows("torrent-3");
    pointed.keys("q");
    await pointed.shows("ended with 0");
    expect(pointed.hasMouse).toBe(false);
  });
});

/** `btdownloadgui` as it is typed, and as the desktop calls it: rows B4, B5 and B29 of the classic suite. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createTorrent, type Metainfo, Session, TrackerServer } from "@bittern/client";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { noise, temporaryFolder, writeFiles } from "../../apps/cli/src/testing.ts";
import { describeWith } from "../../tools/describe-with.ts";
import { judge, judges } from "../../tools/peers.ts";
import { ROOT } from "../../tools/tree.ts";

const PROGRAM = join(ROOT, "apps/cli/bin/btdownloadgui.js");

describeWith([judges()], "btdownloadgui", () => {
  const folder = temporaryFolder();
  const running: ChildProcess[] = [];
  let tracker: TrackerServer;
  let seeder: Session;
  let browser: Browser;
  let metainfo: Metainfo;

  beforeAll(async () => {
    writeFiles(folder, {
      "album/a.txt": noise(50_000, "a"),
      "album/b/c.txt": noise(70_000, "c"),
      opener: `#!/bin/sh\necho "$1" > "$URL_FILE.new"; mv "$URL_FILE.new" "$URL_FILE"\n`,
    });
    chmodSync(join(folder, "opener"), 0o755);
    tracker = new TrackerServer({ http: { port: 0, host: "127.0.0.1" } });
    const { http } = await tracker.listen();
    metainfo = await createTorrent(join(folder, "album"), { announce: [[String(http)]] });
    writeFileSync(join(folder, "album.torrent"), metainfo.toBytes());
    seeder = await Session.open({ listen: ["127.0.0.1:0"] });
    await (await seeder.add(metainfo, { path: folder, seedMode: true, readOnly: true })).checked();
    browser = await chromium.launch({
      executablePath: judge("chromium"),
      args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    });
  }, 60_000);
  afterAll(async () => {
    for (const child of running) child.kill("SIGKILL");
    await browser.close();
    await seeder.close();
    await tracker.close();
  });

  /** Starts it in a folder of its own and opens what it would have opened. */
  async function start(name: string, words: readonly string[]): Promise<{ page: Page; ended: Promise<number | null>; cwd: string }> {
    const cwd = join(folder, name);
    mkdirSync(cwd);
    const urlFile = join(cwd, "url");
    const env = {
      ...process.env,
      LC_ALL: "C.UTF-8",
      BROWSER: join(folder, "opener"),
      URL_FILE: urlFile,
      BITTERN_STATE: join(folder, `state-${name}`),
    };
    const args = [PROGRAM, ...words, "--random_port", "1", "--bind", "127.0.0.1"];
    const arrived = new Promise<void>((resolve) => {
      const watcher = watch(cwd, () => {
        if (!existsSync(urlFile)) return;
        watcher.close();
        resolve();
      });
    });
    const child = spawn(process.execPath, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    running.push(child);
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    await Promise.race([arrived, ended]);
    const page = await browser.newPage();
    await page.goto(readFileSync(urlFile, "utf8").trim());
    return { page, ended, cwd };
  }

  it("B4 B5: takes the options of the other downloaders, and shows a window", async () => {
    const target = join(folder, "elsewhere");
    const { page, ended } = await start("options", [
      "--responsefile",
      join(folder, "album.torrent"),
      "--saveas",
      target,
      "--max_uploads",
      "3",
    ]);
    await page.getByText("Download Succeeded!").first().waitFor();
    expect(await page.locator("#downloadTo").innerText()).toBe(target);
    expect(readFileSync(join(target, "b/c.txt")).equals(readFileSync(join(folder, "album/b/c.txt")))).toBe(true);
    await page.getByRole("button", { name: "Close" }).click();
    expect(await ended).toBe(0);
  });

  it("B29: opened with a file: address, asks where to save; a folder of other things gets one of its own", async () => {
    const { page, ended, cwd } = await start("clicked", [pathToFileURL(join(folder, "album.torrent")).href]);
    await page.getByRole("dialog", { name: "Choose where to save" }).waitFor();
    expect(await page.getByLabel("Save as").inputValue()).toBe(join(cwd, "album"));
    await page.getByLabel("Save as").fill(cwd);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Download Succeeded!").first().waitFor();
    expect(await page.locator("#downloadTo").innerText()).toBe(join(cwd, "album"));
    expect(existsSync(join(cwd, "album/a.txt"))).toBe(true);
    await page.getByRole("button", { name: "Close" }).click();
    expect(await ended).toBe(0);
  });

  it("B29: takes a magnet link, whose torrent comes from peers", async () => {
    const { page, ended, cwd } = await start("magnet", [metainfo.toMagnet()]);
    await page.getByRole("dialog", { name: "Choose where to save" }).waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Download Succeeded!").first().waitFor();
    expect(existsSync(join(cwd, "album/b/c.txt"))).toBe(true);
    await page.getByRole("button", { name: "Close" }).click();
    expect(await ended).toBe(0);
  });
});

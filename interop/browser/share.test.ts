/** The page that `bittern share` serves, as a visitor meets it: in Debian's Chromium. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseTorrent } from "@bittern/client";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { endAllAfterTests, noise, Running, temporaryFolder, writeFiles } from "../../apps/cli/src/testing.ts";
import { describeWith } from "../../tools/describe-with.ts";
import { judge, judges } from "../../tools/peers.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const NAME = 'Ärger & "Öl" <1>';
const FILES = { [`${NAME}/big file.bin`]: noise(300_000, "big"), [`${NAME}/日本/a & b.txt`]: "hello\n" };

describeWith([judges()], "The page of bittern share", () => {
  const folder = temporaryFolder();
  endAllAfterTests();
  let browser: Browser;
  let share: Running;
  let address = "";
  let torrentUrl = "";
  let magnet = "";

  beforeAll(async () => {
    writeFiles(folder, FILES);
    share = begin(NAME, "en_GB.UTF-8");
    ({ page: address, torrent: torrentUrl, magnet } = (await share.line("sharing")) as { page: string; torrent: string; magnet: string });
    browser = await chromium.launch({
      executablePath: judge("chromium"),
      args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await share.stop();
  });

  let count = 0;
  function begin(name: string, language: string): Running {
    const places = ["--state", join(folder, `state-${++count}`), "--port", "0", "--http", "0", "--public-host", "127.0.0.1"];
    return new Running(["share", join(folder, name), ...places, "--json"], { env: { LANG: language, LC_ALL: language } });
  }

  /** Looks at the page, and hears whatever the browser has to complain of. */
  async function look(act: (page: Page) => Promise<void>, options: BrowserContextOptions = {}, url = address): Promise<void> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(url);
    await act(page);
    expect(complaints).toEqual([]);
    await context.close();
  }

  it.each(["light", "dark"] as const)("has nothing that keeps anybody out, in %s", async (colorScheme) => {
    for (const viewport of [
      { width: 1280, height: 900 },
      { width: 320, height: 600 },
    ]) {
      await look(
        async (page) => {
          await page.evaluate(AXE);
          const { violations } = (await page.evaluate("axe.run()")) as { violations: { id: string; nodes: { html: string }[] }[] };
          expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
          // A phone need not be pushed sideways.
          expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
        },
        { colorScheme, viewport },
      );
    }
  });

  it("says all it has to say without any script", async () => {
    await look(
      async (page) => {
        expect(await page.title()).toBe(NAME);
        expect(await page.locator("html").getAttribute("lang")).toBe("en");
        expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(NAME);
        expect(await page.getByRole("link", { name: "magnet" }).getAttribute("href")).toBe(magnet);
        expect(await page.getByRole("img").first().isVisible()).toBe(true);
        const rows = await page.getByRole("row").allTextContents();
        expect(rows.slice(1)).toEqual([expect.stringContaining("big file.bin"), expect.stringContaining("日本/a & b.txt")]);
        expect(await page.locator("#seeds").textContent()).toBe("1");
        expect(await page.locator("#downloaders").textContent()).toBe("0");
      },
      { javaScriptEnabled: false },
    );
  });

  it("is worked by the keyboard alone", async () => {
    await look(async (page) => {
      const reached: (string | null)[] = [];
      for (let step = 0; step < 2; step++) {
        await page.keyboard.press("Tab");
        reached.push((await page.evaluate("document.activeElement.getAttribute('href')")) as string | null);
      }
      expect(reached).toEqual([magnet, new URL(torrentUrl).pathname]);
    });
  });

  it("gives a torrent that a browser saves, under its name", async () => {
    const { headers } = await fetch(torrentUrl);
    expect(headers.get("content-type")).toBe("application/x-bittorrent");
    await look(async (page) => {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: ".torrent" }).click()]);
      expect(download.suggestedFilename()).toMatch(/^Ärger & .Öl. .1.\.torrent$/);
      const { infoHashes } = parseTorrent(readFileSync(await download.path()));
      expect(magnet).toContain(infoHashes.v1);
    });
  });

  it("names its types, and lets nothing in from elsewhere", async () => {
    const page = await fetch(address);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; /);
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    const status = await fetch(new URL("status.json", address));
    expect(status.headers.get("content-type")).toBe("application/json; charset=utf-8");
  });

  it("counts whoever comes while somebody looks", async () => {
    await look(async (page) => {
      const words = ["--dir", join(folder, "copy"), "--state", join(folder, "state-copy"), "--port", "0", "--json"];
      const copy = new Running(["get", torrentUrl, ...words]);
      await copy.line("complete");
      await expect
        .poll(
          async () => {
            await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
            return await page.locator("#seeds").textContent();
          },
          { timeout: 20_000 },
        )
        .toBe("2");
      await copy.stop();
    });
  });

  it("speaks the language of whoever shares", async () => {
    writeFiles(folder, { "uno.txt": "hola\n" });
    const spanish = begin("uno.txt", "es_ES.UTF-8");
    const { page: url } = (await spanish.line("sharing")) as { page: string };
    await look(async (page) => expect(await page.locator("html").getAttribute("lang")).toBe("es"), {}, url);
    await spanish.stop();
  });
});

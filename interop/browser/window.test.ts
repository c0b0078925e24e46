/** The window, as a person meets it: in Debian's Chromium. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { type KnownSource, type Metainfo, Session } from "@bittern/client";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { showWindow, type WindowDownload, type WindowOptions } from "../../apps/cli/src/gui/window.ts";
import { ENGLISH } from "../../apps/cli/src/messages/english.ts";
import { SPANISH } from "../../apps/cli/src/messages/spanish.ts";
import { Output } from "../../apps/cli/src/output.ts";
import { Stop } from "../../apps/cli/src/stop.ts";
import { noise, temporaryFolder, writeFiles } from "../../apps/cli/src/testing.ts";
import { describeWith } from "../../tools/describe-with.ts";
import { judge, judges } from "../../tools/peers.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const LENGTH = 600_000;
/** Milliseconds; a busy machine draws late. */
const PATIENTLY = { timeout: 20_000 };

describeWith([judges()], "The window", () => {
  const folder = temporaryFolder();
  let browser: Browser;
  let seeder: Session;
  let metainfo: Metainfo;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    writeFiles(folder, { "share/disc.iso": noise(LENGTH, "disc") });
    seeder = await Session.open({ listen: ["127.0.0.1:0"] });
    ({ metainfo } = (await seeder.seed(join(folder, "share/disc.iso"), { pieceLength: 16_384 })) as { metainfo: Metainfo });
    browser = await chromium.launch({
      executablePath: judge("chromium"),
      args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await seeder.close();
  });
  afterEach(async () => {
    await page.close();
    expect(complaints).toEqual([]);
  });

  /** Opens a window and a page that looks at it. */
  async function open(more: Partial<WindowDownload> & { readonly down?: number } = {}, options: WindowOptions = {}) {
    const said: string[] = [];
    const sink = { write: (text: string) => said.push(text) };
    const stop = new Stop(() => undefined);
    let url = "";
    const status = showWindow(
      { name: "btdownloadgui", output: new Output({ json: false, quiet: false, messages: ENGLISH }, sink, sink), stop },
      {
        load: async () => ({ type: "metainfo", metainfo }),
        start: async (source, target) => {
          const session = await Session.open({ listen: ["127.0.0.1:0"], limits: { down: more.down ?? 0 } });
          const [peer] = seeder.listening;
          const what = source.type === "metainfo" ? source.metainfo : source.magnet;
          const place = { path: dirname(target), name: basename(target), peers: [`127.0.0.1:${peer?.port}`] };
          return { session, target, torrent: await session.add(what, place) };
        },
        target: undefined,
        displayMillis: 50,
        ...more,
      },
      {
        open: (given) => {
          url = given;
          return true;
        },
        texts: ENGLISH.window,
        ...options,
      },
    );
    await new Promise(setImmediate);
    while (url === "") await new Promise(setImmediate);
    page = await browser.newPage();
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(url);
    return { status, said, url, stop };
  }

  const text = (id: string): Promise<string> => page.locator(`#${id}`).innerText();

  async function expectAccessible(): Promise<void> {
    await page.evaluate(AXE);
    const { violations } = (await page.evaluate("axe.run()")) as { violations: { id: string; nodes: { html: string }[] }[] };
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  }

  it("asks where to save, downloads there, and says when it is done", async () => {
    const { status } = await open();
    const dialog = page.getByRole("dialog", { name: "Choose where to save" });
    await dialog.waitFor();
    await expectAccessible();
    expect(await page.getByLabel("Save as").inputValue()).toBe(join(process.cwd(), "disc.iso"));
    const target = join(folder, "first/disc.iso");
    mkdirSync(join(folder, "first"));
    await page.getByLabel("Save as").fill(target);
    await page.keyboard.press("Enter");
    await page.getByText("Download Succeeded!").first().waitFor();
    expect(await page.title()).toMatch(/^disc\.iso - Upload - BitTorrent 3\.4\.2$/);
    expect(await text("size")).toBe("600,000 (585.9 KB)");
    expect(await text("downloadTo")).toBe(target);
    expect(await page.locator("#gauge").getAttribute("value")).toBe("1000");
    expect([await text("downRate"), await text("upTotal")]).toEqual(["", "0.0 MiB"]);
    expect(readFileSync(target).equals(readFileSync(join(folder, "share/disc.iso")))).toBe(true);
    await expectAccessible();
    await page.getByRole("button", { name: "Close" }).click();
    expect(await status).toBe(0);
  });

  it("shows how far it is, live, and can be cancelled", async () => {
    const { status } = await open({ target: join(folder, "slow/disc.iso"), down: 100_000 });
    // Asked from outside: what waits inside the page is evaluated there, and the page's own policy forbids that.
    await expect.poll(async () => Number(await page.locator("#gauge").getAttribute("value")), PATIENTLY).toBeGreaterThan(0);
    await expect.poll(() => page.title(), PATIENTLY).toMatch(/^\d+% disc\.iso - BitTorrent 3\.4\.2$/);
    await expect.poll(() => text("timeLeft"), PATIENTLY).toMatch(/^\d+ min \d\d sec$/);
    expect(await text("downRate")).toMatch(/^\d+\.\d\d kB\/s$/);
    expect(await text("downTotal")).toMatch(/^\d+\.\d MiB$/);
    await expectAccessible();
    const shots = process.env["BITTERN_SCREENSHOTS"];
    if (shots !== undefined) await page.screenshot({ path: join(shots, "working.png") });
    await page.getByRole("button", { name: "Cancel" }).click();
    expect(await status).toBe(0);
    expect(existsSync(join(folder, "slow/disc.iso"))).toBe(true);
  });

  it("lets a partial download be picked, and resumes it", async () => {
    const whole = readFileSync(join(folder, "share/disc.iso"));
    mkdirSync(join(folder, "partial/below"), { recursive: true });
    writeFileSync(join(folder, "partial/half.iso"), whole.subarray(0, LENGTH / 2));
    const { status } = await open();
    await page.getByLabel("Save as").fill(join(folder, "partial/x"));
    // The folder that is listed first is the one of the suggestion: walk to the other one by the list itself.
    await page.evaluate(`openFolder(${JSON.stringify(join(folder, "partial"))})`);
    await page.getByRole("button", { name: "below/" }).click();
    // Before the list has come, the folder above is still that of the one before.
    await expect.poll(() => text("folder"), PATIENTLY).toBe(join(folder, "partial/below"));
    await page.getByRole("button", { name: "The folder above" }).click();
    await page.getByRole("button", { name: "half.iso" }).click();
    expect(await page.getByLabel("Save as").inputValue()).toBe(join(folder, "partial/half.iso"));
    const shots = process.env["BITTERN_SCREENSHOTS"];
    if (shots !== undefined) await page.screenshot({ path: join(shots, "choosing.png") });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Download Succeeded!").first().waitFor();
    expect(readFileSync(join(folder, "partial/half.iso")).equals(whole)).toBe(true);
    await page.getByRole("button", { name: "Close" }).click();
    expect(await status).toBe(0);
  });

  it("speaks Spanish to who speaks Spanish", async () => {
    const { status } = await open({}, { texts: SPANISH.window });
    await page.getByRole("dialog", { name: "Elija dónde guardar" }).waitFor();
    await page.getByLabel("Guardar como").fill(join(folder, "share/disc.iso"));
    await page.getByRole("button", { name: "Guardar" }).click();
    await page.getByText("¡Descarga completa!").first().waitFor();
    await expectAccessible();
    await page.getByRole("button", { name: "Cerrar" }).click();
    expect(await status).toBe(0);
  });

  it("says what went wrong, and waits until that is read", async () => {
    const { status, said } = await open({ load: () => Promise.reject(new Error("x.torrent is no valid torrent <b>")) });
    const dialog = page.getByRole("dialog", { name: "Download Failed!" });
    await dialog.waitFor();
    expect(await text("errorText")).toMatch(/^\[\d\d:\d\d:\d\d\] x\.torrent is no valid torrent <b>$/);
    await expectAccessible();
    await page.getByRole("button", { name: "OK" }).click();
    await page.getByRole("button", { name: "Close" }).click();
    expect(await status).toBe(1);
    expect(said.join("")).toContain("x.torrent is no valid torrent <b>");
  });

  it("takes names for text", async () => {
    const source: KnownSource = { type: "metainfo", metainfo: { ...metainfo, name: "<img src=x onerror=alert(1)>" } };
    const { status } = await open({ load: async () => source });
    await page.getByRole("dialog", { name: "Choose where to save" }).waitFor();
    expect(await text("name")).toBe("<img src=x onerror=alert(1)>");
    await page.keyboard.press("Escape");
    expect(await status).toBe(0);
  });

  it("ends when its page is closed", async () => {
    const { status } = await open({ target: join(folder, "share/disc.iso") }, { lonelyMillis: 50 });
    await page.getByText("Download Succeeded!").first().waitFor();
    await page.close();
    expect(await status).toBe(0);
  });
});

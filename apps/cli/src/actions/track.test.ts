/** @module */
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandLine, Terminal } from "../classic/rows/terminal.ts";
import { endAllAfterTests, noise, Running, run, temporaryFolder, writeFiles } from "../testing.ts";

const folder = temporaryFolder();
endAllAfterTests();

describe("bittern track", () => {
  it("introduces a downloader to a seeder, over HTTP and over UDP", async () => {
    const tracker = new Running(["track", "--port", "0", "--json"]);
    const listening = await tracker.line("listening");
    expect(listening).toEqual({ type: "listening", http: expect.any(Number), udp: expect.any(Number), announce: expect.any(Array) });
    expect(listening["http"]).toBe(listening["udp"]);
    const urls = [`http://127.0.0.1:${Number(listening["http"])}/announce`, `udp://127.0.0.1:${Number(listening["udp"])}`];
    expect(listening["announce"]).toEqual([
      expect.stringMatching(/^http:\/\/.*:\d+\/announce$/),
      expect.stringMatching(/^udp:\/\/.*:\d+\/announce$/),
    ]);
    for (const [at, url] of urls.entries()) {
      writeFiles(folder, { [`source-${at}/file-${at}.bin`]: noise(100_000, url) });
      const torrent = join(folder, `${at}.torrent`);
      await run(["create", join(folder, `source-${at}/file-${at}.bin`), "-t", url, "-o", torrent]);
      const state = (name: string) => ["--state", join(folder, `state-${at}-${name}`), "--port", "0", "--json"];
      const seed = new Running(["seed", torrent, "--dir", join(folder, `source-${at}`), ...state("seed")]);
      await seed.line("listening");
      const got = await run(["get", torrent, "--dir", join(folder, `target-${at}`), "--exit", ...state("get")]);
      expect(got.status).toBe(0);
      expect(await seed.stop()).toBe(0);
    }
    expect(await tracker.stop("SIGINT")).toBe(0);
  });

  it("knows everybody again after kill -9, but for the last seconds", async () => {
    const journal = join(folder, "tracker.journal");
    const start = async () => {
      const tracker = new Running(["track", "--port", "0", "--json", "--state", journal, "--no-udp", "--threads", "2"]);
      const listening = await tracker.line("listening");
      expect(listening["udp"]).toBeNull();
      return { tracker, base: `http://127.0.0.1:${Number(listening["http"])}` };
    };
    const announce = async (base: string, peer: number) => {
      const query = `info_hash=${"%07".repeat(20)}&peer_id=${String(peer).padEnd(20, "x")}&port=${1000 + peer}&uploaded=0&downloaded=0`;
      await (await fetch(`${base}/announce?${query}&left=${peer % 2}&event=${peer % 2 === 0 ? "completed" : "started"}`)).arrayBuffer();
    };
    const stats = async (base: string) =>
      (await (await fetch(`${base}/stats.json`)).json()) as Record<string, number> & { journal: { byteLength: number } };
    const first = await start();
    for (let peer = 0; peer < 40; peer++) await announce(first.base, peer);
    // The journal says how long it is once it is asked to; what it says is synced.
    await expect.poll(async () => (await stats(first.base)).journal.byteLength, { timeout: 5000 }).toBeGreaterThan(40 * 30);
    await expect.poll(() => statSync(journal).size, { timeout: 5000 }).toBeGreaterThan(40 * 30);
    const { pid } = first.tracker.child;
    const carriers = process.platform === "linux" ? readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ") : [];
    first.tracker.child.kill("SIGKILL");
    await first.tracker.end();
    // Who stood at its doors leaves with it.
    await expect.poll(() => carriers.filter((child) => existsSync(`/proc/${child}`)), { timeout: 5000 }).toEqual([]);
    appendFileSync(journal, "half a frame, or any other end");
    const second = await start();
    expect(await stats(second.base)).toMatchObject({ torrents: 1, seeds: 20, downloaders: 20, completedKnown: 20 });
    expect(await second.tracker.stop()).toBe(0);
    const third = await start();
    expect(await stats(third.base)).toMatchObject({ torrents: 1, seeds: 20, downloaders: 20, completedKnown: 20 });
    expect(await third.tracker.stop()).toBe(0);
  });

  it("says what does not go together", async () => {
    const wrong = [
      ["--tls-cert", "a.pem"],
      ["--https", "443"],
      ["--serve-torrents"],
      ["--users", "keys.txt"],
      // These did nothing, or contradicted each other, without a word.
      ["--only-reachable"],
      ["--burst", "5"],
      ["--title", "Ours", "--page", "none"],
      ["--torrent-dir-interval", "60"],
      ["--dfile-interval", "60"],
      ["--min-interval", "5000"],
      ["--secret", "nonsense"],
      ["--deny-address", "nowhere"],
      ["--allow-list", "a", "--torrent-dir", "b"],
      ["--page", "pretty"],
      ["--store", "http://nowhere"],
    ];
    for (const options of wrong) expect((await run(["track", "--port", "0", ...options])).status, options.join(" ")).toBe(2);
    const { status, out } = await run(["track", "--help"]);
    expect(status).toBe(0);
    for (const option of [
      "--state <file>",
      "--torrent-dir <dir>",
      "--trust-proxy <address>",
      "--api-token-file <file>",
      "BITTERN_TRACKER_TOKEN",
    ]) {
      expect(out).toContain(option);
    }
  });

  it("says in words what it cannot read, not as the system does", async () => {
    const missing = join(folder, "nowhere");
    for (const words of [
      ["--allow-list", missing],
      ["--tls-cert", missing, "--tls-key", missing],
      ["--api-token-file", missing],
    ]) {
      const { status, err } = await run(["track", "--port", "0", ...words]);
      // 1 for a list and 2 for a certificate: it is no fault of the command line.
      expect([status, err], words[0]).toEqual([1, `bittern track: ${missing}: there is no such file or folder\n`]);
    }
  });

  it("names the journal that it cannot keep, and no file of its own", async () => {
    const { status, err } = await run(["track", "--port", "0", "--state", "/proc/nope"]);
    expect([status, err]).toEqual([1, expect.stringMatching(/^bittern track: keeping the journal \/proc\/nope: [^/]+\n$/)]);
  });

  it("names the journal that another one keeps, as it was named, and fails as with a port that is taken", async () => {
    const words = ["track", "--port", "0", "--json", "--state", "mine.journal"];
    const tracker = new Running(words, { cwd: folder });
    await tracker.line("listening");
    const { status, json } = await run(words, { cwd: folder });
    const message = `process ${tracker.child.pid} is using mine.journal: end it, or choose another file`;
    expect([status, json]).toMatchObject([1, { error: { code: "LOCKED", message } }]);
    const other = new Running([...words.slice(0, -1), "other.journal"], { cwd: folder });
    await other.line("listening");
    await Promise.all([tracker.stop(), other.stop()]);
  });

  // A flipped byte cost 80 peers, and nobody was told.
  it("says how much of its journal was damaged, after the line with its ports", async () => {
    const path = join(folder, "damaged.journal");
    const words = ["track", "--port", "0", "--json", "--state", path];
    const first = new Running(words);
    const { http } = await first.line("listening");
    const query = `info_hash=${"x".repeat(20)}&peer_id=${"x".repeat(20)}&port=1001&uploaded=0&downloaded=0&left=0`;
    await (await fetch(`http://127.0.0.1:${Number(http)}/announce?${query}`)).arrayBuffer();
    await first.stop();
    const bytes = readFileSync(path);
    const at = bytes.length >> 1;
    bytes[at] = (bytes[at] as number) ^ 1;
    writeFileSync(path, bytes);
    const second = new Running(words);
    const { message } = await second.line("warning");
    expect(second.lines.map(({ type }) => type)).toEqual(["listening", "warning"]);
    expect(message).toMatch(new RegExp(`^${path}: \\d+ bytes were damaged and are lost; the rest of the journal was taken$`));
    await second.stop();
  });

  it.skipIf(process.platform !== "linux")("leaves no ^C on the line", { meta: { skipReason: "needs Linux" } }, async () => {
    const screen = new Terminal(commandLine("bittern", ["track", "--port", "0"]), { cwd: folder });
    await screen.until(({ raw }) => raw.includes("tracking at"), "listening");
    screen.press("\u0003");
    await screen.end();
    expect(screen.screen.slice(1).join("").trim()).toBe("");
  });

  it("says so when its port is taken, or is none", async () => {
    const tracker = new Running(["track", "--port", "0", "--json"]);
    const port = String((await tracker.line("listening"))["http"]);
    const second = await run(["track", "--port", port, "--json"]);
    expect(second).toMatchObject({ status: 1, json: { type: "error", error: { code: "ADDRESS_IN_USE" } } });
    expect((await run(["track", "--port", "1-5"])).status).toBe(2);
    expect((await run(["track", "extra"])).status).toBe(2);
    await tracker.stop();
  });
});

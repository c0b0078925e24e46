/**
 * The tracker as the founding articles call it, row by row.
 * @module
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { parseTorrent } from "@bittern/client";
import { describe, expect, it } from "vitest";
import { endAllAfterTests, Running, run, temporaryFolder } from "../../testing.ts";
import { TRACKER_OPTIONS } from "../options/tracker.ts";
import { CLASSIC_PROGRAMS } from "../programs.ts";

const cwd = temporaryFolder();
const HASH = "%01%02%03%04%05%06%07%08%09%0a%0b%0c%0d%0e%0f%10%11%12%13%14";
const HEX = "0102030405060708090a0b0c0d0e0f1011121314";
endAllAfterTests();

/** A port that was free a moment ago: the classic tracker does not tell which one it got. */
async function freePort(): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function track(...args: readonly string[]): Promise<{ readonly running: Running; readonly url: string }> {
  const port = await freePort();
  const running = new Running(["--port", String(port), "--min_time_between_log_flushes", "0", ...args], { program: "bttrack", cwd });
  await running.until(() => (running.out.includes("# Log Started: ") ? true : undefined), "the log");
  return { running, url: `http://127.0.0.1:${port}` };
}

/** Somebody who can be reached, and the first thing it hears. */
async function peerThatIsDialled(): Promise<{ readonly port: number; readonly greeting: Promise<string> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const greeting = new Promise<string>((resolve) =>
    server.once("connection", (socket) =>
      socket.once("data", (bytes) => {
        resolve(bytes.toString("latin1"));
        socket.destroy();
        server.close();
      }),
    ),
  );
  return { port: (server.address() as { port: number }).port, greeting };
}

const announce = (url: string, more: string): Promise<Response> =>
  fetch(`${url}/announce?info_hash=${HASH}&uploaded=0&downloaded=0&${more}`);
const PEER = "peer_id=M3-4-2--0123456789ab&port=6881";

describe("bttrack", () => {
  let running: Running;
  let url = "";

  it("E1 starts as the articles start it", async () => {
    ({ running, url } = await track("--dfile", "dstate", "--nat_check", "0"));
    expect((await fetch(`${url}/scrape`)).status).toBe(200);
  });

  it("E11 E12 E13 E14 E15 E16 E17 shows the page of the article", async () => {
    await announce(url, `${PEER}&left=0`);
    const page = await (await fetch(`${url}/`)).text();
    expect(page).toContain("<title>BitTorrent download info</title>");
    expect(page).toContain("<h3>BitTorrent download info</h3>");
    expect(page).toContain("<li><strong>tracker version:</strong> 3.4.2</li>");
    expect(page).toMatch(/<li><strong>server time:<\/strong> \d{4}-\d\d-\d\d \d\d:\d\d UTC<\/li>/);
    expect(page.replaceAll(/<[^>]*>|\s+/g, " ").replaceAll(/ +/g, " ")).toContain(`info hash complete downloading downloaded ${HEX} 1 0 0`);
    expect(page).toContain("0 files");
    expect(page).toContain("1/1");
    for (const term of ["info hash:", "complete:", "downloading:", "downloaded:", "transferred:"])
      expect(page).toContain(`<em>${term}</em>`);
  });

  it("E6 E7 knows hashes and addresses, and tells peers of each other", async () => {
    const answer = await (await announce(url, "peer_id=M3-4-2--aaaaaaaaaaaa&port=6882&left=10&compact=1")).arrayBuffer();
    expect(Buffer.from(answer).toString("latin1")).toMatch(/^d.*8:intervali1800e.*5:peers\d+:/s);
    expect(Buffer.from(answer).includes(Buffer.from([127, 0, 0, 1, 26, 225]))).toBe(true);
  });

  it("E8 keeps many torrents apart, whoever publishes them", async () => {
    const other = HASH.replace("%01", "%ff");
    await fetch(`${url}/announce?info_hash=${other}&uploaded=0&downloaded=0&left=5&peer_id=M3-4-2--cccccccccccc&port=6883`);
    const scrape = async (hash: string): Promise<string> =>
      Buffer.from(await (await fetch(`${url}/scrape?info_hash=${hash}`)).arrayBuffer()).toString("latin1");
    expect([await scrape(HASH), await scrape(other)]).toEqual([
      expect.stringContaining("d8:completei1e10:downloadedi0e10:incompletei1ee") as string,
      expect.stringContaining("d8:completei0e10:downloadedi0e10:incompletei1ee") as string,
    ]);
    await fetch(`${url}/announce?info_hash=${other}&uploaded=0&downloaded=0&left=5&peer_id=M3-4-2--cccccccccccc&port=6883&event=stopped`);
  });

  it("E19 counts a peer that completes as one that has everything", async () => {
    await announce(url, "peer_id=M3-4-2--aaaaaaaaaaaa&port=6882&left=0&event=completed");
    const scrape = await (await fetch(`${url}/scrape?info_hash=${HASH}`)).arrayBuffer();
    expect(Buffer.from(scrape).toString("latin1")).toMatch(/8:completei2e10:downloadedi1e.*10:incompletei0e/);
  });

  it("E4 E18 logs every request", async () => {
    const line = await running.until(
      () =>
        /^127\.0\.0\.1 (?:gzip|-) - \[.*\] "GET \/announce\?.*event=completed HTTP\/1\.1" 200 \d+ "-" ".*"$/m.exec(running.out) ??
        undefined,
      "the line",
    );
    expect(line[0]).toContain("left=0");
  });

  it("refuses what makes no sense", async () => {
    const garbage = await fetch(`${url}/announce?info_hash=1`);
    expect([garbage.status, garbage.headers.get("content-type"), garbage.headers.get("pragma")]).toEqual([400, "text/plain", "no-cache"]);
    expect(await garbage.text()).toBe("you sent me garbage - info_hash must be 20 bytes");
    for (const path of ["/nothing", "/file?info_hash=1", "/favicon.ico"]) {
      const nothing = await fetch(`${url}${path}`);
      expect([nothing.status, nothing.headers.get("content-type"), nothing.headers.get("pragma")]).toEqual([404, "text/plain", "no-cache"]);
      expect(await nothing.text()).toMatch(/^.+\nbut alas, not here\n$/);
    }
  });

  it("answers HEAD with a head", async () => {
    for (const [path, status] of [
      [`/announce?info_hash=${HASH}&uploaded=0&downloaded=0&left=0&${PEER}`, 200],
      ["/announce", 400],
      ["/", 200],
    ] as const) {
      const head = await fetch(`${url}${path}`, { method: "HEAD" });
      expect([head.status, await head.text()]).toEqual([status, ""]);
    }
  });

  it("E3 keeps its state in the dfile, and has it again after a restart", async () => {
    expect(await running.stop()).toBe(0);
    expect(running.out.trimEnd().split("\n").at(-1)).toMatch(/^# Shutting down: /);
    expect(existsSync(join(cwd, "dstate"))).toBe(true);
    const again = await track("--dfile", "dstate", "--nat_check", "0", "--logfile", "-");
    expect(await (await fetch(again.url)).text()).toContain(HEX);
    expect(await again.running.stop()).toBe(0);
  });

  it("E5 is reached by name as by address", async () => {
    const { running: named, url: address } = await track("--dfile", "named", "--nat_check", "0");
    const byName = new URL(address);
    byName.hostname = "localhost";
    const [one, other] = await Promise.all(
      [address, byName.origin].map(async (place) => await (await announce(place, `${PEER}&left=0`)).text()),
    );
    expect([one, other]).toEqual([expect.stringMatching(/^d8:interval/) as string, expect.stringMatching(/^d8:interval/) as string]);
    expect(await named.stop()).toBe(0);
  });

  it("E9 E10 tracks the torrents of a folder, by name, those that come later too, and dials back who announces them", async () => {
    mkdirSync(join(cwd, "allowed"));
    writeFileSync(join(cwd, "one.iso"), "one");
    await run(["one.iso", "http://127.0.0.1/announce", "--target", "allowed/one.torrent"], { program: "btmakemetafile", cwd });
    const { infoHashes } = parseTorrent(readFileSync(join(cwd, "allowed/one.torrent")));
    const folder = await track("--dfile", "other", "--allowed_dir", "allowed", "--parse_dir_interval", "1", "--allow_get", "1");
    const refused = await (await announce(folder.url, `${PEER}&left=0`)).text();
    expect(refused).toContain("failure reason");
    const dialled = await peerThatIsDialled();
    const hash = (infoHashes.v1 ?? "").replaceAll(/../g, "%$&");
    await fetch(
      `${folder.url}/announce?info_hash=${hash}&peer_id=M3-4-2--bbbbbbbbbbbb&port=${dialled.port}&uploaded=0&downloaded=0&left=0`,
    );
    expect(await dialled.greeting).toMatch(/^\u0013BitTorrent protocol/);
    const page = await (await fetch(folder.url)).text();
    expect(page).toContain("one.iso");
    expect(page).toContain(infoHashes.v1);
    writeFileSync(join(cwd, "two.iso"), "two");
    await run(["two.iso", "http://127.0.0.1/announce", "--target", "allowed/two.torrent"], { program: "btmakemetafile", cwd });
    const later = (parseTorrent(readFileSync(join(cwd, "allowed/two.torrent"))).infoHashes.v1 ?? "").replaceAll(/../g, "%$&");
    const asked = `${folder.url}/announce?info_hash=${later}&uploaded=0&downloaded=0&left=0&${PEER}`;
    while ((await (await fetch(asked)).text()).includes("failure reason")) await new Promise((resolve) => setImmediate(resolve));
    expect(await (await fetch(asked)).text()).toMatch(/^d8:interval/);
    expect(await folder.running.stop()).toBe(0);
  });

  it("serves the networks of allowed_ips and no others", async () => {
    writeFileSync(join(cwd, "ips"), "192.0.2.0/24\n");
    const { running: choosy, url: place } = await track("--dfile", "choosy", "--nat_check", "0", "--allowed_ips", "ips");
    expect(await (await announce(place, `${PEER}&left=0`)).text()).toMatch(/^d14:failure reason\d+:your address is not allowed here/);
    expect(await choosy.stop()).toBe(0);
  });

  it("says in one line where it cannot listen, and logs no end of what never began", async () => {
    const { status, out, err } = await run(["--dfile", "nowhere", "--port", "0", "--bind", "192.0.2.1"], { program: "bttrack", cwd });
    expect({ status, out, err }).toEqual({ status: 1, out: "", err: "error: --bind 192.0.2.1: this machine has no such address\n" });
  });

  it("says at once where it can keep no state", async () => {
    const { status, out, err } = await run(["--dfile", "/proc/no-state", "--port", "0"], { program: "bttrack", cwd });
    expect([status, out]).toEqual([1, ""]);
    expect(err).toMatch(/^error: the state cannot be kept: \/proc\/no-state: [^\n]+\n$/);
  });

  it("wants a dfile, and says what else it knows", async () => {
    expect(await run(["--port", "6969"], { program: "bttrack", cwd })).toMatchObject({
      status: 2,
      err: expect.stringContaining("--dfile") as string,
    });
    expect((await run([], { program: "bttrack", cwd })).out).toMatch(/^usage: bttrack --dfile file \[ option \.\.\. \]\n\n--port <arg>\n/);
    const wrong = await run(["--dfile", "x", "--scrape_allowed", "some"], { program: "bttrack", cwd });
    expect(wrong).toMatchObject({ status: 2, err: expect.stringContaining("none, specific or full") as string });
  });

  it("E18 opens its log anew on HUP where --hupmonitor says so, so that it can be rotated", async () => {
    const [port, log] = [await freePort(), join(cwd, "rotated.log")];
    const options = ["--port", String(port), "--dfile", "dstate-rotated", "--min_time_between_log_flushes", "0"];
    const running = new Running([...options, "--logfile", log, "--hupmonitor", "1"], { program: "bttrack", cwd });
    const written = (): string => (existsSync(log) ? readFileSync(log, "utf8") : "");
    await expect.poll(written).toContain("# Log Started");
    renameSync(log, `${log}.1`);
    running.child.kill("SIGHUP");
    await expect.poll(() => existsSync(log)).toBe(true);
    await fetch(`http://127.0.0.1:${port}/`);
    await expect.poll(written).toContain('"GET / HTTP/1.1" 200');
    expect(await running.stop()).toBe(0);
  });

  it("E2 has the 23 options of 3.4.2, with port 80 where nobody chooses", () => {
    const defaults = Object.fromEntries(
      Object.entries(TRACKER_OPTIONS)
        .slice(0, 23)
        .map(([name, { initial }]) => [name, initial]),
    );
    expect(CLASSIC_PROGRAMS.find(({ name }) => name === "bttrack")?.options).toBe(TRACKER_OPTIONS);
    expect(defaults).toEqual({
      port: 80,
      dfile: undefined,
      bind: "",
      socket_timeout: 15,
      save_dfile_interval: 300,
      timeout_downloaders_interval: 2700,
      reannounce_interval: 1800,
      response_size: 50,
      timeout_check_interval: 5,
      nat_check: 3,
      min_time_between_log_flushes: 3,
      allowed_dir: "",
      parse_allowed_interval: 15,
      show_infopage: 1,
      infopage_redirect: "",
      show_names: 1,
      favicon: "",
      only_local_override_ip: 1,
      logfile: "",
      allow_get: 0,
      keep_dead: 0,
      scrape_allowed: "full",
      max_give: 200,
    });
  });
});

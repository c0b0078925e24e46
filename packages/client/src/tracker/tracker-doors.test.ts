/** @module */
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { decodeAnnounceAnswer } from "@bittern/protocol/tracker";
import { afterAll, describe, expect, it } from "vitest";
import { createTorrent } from "../create.ts";
import type { TrackerOptions } from "./options.ts";
import { TrackerServer } from "./tracker-server.ts";

const tls = (name: string) => readFileSync(new URL(`../../../../vectors/tls/localhost-${name}.pem`, import.meta.url), "utf8");
const TEST_KEY = tls("key");
const TEST_CERTIFICATE = tls("certificate");

const folder = mkdtempSync(join(tmpdir(), "bittern-tracker-"));
afterAll(() => rmSync(folder, { recursive: true }));

const HASH = "0123456789abcdef0123456789abcdef01234567";
const escaped = (hash: string) => hash.replace(/../g, "%$&");
const query = (peer: string, port: number, left: number, hash = HASH) =>
  `info_hash=${escaped(hash)}&peer_id=${peer.padEnd(20, "x")}&port=${port}&uploaded=0&downloaded=0&left=${left}&compact=1&event=started`;

async function announce(url: URL | string, peer: string, port: number, left: number, hash = HASH) {
  const answer = await fetch(`${String(url)}?${query(peer, port, left, hash)}`);
  const decoded = decodeAnnounceAnswer(new Uint8Array(await answer.arrayBuffer()));
  return "peers" in decoded ? decoded.peers.map((known) => known.port) : decoded.failure;
}

async function opened(options: TrackerOptions) {
  const tracker = new TrackerServer({ http: { port: 0, host: "127.0.0.1" }, ...options });
  const { http } = await tracker.listen();
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(new URL(path, http), { headers, redirect: "manual" });
    return { status: answer.status, type: answer.headers.get("content-type"), headers: answer.headers, text: await answer.text() };
  };
  return { tracker, url: http as URL, ask };
}

describe("The pages of a tracker", () => {
  it("tell of the swarms: a page, a page a torrent, numbers for programs", async () => {
    const { tracker, url, ask } = await opened({ page: { style: "modern", title: "Ours" } });
    await using _ = tracker;
    await announce(url, "one", 1001, 0);
    const page = await ask("/");
    expect(page).toMatchObject({ status: 200, type: "text/html; charset=utf-8" });
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'self'/);
    expect(page.text).toContain(`<code>${url.href}</code>`);
    expect(page.text).toContain(`href="/torrent/${HASH}"`);
    expect((await ask(`/?q=${HASH.slice(0, 6)}`)).text).toContain(`href="/torrent/${HASH}"`);
    expect((await ask("/?q=ffff&sort=nonsense&page=-3")).text).toContain("No torrent here has that name or hash.");
    expect((await ask(`/torrent/${HASH}`)).text).toContain(`magnet:?xt=urn:btih:${HASH}`);
    expect((await ask(`/torrent/${"f".repeat(40)}`)).status).toBe(404);
    expect(await ask("/tracker.css")).toMatchObject({ status: 200, type: "text/css; charset=utf-8" });
    expect(JSON.parse((await ask("/stats.json")).text)).toMatchObject({ torrents: 1, seeds: 1, swarms: [{ infoHash: HASH, seeds: 1 }] });
    expect(JSON.parse((await ask("/healthz")).text)).toMatchObject({ status: "ok" });
    const metrics = await ask("/metrics");
    expect(metrics.type).toMatch(/^text\/plain/);
    for (const line of [
      "bittern_tracker_seeds 1",
      "bittern_tracker_websocket_peers 0",
      "bittern_tracker_websocket_seeds 0",
      'bittern_tracker_announces_total{transport="http"} 1',
      'bittern_tracker_peers{family="ipv4"} 1',
      "process_cpu_seconds_total",
    ]) {
      expect(metrics.text).toContain(line);
    }
    expect((await ask("/elsewhere")).status).toBe(404);
    expect((await fetch(new URL("/", url), { method: "POST" })).status).toBe(405);
  });

  it("are the classic's to the element, where that is asked for", async () => {
    const { tracker, url, ask } = await opened({ page: { style: "classic", version: "3.4.2" } });
    await using _ = tracker;
    expect((await ask("/")).text).toContain("<p>not tracking any files yet...</p>");
    await announce(url, "one", 1001, 0, "f".repeat(40));
    const second = await opened({ page: { style: "classic", version: "3.4.2" } });
    await using __ = second.tracker;
    await announce(second.url, "one", 1001, 0);
    await announce(second.url, "two", 1002, 5);
    const page = await second.ask("/index.html");
    expect(page).toMatchObject({ status: 200, type: "text/html; charset=iso-8859-1" });
    expect(
      page.text,
    ).toContain(`<tr><td><code>${HASH}</code></td><td align="right"><code>1</code></td><td align="right"><code>1</code></td><td align="right"><code>0</code></td></tr>
<tr><td align="right">0 files</td><td align="right">1/1</td><td align="right">1/1</td><td align="right">0/0</td></tr>`);
  });

  // "none" took the numbers away too, and a probe of /healthz found a tracker dead that was well.
  it("may be missing at / alone: whoever watches finds the numbers", async () => {
    const { tracker, url, ask } = await opened({ page: { style: "none" } });
    await using _ = tracker;
    await announce(url, "one", 1001, 0);
    for (const path of ["/", "/index.html", "/tracker.css", `/torrent/${HASH}`]) expect((await ask(path)).status).toBe(404);
    expect(JSON.parse((await ask("/healthz")).text)).toMatchObject({ status: "ok" });
    expect(JSON.parse((await ask("/stats.json")).text)).toMatchObject({ torrents: 1, seeds: 1 });
    expect((await ask("/metrics")).text).toContain("bittern_tracker_seeds 1");
  });

  it("may be somewhere else, or nowhere", async () => {
    const away = await opened({ page: { style: "classic", redirect: "http://stats.example/a?b&c" } });
    await using _ = away.tracker;
    const answer = await away.ask("/");
    expect(answer).toMatchObject({ status: 302, text: '<A HREF="http://stats.example/a?b&#38;c">Click Here</A>' });
    expect(answer.headers.get("location")).toBe("http://stats.example/a?b&c");
    const nowhere = await opened({});
    await using __ = nowhere.tracker;
    for (const path of ["/", "/stats.json", "/metrics", "/file"]) expect((await nowhere.ask(path)).status).toBe(404);
  });
});

describe("A folder of torrents", () => {
  it("says what is allowed, what it is called, and gives its files out", async () => {
    const torrents = mkdtempSync(join(folder, "torrents-"));
    const content = join(folder, "Some <name>.bin");
    writeFileSync(content, "some content");
    const metainfo = await createTorrent(content, { version: "hybrid" });
    writeFileSync(join(torrents, "a.torrent"), metainfo.toBytes());
    writeFileSync(join(torrents, "broken.torrent"), "no torrent");
    const warnings: string[] = [];
    const { tracker, url, ask } = await opened({
      torrentFolder: { path: torrents, intervalSeconds: 0.02, servesFiles: true },
      page: { style: "modern" },
      onWarning: (message) => warnings.push(message),
    });
    await using _ = tracker;
    expect(warnings).toEqual([expect.stringMatching(/broken\.torrent is left out/)]);
    expect(await announce(url, "one", 1001, 0)).toBe("this torrent is not allowed here");
    for (const hash of metainfo.infoHashes.wire) expect(await announce(url, "one", 1001, 0, hash)).toEqual([]);
    expect((await ask(`/scrape?info_hash=${escaped(metainfo.infoHashes.v1 as string)}`)).text).toContain("4:name15:Some <name>.bin");
    expect((await ask("/?q=some")).text).toContain("Some &lt;name&gt;.bin");
    const hash = metainfo.infoHashes.v1 as string;
    expect((await ask(`/torrent/${hash}`)).text).toContain("Get the .torrent");
    const file = await fetch(new URL(`/file?info_hash=${escaped(hash)}`, url));
    expect(file.headers.get("content-type")).toBe("application/x-bittorrent");
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(metainfo.toBytes());
    expect((await ask(`/file?info_hash=${escaped(HASH)}`)).status).toBe(404);

    const other = await createTorrent(content, { version: "v1", comment: "another", private: true });
    writeFileSync(join(torrents, "b.new"), other.toBytes());
    renameSync(join(torrents, "b.new"), join(torrents, "b.torrent"));
    rmSync(join(torrents, "a.torrent"));
    await expect.poll(() => announce(url, "one", 1001, 0, other.infoHashes.v1)).toEqual([]);
    expect(await announce(url, "two", 1002, 0, hash)).toBe("this torrent is not allowed here");
    // In one step: a folder that is emptied first is, for the while, a folder that allows nothing.
    renameSync(torrents, join(folder, "away"));
    await expect.poll(() => warnings.at(-1)).toMatch(/cannot be read.*stay allowed/);
    expect(await announce(url, "one", 1001, 0, other.infoHashes.v1)).toEqual([]);
  });

  it("has to be there at the start", async () => {
    const tracker = new TrackerServer({ torrentFolder: { path: join(folder, "nowhere") } });
    await expect(tracker.listen()).rejects.toMatchObject({ code: "FILE_MISSING" });
  });
});

describe("Lists in files", () => {
  it("say who and what is welcome, and are checked", async () => {
    const torrentListPath = join(folder, "allowed.txt");
    const userListPath = join(folder, "users.txt");
    const addressListPath = join(folder, "addresses.txt");
    writeFileSync(torrentListPath, `# ours\n\n${HASH.toUpperCase()}  a name\n`);
    writeFileSync(userListPath, "alice-key\nbob-key\n");
    writeFileSync(addressListPath, "192.0.2.0/24\n");
    const { tracker, url } = await opened({ torrentPolicy: "allow-list", torrentListPath, isPrivate: true, userListPath, addressListPath });
    await using _ = tracker;
    expect(await announce(url, "one", 1001, 0)).toBe("the announce URL needs a valid pass key");
    expect(await announce(new URL("/alice-key/announce", url), "one", 1001, 0)).toEqual([]);
    expect(await announce(new URL("/bob-key/announce", url), "one", 1001, 0, "f".repeat(40))).toBe("this torrent is not allowed here");
    tracker.command({ type: "set-addresses", allowed: [], denied: ["127.0.0.0/8"] });
    expect(await announce(new URL("/alice-key/announce", url), "one", 1001, 0)).toBe("your address is not allowed here");
    // Nobody means a file as long as that, and reading it would take all memory.
    truncateSync(torrentListPath, 256 * 1024 * 1024 + 1);
    await expect(new TrackerServer({ torrentPolicy: "deny-list", torrentListPath }).listen()).rejects.toMatchObject({
      code: "FILE_UNSAFE",
    });
    writeFileSync(torrentListPath, "nonsense\n");
    const wrong = new TrackerServer({ torrentPolicy: "deny-list", torrentListPath });
    await expect(wrong.listen()).rejects.toThrow(/allowed\.txt: "nonsense" is no info hash/);
  });
});

describe("Two files of networks", () => {
  it("allow and deny beside each other and the settings, and the first must allow somebody", async () => {
    const addressAllowListPath = join(folder, "allowed-networks.txt");
    const addressListPath = join(folder, "denied-networks.txt");
    const served = async (allowed: string, denied: string, addressesAllowed: readonly string[] = []): Promise<unknown> => {
      writeFileSync(addressAllowListPath, allowed);
      writeFileSync(addressListPath, denied);
      const { tracker, url } = await opened({ addressAllowListPath, addressListPath, addressesAllowed });
      await using _ = tracker;
      return await announce(url, "one", 1001, 0);
    };
    const refused = "your address is not allowed here";
    expect(await served("192.0.2.0/24  the office\n", "")).toBe(refused);
    expect(await served("192.0.2.0/24\n127.0.0.0/8\n", "")).toEqual([]);
    expect(await served("127.0.0.0/8\n", "127.0.0.1\n")).toBe(refused);
    expect(await served("192.0.2.0/24\n", "+127.0.0.1\n")).toEqual([]);
    expect(await served("192.0.2.0/24\n", "", ["127.0.0.1"])).toEqual([]);
    await expect(served("# nobody\n", "")).rejects.toThrow(/allowed-networks\.txt: no network is allowed; write one a line$/);
  });
});

describe("HTTPS", () => {
  it("has a door of its own beside HTTP, with a certificate from files", async () => {
    const certificatePath = join(folder, "chain.pem");
    const keyPath = join(folder, "key.pem");
    writeFileSync(certificatePath, TEST_CERTIFICATE);
    writeFileSync(keyPath, TEST_KEY);
    const tracker = new TrackerServer({
      http: { port: 0, host: "127.0.0.1" },
      https: { port: 0, host: "127.0.0.1", certificatePath, keyPath },
      udp: { port: 0, host: "127.0.0.1" },
    });
    await using _ = tracker;
    const urls = await tracker.listen();
    await announce(urls.http as URL, "one", 1001, 0);
    const body = await new Promise<Buffer>((resolve, reject) => {
      get(`${urls.https?.href}?${query("two", 1002, 5)}`, { ca: TEST_CERTIFICATE, servername: "localhost" }, (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part)).on("end", () => resolve(Buffer.concat(parts)));
      }).on("error", reject);
    });
    expect(decodeAnnounceAnswer(body)).toMatchObject({ peers: [{ port: 1001 }] });
    expect(urls.udp?.protocol).toBe("udp:");
    // Whoever offered HTTP/1.0 alone, as curl --http1.0 does, was turned away in the handshake.
    const old = connect({
      port: Number(urls.https?.port),
      host: "127.0.0.1",
      ca: TEST_CERTIFICATE,
      servername: "localhost",
      ALPNProtocols: ["http/1.0"],
    });
    await once(old, "secureConnect");
    expect(old.alpnProtocol).toBe("http/1.0");
    old.destroy();
    // A certificate that was renewed badly was told in the log alone.
    writeFileSync(certificatePath, "no certificate");
    const faults = [expect.stringMatching(/^the old certificate stays in use: the TLS certificate and key cannot be used: /)];
    expect([await tracker.reload(), await tracker.reload()]).toEqual([faults, faults]);
    writeFileSync(certificatePath, TEST_CERTIFICATE);
    expect(await tracker.reload()).toEqual([]);
    const without = new TrackerServer({ https: { port: 0, certificatePath, keyPath: join(folder, "none.pem") } });
    await expect(without.listen()).rejects.toMatchObject({ code: "FILE_MISSING" });
    const swapped = new TrackerServer({ https: { port: 0, certificatePath: keyPath, keyPath } });
    await expect(swapped.listen()).rejects.toMatchObject({ code: "TLS_IDENTITY" });
  });
});

describe("What a tracker remembers", () => {
  it("is in its journal, which nobody else may use meanwhile", async () => {
    const journalPath = join(folder, "state/of/tracker.journal");
    const first = await opened({ journalPath });
    await announce(first.url, "one", 1001, 0);
    await expect(new TrackerServer({ journalPath }).listen()).rejects.toMatchObject({ code: "LOCKED" });
    await first.tracker.close();
    const second = await opened({ journalPath });
    await using _ = second.tracker;
    expect(second.tracker.stats()).toMatchObject({ seeds: 1, journal: { state: "writing" } });
    expect(await announce(second.url, "two", 1002, 5)).toEqual([1001]);
  });

  it("may begin with the state file of the classic tracker, and goes into one", async () => {
    const path = join(folder, "dstate");
    const first = await opened({ dfile: { path } });
    await announce(first.url, "one", 1001, 0);
    await announce(first.url, "two", 1002, 5);
    await first.tracker.close();
    expect(readFileSync(path, "latin1")).toMatch(/^d9:completedde5:peersd20:/);
    const journalPath = join(folder, "from-dfile.journal");
    const second = await opened({ dfile: { path }, journalPath });
    expect(second.tracker.stats()).toMatchObject({ seeds: 1, downloaders: 1 });
    await second.tracker.close();
    rmSync(path);
    const third = await opened({ journalPath });
    await using _ = third.tracker;
    expect(third.tracker.stats()).toMatchObject({ seeds: 1, downloaders: 1 });
    writeFileSync(path, "no state");
    await expect(new TrackerServer({ dfile: { path } }).listen()).rejects.toMatchObject({
      name: "ProtocolError",
      message: expect.stringContaining(`${path} is no state of a tracker`),
    });
    expect(readFileSync(path, "latin1")).toBe("no state");
    truncateSync(path, 512 * 1024 * 1024 + 1);
    await expect(new TrackerServer({ dfile: { path } }).listen()).rejects.toMatchObject({ code: "FILE_UNSAFE" });
    const warnings: string[] = [];
    const blocked = join(folder, "blocked");
    const fourth = await opened({ dfile: { path: blocked }, onWarning: (message) => warnings.push(message) });
    mkdirSync(`${blocked}.new`);
    await fourth.tracker.close();
    expect(warnings).toEqual([`the state is not kept: ${blocked}.new: it is a folder`]);
    // What could never be written is told before anybody relies on it, not at the first save minutes later.
    await expect(new TrackerServer({ dfile: { path: blocked } }).listen()).rejects.toThrow(
      `the state cannot be kept: ${blocked}: it is a folder`,
    );
    await expect(new TrackerServer({ dfile: { path: "/proc/no-folder/state" } }).listen()).rejects.toThrow(
      "the state cannot be kept: /proc/",
    );
    await expect(new TrackerServer({ torrentFolder: { path: join(folder, "absent") } }).listen()).rejects.toMatchObject({
      code: "FILE_MISSING",
      message: `the folder of torrents cannot be read: ${join(folder, "absent")}: there is no such file or folder`,
    });
    await expect(new TrackerServer({ dfile: { path: folder } }).listen()).rejects.toThrow(`${folder}: it is a folder`);
  });
});

/** Two browsers with WebTorrent meet through our tracker, which also gives them their page: in Debian's Chromium. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TrackerServer } from "@bittern/client";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../../tools/describe-with.ts";
import { interopPeers, judge, judges, webtorrentFolder } from "../../tools/peers.ts";

const LENGTH = 300_000;
const PAGE = `<!doctype html><title>peer</title><script type="module">
import WebTorrent from "/webtorrent.js";
window.client = new WebTorrent({ dht: false, tracker: { rtcConfig: { iceServers: [] } } });
</script>`;

/** What the page holds. */
interface PeerWindow {
  readonly client: {
    seed(file: File, options: object, done: (torrent: BrowserTorrent) => void): void;
    add(torrent: Uint8Array, options: object, done: (torrent: BrowserTorrent) => void): void;
  };
}

interface BrowserTorrent {
  readonly torrentFile: Uint8Array;
  readonly files: readonly { arrayBuffer(): Promise<ArrayBuffer> }[];
  on(event: "done", listener: () => void): void;
}

describeWith([judges(), interopPeers()], "WebTorrent in a browser", () => {
  let tracker: TrackerServer;
  let browser: Browser;
  let origin: string;

  beforeAll(async () => {
    const script = readFileSync(join(webtorrentFolder(), "node_modules/webtorrent/dist/webtorrent.min.js"));
    tracker = new TrackerServer({
      http: { port: 0, host: "127.0.0.1" },
      onRequest: ({ path }, answer) => {
        if (path === "/webtorrent.js") answer(200, { "Content-Type": "text/javascript" }, script);
        else answer(200, { "Content-Type": "text/html" }, new TextEncoder().encode(PAGE));
      },
    });
    origin = new URL((await tracker.listen()).http as URL).origin;
    browser = await chromium.launch({
      executablePath: judge("chromium"),
      // Peers of one machine, without the detour that hides its addresses from each other.
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--allow-loopback-in-peer-connection",
        "--disable-features=WebRtcHideLocalIpsWithMdns",
      ],
    });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await tracker.close();
  });

  async function peer(): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${origin}/peer`);
    await page.waitForFunction("window.client !== undefined");
    return page;
  }

  it("downloads from another browser what that one seeds", { timeout: 60_000 }, async () => {
    const announce = [origin.replace("http", "ws")];
    const [seeder, downloader] = [await peer(), await peer()];
    const torrent = await seeder.evaluate(
      async ({ announce, length }) => {
        const bytes = Uint8Array.from({ length }, (_, at) => (at * 31) % 251);
        const { client } = globalThis as unknown as PeerWindow;
        const seeded = await new Promise<BrowserTorrent>((resolve) => client.seed(new File([bytes], "it.bin"), { announce }, resolve));
        return [...seeded.torrentFile];
      },
      { announce, length: LENGTH },
    );
    const sum = await downloader.evaluate(
      async ({ announce, torrent }) => {
        const { client } = globalThis as unknown as PeerWindow;
        const added = await new Promise<BrowserTorrent>((resolve) => client.add(Uint8Array.from(torrent), { announce }, resolve));
        await new Promise<void>((resolve) => added.on("done", resolve));
        const bytes = new Uint8Array((await added.files[0]?.arrayBuffer()) ?? new ArrayBuffer(0));
        return [bytes.length, bytes.findIndex((byte, at) => byte !== (at * 31) % 251)];
      },
      { announce, torrent },
    );
    expect(sum).toEqual([LENGTH, -1]);
    await expect.poll(() => tracker.stats()).toMatchObject({ webSocketPeers: 2, webSocketSeeds: 2 });
  });
});

/**
 * `bittern announce` and `bittern scrape` ask trackers, ours, opentracker and the one of the npm package bittorrent-tracker, over each of their doors.
 * @module
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { describeWith } from "../tools/describe-with.ts";
import { interopPeers, webtorrentFolder } from "../tools/peers.ts";
import { Lab } from "./lab.ts";

const peer = (name: string) => fileURLToPath(new URL(`peers/${name}`, import.meta.url));
const pem = (name: string) => fileURLToPath(new URL(`../vectors/tls/localhost-${name}.pem`, import.meta.url));
const INFO_HASH = "0123456789abcdef0123456789abcdef01234567";
const TRUNCATED = "89".repeat(20);
/** Two hashes, as of a hybrid torrent. */
const HYBRID = `magnet:?xt=urn:btih:${INFO_HASH}&xt=urn:btmh:1220${"89".repeat(32)}`;
const PORT = 16_972;

interface Answer {
  readonly trackers: readonly Readonly<Record<string, unknown>>[];
}

describeWith([interopPeers()], "A question to a tracker", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
    await lab.addWebRtcAddress();
  });
  afterEach(() => lab.stop());
  afterAll(() => lab.close());

  async function ask(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Answer["trackers"]> {
    const program = lab.bittern([...args, "--json"], env);
    const { exitCode } = await program.ended();
    expect(exitCode, `${program.errors}${program.output}`).toBe(0);
    return (JSON.parse(program.output) as Answer).trackers;
  }

  // The client's WebRTC takes five seconds to make an offer.
  it("is answered by bittorrent-tracker over WebSocket, HTTP and UDP, and lists nobody", { timeout: 60_000 }, async () => {
    const host = lab.address(1);
    const server = lab.start([process.execPath, peer("websocket_server.mjs"), webtorrentFolder(), host, String(PORT)]);
    await server.says(/listening/);
    const url = (scheme: string) => `${scheme}://${host}:${PORT}${scheme === "http" ? "/announce" : ""}`;
    const seed = lab.start([process.execPath, peer("websocket_client.mjs"), webtorrentFolder(), url("ws"), INFO_HASH, "seed", "0"]);
    await seed.says(/"scrape","complete":1,"incomplete":0/);
    for (const scheme of ["ws", "http", "udp"]) {
      for (const event of [[], ["--event", "stopped"]]) {
        const [announced] = await ask(["announce", INFO_HASH, "-t", url(scheme), ...event]);
        expect(announced).toMatchObject({ url: url(scheme), address: host, complete: 1, error: null });
        expect(announced?.["interval"]).toBeGreaterThan(0);
      }
      // Over HTTP its scrape writes hashes as UTF-8, which no client knows again.
      if (scheme === "http") continue;
      expect(await ask(["scrape", INFO_HASH, "-t", url(scheme)])).toMatchObject([{ complete: 1, incomplete: 0, error: null }]);
      expect(await ask(["scrape", HYBRID, "-t", url(scheme)])).toMatchObject([
        { infoHash: INFO_HASH, complete: 1, incomplete: 0, error: null },
        { infoHash: TRUNCATED, error: null },
      ]);
    }
    await ask(["announce", INFO_HASH, "-t", url("ws"), "--event", "started"]);
    expect(await ask(["scrape", INFO_HASH, "-t", url("ws")])).toMatchObject([{ complete: 1, incomplete: 0 }]);
    expect(server.output).not.toMatch(/"error"/);
  });

  it("is answered by opentracker over HTTP and UDP", { timeout: 60_000 }, async () => {
    const [folder, host, port] = [await lab.makeFolder("opentracker"), lab.address(1), String(PORT)];
    // Debian's build serves whitelisted info hashes only.
    await writeFile(join(folder, "wl"), `${INFO_HASH}\n`);
    lab.start(["opentracker", "-d", folder, "-i", host, "-p", port, "-P", port, "-w", "/wl"]);
    for (const scheme of ["udp", "http"]) {
      const url = `${scheme}://${host}:${port}/announce`;
      expect(await ask(["announce", INFO_HASH, "-t", url, "--left", "0", "--event", "started"])).toMatchObject([
        { complete: 1, error: null },
      ]);
      expect(await ask(["scrape", INFO_HASH, "-t", url])).toMatchObject([{ complete: 1, incomplete: 0, error: null }]);
      expect(await ask(["announce", INFO_HASH, "-t", url, "--left", "0", "--event", "stopped"])).toMatchObject([
        { complete: 0, error: null },
      ]);
    }
  });

  it("is answered by our tracker over HTTPS and wss, with a certificate that is believed and none other", { timeout: 60_000 }, async () => {
    const options = ["--tls-cert", pem("certificate"), "--tls-key", pem("key")];
    const tracker = lab.bittern(["track", "--port", String(PORT), ...options]);
    await tracker.says(/\/announce/);
    const urls = ["https", "wss"].map((scheme) => `${scheme}://localhost:${PORT}/announce`);
    const named = urls.flatMap((url) => ["-t", url]);
    const believed = { NODE_EXTRA_CA_CERTS: pem("certificate") };
    const announced = await ask(["announce", INFO_HASH, ...named], believed);
    expect(new Set(announced.map(({ url }) => url))).toEqual(new Set(urls));
    for (const row of announced) expect(row).toMatchObject({ infoHash: INFO_HASH, error: null });
    const counted = await ask(["scrape", HYBRID, ...named], believed);
    expect(counted.map(({ url, error, incomplete }) => [url, error, incomplete ?? 0])).toEqual(
      urls.flatMap((url) => [
        [url, null, 0],
        [url, null, 0],
      ]),
    );
    const refused = lab.bittern(["scrape", INFO_HASH, ...named, "--json"]);
    expect((await refused.ended()).exitCode).toBe(1);
    expect((JSON.parse(refused.output) as Answer).trackers).toMatchObject([{ error: { code: "TLS" } }, { error: { code: "TLS" } }]);
  });
});

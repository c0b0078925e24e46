/**
 * Clients of the npm package bittorrent-tracker meet through our tracker over WebSocket and open a WebRTC connection.
 * @module
 */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Program } from "../bench/measure.ts";
import { describeWith } from "../tools/describe-with.ts";
import { interopPeers, webtorrentFolder } from "../tools/peers.ts";
import { Lab } from "./lab.ts";

const CLIENT = fileURLToPath(new URL("peers/websocket_client.mjs", import.meta.url));
const INFO_HASH = "0123456789abcdef0123456789abcdef01234567";
const PORT = 16_971;
const pem = (name: string) => fileURLToPath(new URL(`../vectors/tls/localhost-${name}.pem`, import.meta.url));

describeWith([interopPeers()], "Our tracker over WebSocket", () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.open();
    await lab.addWebRtcAddress();
  });
  afterAll(() => lab.close());

  const client = (url: string, name: string, left: number): Program =>
    lab.start([process.execPath, CLIENT, webtorrentFolder(), url, INFO_HASH, name, String(left)], {
      env: { NODE_EXTRA_CA_CERTS: pem("certificate") },
    });

  // The client's WebRTC takes five seconds to make an offer, and five for an answer.
  it.each([
    { scheme: "ws", host: "127.0.0.1", options: [] },
    { scheme: "wss", host: "localhost", options: ["--tls-cert", pem("certificate"), "--tls-key", pem("key")] },
  ])(
    "G14 joins a seed and a downloader of its client over $scheme, counts them, and knows when one has gone",
    {
      timeout: 60_000,
    },
    async ({ scheme, host, options }) => {
      const url = `${scheme}://${host}:${PORT}`;
      const tracker = lab.bittern(["track", "--port", String(PORT), ...options]);
      await tracker.says(/\/announce/);
      const seed = client(url, "seed", 0);
      await seed.says(/"scrape","complete":1,"incomplete":0/);
      const downloader = client(url, "downloader", 1000);
      await downloader.says(/"scrape","complete":1,"incomplete":1/);
      await Promise.all([seed.says(/hello from downloader/), downloader.says(/hello from seed/)]);
      await lab.stop(downloader);
      const late = client(url, "late", 1000);
      await late.says(/"scrape","complete":1,"incomplete":1/);
      for (const program of [seed, downloader, late]) expect(program.output).not.toMatch(/"(error|warning)"/);
      await lab.stop(seed, late, tracker);
    },
  );
});

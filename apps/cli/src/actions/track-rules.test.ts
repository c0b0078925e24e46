/** @module */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeAnnounceAnswer, encodeUdpAnnounce, encodeUdpConnect } from "@bittern/protocol/tracker";
import { describe, expect, it } from "vitest";
import { endAllAfterTests, Running, type RunOptions, run, temporaryFolder, writeFiles } from "../testing.ts";

const folder = temporaryFolder();
endAllAfterTests();

const TOKEN = "correct-horse-battery-staple";
const HASH = "0123456789abcdef0123456789abcdef01234567";
const OTHER = "f".repeat(40);

async function started(words: readonly string[], options: RunOptions = {}) {
  const tracker = new Running(["track", "--port", "0", "--json", ...words], options);
  const { http, udp } = (await tracker.line("listening")) as { http: number; udp: number };
  const base = `http://127.0.0.1:${http}`;
  const announce = async (hash: string) => {
    const query = `info_hash=${hash.replace(/../g, "%$&")}&peer_id=${"x".repeat(20)}&port=1001&uploaded=0&downloaded=0&left=0&compact=1`;
    const answer = await fetch(`${base}/announce?${query}`);
    const decoded = decodeAnnounceAnswer(new Uint8Array(await answer.arrayBuffer()));
    return "peers" in decoded ? decoded : decoded.failure;
  };
  const api = async (method: string, path: string, token = TOKEN) => {
    const answer = await fetch(`${base}/api/${path}`, { method, headers: { authorization: `Bearer ${token}` } });
    const text = await answer.text();
    return { status: answer.status, json: text.startsWith("{") ? (JSON.parse(text) as unknown) : undefined };
  };
  return { tracker, udp, announce, api };
}

/** Announces peers of one torrent, which differ in their ports, over UDP with some in flight; resolves to the last interval told. */
async function announceMany(port: number, peers: number): Promise<number> {
  const socket = createSocket("udp4");
  try {
    socket.connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.send(encodeUdpConnect(1));
    const [connected] = (await once(socket, "message")) as [Buffer];
    const request = { infoHash: new Uint8Array(20), peerId: new Uint8Array(20), port: 1, uploaded: 0, downloaded: 0, left: 1, numwant: 0 };
    const datagram = encodeUdpAnnounce({ connectionId: connected.subarray(8), transactionId: 2, request });
    const view = new DataView(datagram.buffer, datagram.byteOffset);
    const send = (peer: number): void => {
      view.setUint16(96, 1024 + peer);
      socket.send(Uint8Array.from(datagram));
    };
    return await new Promise((resolve) => {
      let sent = 0;
      let answers = 0;
      socket.on("message", (answer) => {
        answers++;
        if (answers === peers) resolve(answer.readUInt32BE(8));
        else if (sent < peers) send(sent++);
      });
      while (sent < Math.min(32, peers)) send(sent++);
    });
  } finally {
    socket.close();
  }
}

describe("bittern track with rules", () => {
  it("turns away the torrents of its deny-list, and what its API adds to that", async () => {
    const list = join(folder, "denied");
    writeFileSync(list, `# not these\n${HASH} a name\n`);
    const { tracker, announce, api } = await started(["--deny-list", list], { env: { BITTERN_TRACKER_TOKEN: TOKEN } });
    expect(await announce(HASH)).toBe("this torrent is not allowed here");
    expect(await announce(OTHER)).toMatchObject({ complete: 1 });
    expect(await api("PUT", `torrents/${OTHER}`)).toMatchObject({ status: 204 });
    expect(await announce(OTHER)).toBe("this torrent is not allowed here");
    expect(await api("DELETE", `torrents/${OTHER}`)).toMatchObject({ status: 204 });
    expect(await announce(OTHER)).toMatchObject({ complete: 1 });
    expect(await tracker.stop()).toBe(0);
  });

  it("looks at its files when it hears SIGHUP", async () => {
    const torrents = join(folder, "torrents");
    mkdirSync(torrents);
    const { tracker, announce } = await started(["--torrent-dir", torrents, "--torrent-dir-interval", "3600"]);
    writeFiles(folder, { content: "some content" });
    const made = await run(["create", join(folder, "content"), "--v1", "-o", join(torrents, "content.torrent"), "--json"]);
    const { infoHash } = made.json as { infoHash: string };
    expect(await announce(infoHash)).toBe("this torrent is not allowed here");
    tracker.child.kill("SIGHUP");
    await expect.poll(() => announce(infoHash), { timeout: 5000, interval: 20 }).toMatchObject({ complete: 1 });
    expect(await tracker.stop()).toBe(0);
  });

  it("is managed by whoever has its token, while it runs and after a restart", async () => {
    const tokenFile = join(folder, "token");
    writeFileSync(tokenFile, `${TOKEN}\n`);
    writeFileSync(join(folder, "allowed"), "");
    const words = ["--allow-list", join(folder, "allowed"), "--api-token-file", tokenFile, "--state", join(folder, "journal")];
    const first = await started(words);
    expect((await first.api("PUT", `torrents/${HASH}`, "another-token-of-some-length")).status).toBe(401);
    expect(await first.announce(HASH)).toBe("this torrent is not allowed here");
    expect((await first.api("PUT", `torrents/${HASH}`)).status).toBe(204);
    expect(await first.announce(HASH)).toMatchObject({ complete: 1 });
    expect(await first.api("GET", "torrents")).toMatchObject({ status: 200, json: { torrents: [{ infoHash: HASH, seeds: 1 }] } });
    expect(await first.api("GET", "stats")).toMatchObject({ json: { torrents: 1, seeds: 1 } });
    expect(await first.tracker.stop()).toBe(0);
    const second = await started(words);
    expect(await second.announce(HASH)).toMatchObject({ complete: 1 });
    expect((await second.api("DELETE", `torrents/${HASH}`)).status).toBe(204);
    expect(await second.announce(HASH)).toBe("this torrent is not allowed here");
    expect(await second.api("GET", "stats")).toMatchObject({ json: { torrents: 0 } });
    expect(await second.tracker.stop()).toBe(0);
  });

  it("asks peers to come less often as they become more than it wants to hear in a second", async () => {
    const { tracker, udp, announce } = await started(["--interval", "1"]);
    expect(await announceMany(udp, 1)).toBe(1);
    // It aims at 20,000 announces a second.
    await announceMany(udp, 20_001);
    await expect.poll(() => announce("0".repeat(40)), { timeout: 5000 }).toMatchObject({ incomplete: 20_001, interval: 2 });
    expect(await tracker.stop()).toBe(0);
  });
});

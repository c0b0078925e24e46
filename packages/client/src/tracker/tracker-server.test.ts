/** @module */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeAnnounceAnswer, decodeScrapeAnswer } from "@bittern/protocol/tracker";
import { encodeWebSocketText, WebSocketReader } from "@bittern/protocol/websocket";
import { describe, expect, it } from "vitest";
import type { TrackerOptions } from "./options.ts";
import { TrackerServer } from "./tracker-server.ts";

const HASH = "0123456789abcdef0123456789abcdef01234567";
const query = (peer: string, port: number, left: number) =>
  `info_hash=${HASH.replace(/../g, "%$&")}&peer_id=${peer.padEnd(20, "x")}&port=${port}&uploaded=0&downloaded=0&left=${left}&compact=1&event=started`;

async function announce(url: URL | string, peer: string, port: number, left: number) {
  const answer = await fetch(`${String(url)}?${query(peer, port, left)}`);
  expect(answer.status).toBe(200);
  const decoded = decodeAnnounceAnswer(new Uint8Array(await answer.arrayBuffer()));
  if (!("peers" in decoded)) throw new Error(decoded.failure);
  return decoded.peers.map((known) => known.port);
}

/** A tracker behind a server of somebody else's, which takes WebSockets for it. */
async function behind(options: TrackerOptions) {
  const tracker = new TrackerServer(options);
  await tracker.listen();
  const server = createServer(tracker.handler).on("upgrade", tracker.upgradeHandler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { tracker, server, port: (server.address() as AddressInfo).port };
}

const ended = (server: Server) => new Promise((resolve) => server.close(resolve));

/** Asks to turn a connection into something else: the status, and the connection. */
function upgraded(port: number, headers: Record<string, string> = {}, method = "GET") {
  const asked = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  return new Promise<{ status: number | undefined; socket: Socket | undefined }>((resolve, reject) => {
    request({ port, host: "127.0.0.1", method, headers: { ...asked, ...headers } })
      .on("upgrade", ({ statusCode: status }, socket) => resolve({ status, socket: socket as Socket }))
      .on("response", (answer) => resolve({ status: answer.resume().statusCode, socket: undefined }))
      .on("error", reject)
      .end();
  });
}

/** A peer of WebTorrent on a connection that became a WebSocket. */
function webSocketPeer(socket: Socket, name: string) {
  const reader = new WebSocketReader({ messageLengthMax: 100_000, isServer: false });
  const heard: unknown[] = [];
  socket.on("data", (bytes) => {
    for (const message of reader.push(bytes)) heard.push(message.type === "text" ? JSON.parse(message.text) : message.type);
  });
  const announce = (more: object) =>
    socket.write(
      encodeWebSocketText(
        JSON.stringify({ action: "announce", info_hash: "h".repeat(20), peer_id: name.padEnd(20), left: 5, ...more }),
        Uint8Array.of(1, 2, 3, 4),
      ),
    );
  return { heard, announce };
}

type Peer = ReturnType<typeof webSocketPeer>;

describe("TrackerServer", () => {
  it("introduces peers to each other and counts them", async () => {
    await using tracker = new TrackerServer({ http: { port: 0 } });
    const { http } = await tracker.listen();
    expect(http?.href).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/announce$/);
    await announce(http as URL, "one", 1001, 0);
    expect(await announce(http as URL, "two", 1002, 5)).toContain(1001);
    expect(tracker.stats()).toMatchObject({ torrents: 1, seeds: 1, downloaders: 1 });
    expect((await tracker.scrape([HASH, "f".repeat(40)])).get(HASH)).toMatchObject({ complete: 1, incomplete: 1, downloaded: 0 });
  });

  it("answers other paths of its port by whom it was given", async () => {
    await using tracker = new TrackerServer({
      http: { port: 0, host: "127.0.0.1" },
      onRequest: ({ path }, answer) => answer(200, { "Content-Type": "text/plain" }, new TextEncoder().encode(`this is ${path}`)),
    });
    const { http } = await tracker.listen();
    expect(await (await fetch(new URL("/page", http))).text()).toBe("this is /page");
  });

  it("stands behind somebody else's server", async () => {
    await using tracker = new TrackerServer();
    expect(await tracker.listen()).toEqual({});
    const server = createServer(tracker.handler);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await announce(`${base}/announce`, "one", 1001, 0);
    expect(await announce(`${base}/announce`, "two", 1002, 5)).toContain(1001);
    const missing = await fetch(`${base}/elsewhere`);
    // Without its length an answer went out in chunks, which what speaks HTTP as in 2003 cannot read.
    expect([missing.status, missing.headers.get("content-length")]).toEqual([404, String((await missing.text()).length)]);
    const everything = decodeScrapeAnswer(new Uint8Array(await (await fetch(`${base}/scrape`)).arrayBuffer()));
    expect("swarms" in everything && [...everything.swarms.keys()]).toEqual([HASH]);
    await tracker.close();
    expect((await fetch(`${base}/announce`)).status).toBe(503);
    await new Promise((resolve) => server.close(resolve));
  });

  it("takes the WebSockets of somebody else's server", async () => {
    const { tracker, server, port } = await behind({});
    const sockets = await Promise.all([upgraded(port), upgraded(port)]);
    expect(sockets.map(({ status }) => status)).toEqual([101, 101]);
    const [one, two] = sockets.map(({ socket }, at) => webSocketPeer(socket as Socket, `peer${at}`)) as [Peer, Peer];
    one.announce({});
    await expect.poll(() => one.heard).toMatchObject([{ action: "announce", incomplete: 1 }]);
    two.announce({ offers: [{ offer_id: "o".repeat(20), offer: { type: "offer", sdp: "v=0" } }] });
    await expect.poll(() => one.heard).toMatchObject([{}, { peer_id: "peer1".padEnd(20), offer: { sdp: "v=0" } }]);
    expect(tracker.stats()).toMatchObject({ webSocketPeers: 2 });
    const [leaving, staying] = sockets.map(({ socket }) => socket as Socket) as [Socket, Socket];
    leaving.end();
    await expect.poll(() => tracker.stats()).toMatchObject({ webSocketPeers: 1, links: 1 });
    const isEnded = new Promise((resolve) => staying.once("end", resolve));
    await tracker.close();
    await isEnded;
    staying.end();
    expect(await upgraded(port)).toMatchObject({ status: 503 });
    await ended(server);
  });

  it("refuses there what becomes no WebSocket", async () => {
    const { tracker, server, port } = await behind({});
    expect(await upgraded(port, { Upgrade: "h2c" })).toMatchObject({ status: 400 });
    expect(await upgraded(port, {}, "POST")).toMatchObject({ status: 400 });
    expect(await upgraded(port, { "Sec-WebSocket-Key": "short" })).toMatchObject({ status: 400 });
    expect(await upgraded(port, { "Sec-WebSocket-Version": "8" })).toMatchObject({ status: 426 });
    expect(tracker.stats().links).toBe(0);
    await tracker.close();
    await ended(server);
  });

  it("knows there who announces behind a proxy", async () => {
    const { tracker, server, port } = await behind({ proxies: ["127.0.0.1"] });
    tracker.command({ type: "set-addresses", allowed: [], denied: ["192.0.2.0/24"] });
    const { socket } = await upgraded(port, { "X-Forwarded-For": "192.0.2.7" });
    const peer = webSocketPeer(socket as Socket, "peer");
    peer.announce({});
    await expect.poll(() => peer.heard).toMatchObject([{ "failure reason": "your address is not allowed here" }]);
    await tracker.close();
    socket?.destroy();
    await ended(server);
  });

  it("ends its waits by a signal, and stands open to nobody after one", async () => {
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    const tracker = new TrackerServer({ http: { port: 0, host: "127.0.0.1" } });
    await expect(tracker.listen({ signal })).rejects.toBe(reason);
    const late = new AbortController();
    const opening = tracker.listen({ signal: late.signal });
    late.abort(reason);
    await expect(opening).rejects.toBe(reason);
    expect(() => tracker.stats()).toThrowError(expect.objectContaining({ code: "TRACKER_SHUT" }));
    await tracker.listen();
    await expect(tracker.scrape(["a".repeat(40)], { signal })).rejects.toBe(reason);
    await expect(tracker.close({ signal })).rejects.toBe(reason);
    expect(() => tracker.stats()).toThrowError(expect.objectContaining({ code: "TRACKER_SHUT" }));
  });

  it("says so when its port is taken", async () => {
    await using first = new TrackerServer({ http: { port: 0, host: "127.0.0.1" } });
    const { http } = await first.listen();
    const second = new TrackerServer({ http: { port: Number(http?.port), host: "127.0.0.1" } });
    await expect(second.listen()).rejects.toMatchObject({ code: "ADDRESS_IN_USE" });
  });

  it.each([
    ["d9:completedde5:peersdee", "--dfile"],
    ["what I must not forget", "another path"],
  ])("never begins a journal over somebody else's file: %s", async (content, advice) => {
    const folder = mkdtempSync(join(tmpdir(), "bittern-foreign-"));
    const journalPath = join(folder, "dstate");
    writeFileSync(journalPath, content);
    const fault = await new TrackerServer({ journalPath }).listen().catch((error: unknown) => error);
    expect(fault).toMatchObject({ name: "UsageError", code: "JOURNAL_FOREIGN", message: expect.stringContaining(advice) as string });
    expect([readFileSync(journalPath, "utf8"), readdirSync(folder)]).toEqual([content, ["dstate"]]);
    rmSync(folder, { recursive: true });
  });

  it("has no numbers before it listens", () => {
    expect(() => new TrackerServer().stats()).toThrow("does not listen");
  });
});

/** @module */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import { createServer as createTls } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { utf8 } from "@bittern/protocol/base";
import {
  acceptOf,
  encodeWebSocketFrame,
  encodeWebSocketText,
  OPCODE,
  type WebSocketMessage,
  WebSocketReader,
} from "@bittern/protocol/websocket";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { announceToTrackers, scrapeTrackers } from "./ask-trackers.ts";
import { TrackerServer } from "./tracker/tracker-server.ts";

const HASH = "49e2cdab588e7ff0733dbb433afc844945624f04";
const OTHER = "f".repeat(40);
const binary = (hash: string) => Buffer.from(hash, "hex").toString("latin1");
const tls = (name: string) => readFileSync(new URL(`../../../vectors/tls/localhost-${name}.pem`, import.meta.url), "utf8");

type Signal = Readonly<Record<string, unknown>>;

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function listening(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return server;
}

/** A seed in a browser, as the tracker sees it: listed when this returns, for as long as its connection holds. */
async function seedAt(http: URL): Promise<Duplex> {
  const headers = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  const socket = await new Promise<Duplex>((resolve, reject) => {
    request(http, { headers, agent: false })
      .on("upgrade", (_, upgraded) => resolve(upgraded))
      .on("error", reject)
      .end();
  });
  const announce = { action: "announce", info_hash: binary(HASH), peer_id: "-WW0208-abcdefghijkl", left: 0, event: "started", offers: [] };
  socket.write(encodeWebSocketText(JSON.stringify(announce), Uint8Array.of(1, 2, 3, 4)));
  await once(socket, "data");
  return socket;
}

/** A tracker that says what it is told to say: `heard` gets each message of the asker, and how to answer it. */
async function fake(heard: (message: WebSocketMessage, socket: Duplex) => void, headers = ""): Promise<string> {
  const server = createServer();
  server.on("upgrade", (request, socket) => {
    const accept = acceptOf(request.headers["sec-websocket-key"] ?? "");
    socket.on("error", () => undefined);
    onTestFinished(() => void socket.destroy());
    const named = headers.includes("Accept") ? headers : `Sec-WebSocket-Accept: ${accept}\r\n${headers}`;
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${named}\r\n`);
    const reader = new WebSocketReader({ messageLengthMax: 100_000, isServer: true });
    socket.on("data", (bytes: Uint8Array) => {
      for (const message of reader.push(bytes)) heard(message, socket);
    });
  });
  return `ws://127.0.0.1:${portOf(await listening(server))}/announce`;
}

/** One that answers each message of the asker so. */
function saying(...answers: readonly (Signal | string | Uint8Array)[]): Promise<string> {
  return fake(({ type }, socket) => {
    for (const answer of type === "text" ? answers : []) {
      if (answer instanceof Uint8Array) socket.write(answer);
      else socket.write(encodeWebSocketText(typeof answer === "string" ? answer : JSON.stringify(answer)));
    }
  });
}

async function errorOf(url: string, timeoutMillis = 5000): Promise<[string | undefined, string | undefined]> {
  const [report] = await scrapeTrackers([url], [HASH], { timeoutMillis });
  const error = report?.error as (Error & { code: string }) | null | undefined;
  return [error?.code, error?.message];
}

describe("Our tracker over a WebSocket", () => {
  let tracker: TrackerServer;
  let ws = "";
  let seed: Duplex;
  beforeAll(async () => {
    tracker = new TrackerServer({ http: { port: 0, host: "127.0.0.1" } });
    const { http } = await tracker.listen();
    ws = String(http).replace("http:", "ws:");
    seed = await seedAt(http as URL);
  });
  afterAll(async () => {
    seed.destroy();
    await tracker.close();
  });

  it("tells counts of one torrent and of several", async () => {
    const reports = await scrapeTrackers([ws], [HASH, OTHER]);
    expect(reports.map(({ counts, error }) => [counts?.complete ?? 0, counts?.incomplete ?? 0, error])).toEqual([
      [1, 0, null],
      [0, 0, null],
    ]);
    expect((await scrapeTrackers([ws], [HASH]))[0]?.counts).toMatchObject({ complete: 1, incomplete: 0 });
  });

  it("tells who announces the counts and when to come again, and lists nobody afterwards", async () => {
    for (const event of [undefined, "started", "completed"] as const) {
      const [report] = await announceToTrackers([ws], [HASH], { left: 5, ...(event === undefined ? {} : { event }) });
      expect(report).toMatchObject({ url: ws, infoHash: HASH, peers: [], error: null });
      expect(report?.answers[0]).toMatchObject({ address: "127.0.0.1", answer: { complete: 1 } });
      expect(report?.answers[0]?.answer.interval).toBeGreaterThan(0);
      expect((await scrapeTrackers([ws], [HASH]))[0]?.counts).toMatchObject({ complete: 1, incomplete: 0 });
    }
  });

  it("says why it refuses", async () => {
    await using strict = new TrackerServer({ http: { port: 0, host: "127.0.0.1" }, torrentPolicy: "allow-list" });
    const url = String((await strict.listen()).http).replace("http:", "ws:");
    const [report] = await announceToTrackers([url], [HASH]);
    expect(report?.error).toMatchObject({ code: "TRACKER_FAILURE", message: expect.stringMatching(/./) as string });
  });
});

describe("A question over a WebSocket", () => {
  it("is taken back over the same connection, unless it says stopped itself", async () => {
    const said: unknown[] = [];
    const url = await fake((message, socket) => {
      if (message.type === "close") said.push("close");
      if (message.type !== "text") return;
      const { event = null, offers, peer_id: peerId } = JSON.parse(message.text) as Signal;
      expect([offers, (peerId as string).length]).toEqual([[], 20]);
      said.push(event);
      socket.write(encodeWebSocketText(JSON.stringify({ action: "announce", info_hash: binary(HASH), interval: 120 })));
    });
    const ask = async (event?: "started" | "stopped") => {
      const [report] = await announceToTrackers([url], [HASH], event === undefined ? {} : { event });
      expect(report?.answers[0]?.answer.interval).toBe(120);
      await expect.poll(() => said.at(-1)).toBe("close");
      return said.splice(0);
    };
    expect(await ask()).toEqual([null, "stopped", "close"]);
    expect(await ask("started")).toEqual(["started", "stopped", "close"]);
    expect(await ask("stopped")).toEqual(["stopped", "close"]);
  });

  it("has its answer though the tracker hangs up at the goodbye", async () => {
    let count = 0;
    const url = await fake(({ type }, socket) => {
      if (type === "text" && ++count > 1) socket.destroy();
      else socket.write(encodeWebSocketText(JSON.stringify({ action: "announce", info_hash: binary(HASH), complete: 7 })));
    });
    expect((await announceToTrackers([url], [HASH]))[0]?.answers[0]?.answer.complete).toBe(7);
  });

  it("is taken back where it is given up before an answer came", async () => {
    const said: unknown[] = [];
    const given = new AbortController();
    const url = await fake((message) => {
      if (message.type !== "text") return;
      said.push((JSON.parse(message.text) as Signal)["event"] ?? null);
      given.abort();
    });
    await expect(announceToTrackers([url], [HASH], { signal: given.signal })).rejects.toThrow();
    await expect.poll(() => said).toEqual([null, "stopped"]);
  });

  it("passes over what is about other things, and answers pings", async () => {
    const files = { [binary(HASH)]: { complete: 3, incomplete: 4, downloaded: 5 } };
    const offer = { action: "announce", info_hash: binary(HASH), offer: { type: "offer", sdp: "" }, offer_id: "o".repeat(20) };
    const url = await fake(({ type }, socket) => {
      if (type === "pong") socket.write(encodeWebSocketText(JSON.stringify({ action: "scrape", files })));
      if (type !== "text") return;
      socket.write(encodeWebSocketText(JSON.stringify(offer)));
      socket.write(encodeWebSocketFrame(OPCODE.ping, utf8("there?")));
    });
    expect((await scrapeTrackers([url], [HASH]))[0]?.counts).toEqual({ complete: 3, incomplete: 4, downloaded: 5 });
  });

  it("answers a hundred pings and no more", async () => {
    let pongs = 0;
    const url = await fake(({ type }, socket) => {
      if (type === "pong") pongs++;
      if (type !== "text") return;
      for (let at = 0; at < 150; at++) socket.write(encodeWebSocketFrame(OPCODE.ping, utf8("there?")));
      socket.write(encodeWebSocketText(JSON.stringify({ action: "scrape", files: {} })));
    });
    expect((await scrapeTrackers([url], [HASH]))[0]?.error).toBeNull();
    await expect.poll(() => pongs).toBe(100);
  });

  it("shows warnings and failures as they are", async () => {
    const warned = await saying({ action: "announce", info_hash: binary(HASH), interval: 60, "warning message": "soon gone" });
    expect((await announceToTrackers([warned], [HASH]))[0]?.answers[0]?.answer.warning).toBe("soon gone");
    expect(await errorOf(await saying({ "failure reason": "no scrapes here" }))).toEqual(["TRACKER_FAILURE", "no scrapes here"]);
  });

  it("refuses what is no answer", async () => {
    expect(await errorOf(await saying("<html>"))).toEqual([
      "TRACKER_ANSWER_WRONG",
      "the tracker's answer is not readable: a message must be JSON",
    ]);
    expect((await errorOf(await saying(`"${"x".repeat(70_000)}"`)))[0]).toBe("WEBSOCKET_LENGTH");
    expect((await errorOf(await saying(encodeWebSocketFrame(OPCODE.binary, utf8("d8:intervali60ee")))))[0]).toBe("WEBSOCKET_BINARY");
    expect((await errorOf(await saying(Uint8Array.of(0xff, 0))))[0]).toBe("WEBSOCKET_FRAME");
    expect((await errorOf(await fake((_, socket) => void socket.destroy())))[0]).toBe("CONNECTION_RESET");
    expect((await errorOf(await saying(encodeWebSocketFrame(OPCODE.close, Uint8Array.of(3, 233)))))[1]).toMatch(/with code 1001$/);
    expect((await errorOf(await fake(() => undefined), 200))[0]).toBe("TIMED_OUT");
  });

  it("passes over a hundred messages about other things, and no more", async () => {
    const others = Array<Signal>(100).fill({ action: "hello" });
    expect(await errorOf(await saying(...others, { action: "scrape", files: {} }))).toEqual([undefined, undefined]);
    expect(await errorOf(await saying(...others, { action: "hello" }))).toEqual([
      "TRACKER_ANSWER_WRONG",
      "no answer among 100 messages of the tracker",
    ]);
  });

  it("refuses a server that speaks something else", async () => {
    const wrong = ["WEBSOCKET_HANDSHAKE", "the server does not speak WebSocket"];
    expect(await errorOf(await fake(() => undefined, "Sec-WebSocket-Accept: c2FtcGxl\r\n"))).toEqual(wrong);
    expect(await errorOf(await fake(() => undefined, "Sec-WebSocket-Extensions: permessage-deflate\r\n"))).toEqual(wrong);
    const plain = await listening(createServer((_, response) => response.writeHead(404).end()));
    expect(await errorOf(`ws://127.0.0.1:${portOf(plain)}/`)).toEqual(["WEBSOCKET_HANDSHAKE", "HTTP status 404"]);
    expect((await errorOf("ws://127.0.0.1:1/"))[0]).toBe("CONNECTION_REFUSED");
    expect((await errorOf("ws://169.254.1.1/"))[0]).toBe("ADDRESS_DENIED");
  });

  it("checks certificates as for HTTPS", async () => {
    const server = await listening(createTls({ key: tls("key"), cert: tls("certificate") }));
    expect((await errorOf(`wss://127.0.0.1:${portOf(server)}/`))[0]).toBe("TLS");
  });
});

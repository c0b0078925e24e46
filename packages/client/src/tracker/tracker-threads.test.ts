/** @module */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { get } from "node:http";
import { get as getSecurely } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectSecurely } from "node:tls";
import { fileURLToPath } from "node:url";
import { decodeScrapeAnswer } from "@bittern/protocol/tracker";
import { afterAll, describe, expect, it } from "vitest";
import { TrackerServer } from "./tracker-server.ts";

const folder = mkdtempSync(join(tmpdir(), "bittern-threads-"));
afterAll(() => rmSync(folder, { recursive: true }));

const HASH = "0123456789abcdef0123456789abcdef01234567";
const host = "127.0.0.1";
const query = (port: number, left: number) =>
  `info_hash=${HASH.replace(/../g, "%$&")}&peer_id=${String(port).padEnd(20, "x")}&port=${port}&uploaded=0&downloaded=0&left=${left}&compact=1`;

const vector = (name: string) => fileURLToPath(new URL(`../../../../vectors/tls/localhost-${name}.pem`, import.meta.url));

/** Asks on a connection of its own. */
async function fetched(url: URL | string): Promise<Uint8Array> {
  const request = get(url, { agent: false });
  const [answer] = (await once(request, "response")) as [AsyncIterable<Uint8Array>];
  const parts: Uint8Array[] = [];
  for await (const part of answer) parts.push(part);
  return Buffer.concat(parts);
}

/** Connects and announces from a socket of its own. */
async function announceUdp(port: number, peer: number): Promise<number> {
  await using socket = Object.assign(createSocket("udp4"), { [Symbol.asyncDispose]: async () => void socket.close() });
  socket.connect(port, host);
  await once(socket, "connect");
  const connect = Buffer.alloc(16);
  connect.writeBigUInt64BE(0x41727101980n);
  socket.send(connect);
  const [connected] = (await once(socket, "message")) as [Buffer];
  const announce = Buffer.alloc(98);
  connected.copy(announce, 0, 8, 16);
  announce.writeUInt32BE(1, 8);
  Buffer.from(HASH, "hex").copy(announce, 16);
  announce.write(String(peer).padEnd(20, "u"), 36, "latin1");
  announce.writeBigUInt64BE(5n, 64);
  announce.writeInt32BE(-1, 92);
  announce.writeUInt16BE(peer, 96);
  socket.send(announce);
  const [answer] = (await once(socket, "message")) as [Buffer];
  return answer.readUInt32BE(0);
}

describe("A tracker of several threads", () => {
  it("is one tracker at whichever door: counts, scrapes and what it remembers", { timeout: 60_000 }, async () => {
    const journalPath = join(folder, "journal");
    const doors = { http: { port: 0, host }, udp: { port: "http", host } } as const;
    const first = new TrackerServer({ ...doors, threads: 3, journalPath });
    const { http, udp } = await first.listen();
    const port = Number((udp as URL).port);
    await Promise.all(Array.from({ length: 30 }, (_, at) => fetched(`${http?.href}?${query(1000 + at, at % 3)}`)));
    expect(await Promise.all(Array.from({ length: 30 }, (_, at) => announceUdp(port, 2000 + at)))).toEqual(Array<number>(30).fill(1));
    expect(first.stats()).toMatchObject({
      torrents: 1,
      peers: { all: 60 },
      seeds: 10,
      counts: { announces: { http: 30, udp: 30 }, linksOpened: 30 },
    });
    const scraped = decodeScrapeAnswer(await fetched(new URL("/scrape", http)));
    expect("swarms" in scraped && scraped.swarms.get(HASH)).toMatchObject({ complete: 10, incomplete: 50 });
    await first.close();
    await using second = new TrackerServer({ ...doors, threads: 2, journalPath });
    await second.listen();
    expect(second.stats()).toMatchObject({ torrents: 1, peers: { all: 60 }, seeds: 10 });
  });

  // The process at the door closed the connection before the answer had come to it.
  it("answers clients that end their side of the connection after the request", async () => {
    await using tracker = new TrackerServer({ http: { port: 0, host }, threads: 3 });
    const { http } = await tracker.listen();
    const answers = Array.from({ length: 30 }, async (_, at) => {
      const socket = connect(Number(http?.port), host);
      socket.end(`GET /announce?${query(1000 + at, 1)} HTTP/1.1\r\n\r\n`);
      let heard = "";
      for await (const bytes of socket) heard += String(bytes);
      return heard.slice(0, 15);
    });
    expect(await Promise.all(answers)).toEqual(Array<string>(30).fill("HTTP/1.1 200 OK"));
  });

  // The end of the client's side ended ours, where a cipher or another process was between, and with it the answer.
  it.each([1, 3])("answers them over TLS too, and those whose announce waits for the hook: with %i", async (threads) => {
    const files = { certificatePath: vector("certificate"), keyPath: vector("key") };
    await using tracker = new TrackerServer({
      http: { port: 0, host },
      https: { port: 0, host, ...files },
      threads,
      welcomes: async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return true;
      },
    });
    const { http, https } = await tracker.listen();
    const ca = readFileSync(files.certificatePath);
    const ask = async (at: number): Promise<string> => {
      const plain = { host, allowHalfOpen: true };
      const socket =
        at % 2 === 0
          ? connect({ ...plain, port: Number(http?.port) })
          : connectSecurely({ ...plain, port: Number(https?.port), ca, servername: "localhost" });
      socket.end(`GET /${at % 3 === 0 ? "page" : "announce"}?${query(1000 + at, 1)} HTTP/1.1\r\n\r\n`);
      let heard = "";
      for await (const bytes of socket) heard += String(bytes);
      return heard.slice(0, 15);
    };
    const answers = await Promise.all(Array.from({ length: 24 }, (_, at) => ask(at)));
    expect(answers).toEqual(Array.from({ length: 24 }, (_, at) => (at % 3 === 0 ? "HTTP/1.1 404 No" : "HTTP/1.1 200 OK")));
  });

  it("deciphers at each of them", async () => {
    const files = { certificatePath: vector("certificate"), keyPath: vector("key") };
    await using tracker = new TrackerServer({ https: { port: 0, host, ...files }, threads: 3 });
    const { https } = await tracker.listen();
    const ca = readFileSync(files.certificatePath);
    const ask = async (at: number): Promise<void> => {
      const request = getSecurely(`${https?.href}?${query(1000 + at, 0)}`, { agent: false, ca, servername: "localhost" });
      const [answer] = (await once(request, "response")) as [NodeJS.ReadableStream];
      answer.resume();
      await once(answer, "end");
    };
    await Promise.all(Array.from({ length: 12 }, (_, at) => ask(at)));
    expect(tracker.stats()).toMatchObject({ seeds: 12, counts: { linksOpened: 12 } });
  });

  it("is refused where there is no such number of them", () => {
    expect(() => new TrackerServer({ threads: 0 })).toThrow("threads is 0, but must be from 1 to 64");
  });
});

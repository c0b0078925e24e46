/** @module */
import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { TcpHandler, TcpLink, UdpSocket } from "@bittern/host";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../storage/testing.ts";
import { carrierUrl } from "./carrier-url.ts";
import { Carriers } from "./carriers.ts";

const folder = temporaryFolder();
afterAll(() => folder.end());
/** By a name of its own, so that its processes are told from those of other tests. */
const program = join(folder.path, "carrier.mjs");
writeFileSync(program, `import ${JSON.stringify(carrierUrl().href)};`);
/** One that ends at once. */
const stillborn = join(folder.path, "stillborn.mjs");
writeFileSync(stillborn, "process.exit(1);");

const faults: string[] = [];
let carriers: Carriers;
beforeEach(async () => {
  faults.length = 0;
  carriers = new Carriers({ count: 1, url: pathToFileURL(program), onFault: (message) => faults.push(message) });
  await carriers.ready();
});
afterEach(async () => await carriers.close());

const dialled = async (port: number): Promise<Socket> => {
  const socket = connect(port, "127.0.0.1");
  await Promise.race([once(socket, "connect"), once(socket, "error").then(([error]) => Promise.reject(error as Error))]);
  return socket;
};

/** A door that only the carrier still stands at. The first links, which may have come to us, are let go, and the end of each is waited for. */
async function tcpDoor(handler: () => TcpHandler): Promise<{ port: number; links: TcpLink[]; unshare: () => void }> {
  const links: TcpLink[] = [];
  let arrived = 0;
  let ended = 0;
  const server = createServer((socket) => socket.destroy());
  server.on("connection", () => ended++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  let make: () => TcpHandler = () => ({ ...echo(), closed: () => ended++ });
  const unshare = carriers.shareServers([server], undefined, (link) => {
    links.push(link);
    return make();
  });
  while (links.length === 0) {
    arrived++;
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    await once(socket, "connect");
    await new Promise((resolve) => setImmediate(resolve));
    socket.destroy();
  }
  await new Promise((resolve) => server.close(resolve));
  await expect.poll(() => ended).toBe(arrived);
  links.length = 0;
  make = handler;
  return { port, links, unshare };
}

const echo = (): TcpHandler => ({
  connected: () => undefined,
  bytes: (link, bytes) => link.write(bytes.slice()),
  drained: () => undefined,
  closed: () => undefined,
});

describe("A carrier", () => {
  it("brings what arrives at a door, and takes answers back", async () => {
    const { port, links } = await tcpDoor(echo);
    const socket = await dialled(port);
    const sent = Buffer.alloc(3_000_000, "abcdefg");
    socket.write(sent);
    const parts: Buffer[] = [];
    for await (const part of socket) {
      parts.push(part as Buffer);
      if (parts.reduce((sum, { length }) => sum + length, 0) === sent.length) break;
    }
    expect(Buffer.concat(parts).equals(sent)).toBe(true);
    expect(links).toHaveLength(1);
    expect(links[0]?.remote).toMatchObject({ address: "127.0.0.1" });
    expect(links[0]?.local).toEqual({ address: "127.0.0.1", port });
  });

  it("says what has not left, and when all has", async () => {
    let isDrained = false;
    const { port, links } = await tcpDoor(() => ({ ...echo(), drained: () => (isDrained = true) }));
    const socket = await dialled(port);
    socket.pause();
    await expect.poll(() => links.length).toBe(1);
    const link = links[0] as TcpLink;
    link.write(new Uint8Array(32 * 1024 * 1024));
    expect(link.unsentLength).toBeGreaterThan(31 * 1024 * 1024);
    socket.resume();
    await expect.poll(() => isDrained, { timeout: 10_000 }).toBe(true);
    expect(link.unsentLength).toBe(0);
    socket.destroy();
  });

  it("closes a link when it is told to, after what was written; and tells of those that others close", async () => {
    let closed = 0;
    const { port, links } = await tcpDoor(() => ({ ...echo(), closed: () => closed++ }));
    const ours = await dialled(port);
    await expect.poll(() => links.length).toBe(1);
    links[0]?.write(new TextEncoder().encode("bye"));
    links[0]?.close();
    expect((await ours.toArray()).toString()).toBe("bye");
    (await dialled(port)).destroy();
    await expect.poll(() => closed).toBe(2);
  });

  it("leaves a door that is shut", async () => {
    const { port, unshare } = await tcpDoor(echo);
    unshare();
    await expect
      .poll(
        async () =>
          await dialled(port).then(
            () => "open",
            (error: NodeJS.ErrnoException) => error.code,
          ),
      )
      .toBe("ECONNREFUSED");
  });

  it("answers datagrams where they came in", async () => {
    const { socket: shared, port, received } = await udpDoor();
    const client = createSocket("udp4");
    client.send("question", port, "127.0.0.1");
    const [answer, from] = (await once(client, "message")) as [Buffer, AddressInfo];
    expect(answer.toString()).toBe("question");
    expect(from.port).toBe(port);
    expect(received.at(-1)).toBe("question");
    client.close();
    shared.close();
  });

  it.runIf(process.platform === "linux")("is replaced when it is killed, and its links end", { timeout: 30_000 }, async () => {
    let closed = 0;
    const { port, links } = await tcpDoor(() => ({ ...echo(), closed: () => closed++ }));
    const socket = await dialled(port);
    await expect.poll(() => links.length).toBe(1);
    const [victim] = pids();
    process.kill(Number(victim), "SIGKILL");
    await once(socket, "close").catch(() => undefined);
    await expect.poll(() => closed).toBe(1);
    expect(faults).toEqual(["a process that carries for the tracker ended; another one takes its place"]);
    await expect.poll(() => pids().filter((pid) => pid !== victim).length, { timeout: 10_000 }).toBe(1);
  });

  it("is missed when it cannot begin", async () => {
    const none = new Carriers({ count: 1, url: pathToFileURL(stillborn), onFault: () => undefined });
    await expect(none.ready()).rejects.toThrow("ended before it began");
    await none.close();
  });
});

/** As `tcpDoor`, for datagrams that are echoed. */
async function udpDoor(): Promise<{ socket: UdpSocket; port: number; received: string[] }> {
  const received: string[] = [];
  const handle = createSocket("udp4");
  handle.bind(0, "127.0.0.1");
  await once(handle, "listening");
  const { port } = handle.address();
  const own: UdpSocket = { local: { address: "127.0.0.1", port }, send: () => undefined, close: () => undefined };
  const socket = carriers.shareSocket(handle, own, (bytes, from, to) => {
    received.push(new TextDecoder().decode(bytes));
    to.send(bytes, from);
  });
  const probe: DatagramSocket = createSocket("udp4");
  while (received.length === 0) {
    probe.send("probe", port, "127.0.0.1");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  probe.close();
  handle.close();
  return { socket, port, received };
}

function pids(): string[] {
  const all = readdirSync("/proc/self/task").flatMap((thread) => readFileSync(`/proc/self/task/${thread}/children`, "utf8").split(" "));
  return all.filter((pid) => pid !== "" && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(program));
}

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ADDRESS_HANDSHAKES_MAX, HANDSHAKES_MAX, TlsIdentity } from "./tls-identity.ts";

const pem = (name: string) => readFileSync(new URL(`../../../../vectors/tls/localhost-${name}.pem`, import.meta.url), "utf8");

let server: Server;
let clients: Socket[];

beforeEach(async () => {
  const identity = new TlsIdentity({ certificate: pem("certificate"), key: pem("key") });
  server = createServer((socket) => identity.decipher(socket, (plain) => plain.end("welcome")));
  clients = [];
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => {
  for (const client of clients) client.destroy();
  server.close();
});

/** A connection whose handshake does not begin by itself. */
async function begin(localAddress: string): Promise<Socket> {
  const accepted = once(server, "connection");
  const socket = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", localAddress });
  socket.on("error", () => undefined);
  clients.push(socket);
  await accepted;
  return socket;
}

/** What an honest client hears. */
async function welcome(localAddress: string): Promise<string> {
  const socket = connectSecurely({ socket: await begin(localAddress), rejectUnauthorized: false });
  let heard = "";
  for await (const bytes of socket) heard += String(bytes);
  return heard;
}

async function isLetGo(socket: Socket): Promise<boolean> {
  if (!socket.closed) await once(socket.resume(), "close");
  return true;
}

// 512 connections that said nothing kept every honest client out for ten seconds, and those who came next for ten more.
describe.skipIf(process.platform !== "linux")("Handshakes that do not end", { meta: { skipReason: "needs all of 127.0.0.0/8" } }, () => {
  it("keep nobody else out: with 512 under way the oldest is given up", async () => {
    const silent: Socket[] = [];
    for (let count = 0; count < HANDSHAKES_MAX; count++) silent.push(await begin(`127.0.0.${2 + (count % 8)}`));
    expect(await welcome("127.0.0.1")).toBe("welcome");
    expect(await isLetGo(silent[0] as Socket)).toBe(true);
    expect(silent.slice(1).every((socket) => !socket.destroyed)).toBe(true);
  });

  it("take 128 places for an address, of which the oldest is given up", async () => {
    const silent: Socket[] = [];
    const other = await begin("127.0.0.3");
    for (let count = 0; count <= ADDRESS_HANDSHAKES_MAX; count++) silent.push(await begin("127.0.0.2"));
    expect(await isLetGo(silent[0] as Socket)).toBe(true);
    expect(await welcome("127.0.0.2")).toBe("welcome");
    expect(await isLetGo(silent[1] as Socket)).toBe(true);
    expect([other, ...silent.slice(2)].every((socket) => !socket.destroyed)).toBe(true);
  });
});

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { HostError } from "@bittern/protocol/base";
import { afterEach, describe, expect, it } from "vitest";
import { addressesOf, NodeDns, textsOf } from "./dns.ts";

let server: Socket | undefined;
afterEach(() => {
  server?.close();
  server = undefined;
});

/** A name server (RFC 1035) that gives every question these text records, or says that the name does not exist. */
async function serve(records: readonly (readonly string[])[] | "no such name"): Promise<NodeDns> {
  const { port } = await serveAt(records);
  return new NodeDns([`127.0.0.1:${port}`]);
}

async function serveAt(records: readonly (readonly string[])[] | "no such name"): Promise<{ readonly port: number }> {
  const socket = createSocket("udp4");
  server = socket;
  socket.on("message", (question, from) => socket.send(answerTo(question, records), from.port, from.address));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket.address();
}

function answerTo(question: Buffer, records: readonly (readonly string[])[] | "no such name"): Buffer {
  const asked = question.subarray(12, question.indexOf(0, 12) + 5);
  const found = typeof records === "string" ? [] : records;
  const header = Buffer.alloc(12);
  question.copy(header, 0, 0, 2);
  header.writeUInt16BE(typeof records === "string" ? 0x8183 : 0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(found.length, 6);
  const answers = found.map((parts) => {
    const data = Buffer.concat(parts.map((part) => Buffer.concat([Buffer.of(part.length), Buffer.from(part)])));
    const head = Buffer.from([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, 0]);
    head.writeUInt16BE(data.length, 10);
    return Buffer.concat([head, data]);
  });
  return Buffer.concat([header, asked, ...answers]);
}

async function askedTexts(dns: NodeDns, name: string): Promise<readonly string[] | string> {
  return await new Promise((resolve) => {
    dns.resolveTexts(name, (outcome) => resolve(outcome instanceof HostError ? outcome.code : outcome));
  });
}

describe("text records of a name", () => {
  it("come as one string each, their parts joined", async () => {
    const dns = await serve([["v=spf1 -all"], ["BITTORRENT UDP:1337 ", "TCP:80"]]);
    expect(await askedTexts(dns, "t.example")).toEqual(["v=spf1 -all", "BITTORRENT UDP:1337 TCP:80"]);
  });

  it("are not found where the name has none, and of an address", async () => {
    expect(await askedTexts(await serve("no such name"), "t.example")).toBe("NAME_NOT_FOUND");
    expect(await askedTexts(new NodeDns(), "127.0.0.1")).toBe("NAME_NOT_FOUND");
  });
});

describe("text records after the machine has moved", () => {
  it("are asked for at the name servers of now", async () => {
    const servers = ["127.0.0.1:9"];
    const dns = new NodeDns(servers);
    expect(await askedTexts(dns, "t.example")).toBe("CONNECTION_REFUSED");
    const { port } = await serveAt([["BITTORRENT TCP:80"]]);
    servers[0] = `127.0.0.1:${port}`;
    expect(await askedTexts(dns, "t.example")).toEqual(["BITTORRENT TCP:80"]);
  });
});

describe("text records that a zone holds", () => {
  const records = (count: number) => Array.from({ length: count }, (_, at) => [`record ${at}`]);

  it("are kept up to the 64th", () => {
    const first = records(64).flat();
    expect([textsOf("t.example", records(64)), textsOf("t.example", records(65))]).toEqual([first, first]);
  });

  it("are left out where they are longer than 4,096 characters, in how many parts ever", () => {
    const long = (length: number) =>
      Array.from({ length: Math.ceil(length / 255) }, (_, at) => "x".repeat(Math.min(255, length - at * 255)));
    expect(textsOf("t.example", [long(4096), long(4097), ["short"]])).toEqual(["x".repeat(4096), "short"]);
    expect(textsOf("t.example", [long(4097)])).toMatchObject({ code: "NAME_NOT_FOUND" });
  });
});

describe("addresses of a name", () => {
  const found = (count: number) => Array.from({ length: count }, (_, at) => ({ address: `192.0.2.${at}`, family: 4 }));

  it("are kept once each, without a zone", () => {
    const zoned = { address: "fe80::1%eth0", family: 6 };
    expect(addressesOf("a.example", [...found(1), ...found(2), zoned])).toEqual(["192.0.2.0", "192.0.2.1", "fe80::1"]);
  });

  it("are the first 64 where a zone holds more", () => {
    const first = found(64).map(({ address }) => address);
    expect(addressesOf("a.example", found(64))).toEqual(first);
    expect(addressesOf("a.example", found(65))).toEqual(first);
  });
});

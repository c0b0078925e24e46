import { createServer, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { Worker } from "node:worker_threads";
import type { TcpHandler, TcpLink, TcpListener } from "@bittern/host";
import { HostError } from "@bittern/protocol/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask } from "../storage/testing.ts";
import { Interface } from "./interface.ts";
import { Link } from "./link.ts";
import { NodeTcp } from "./tcp.ts";

let tcp: NodeTcp;

beforeEach(() => {
  tcp = new NodeTcp(new Interface(undefined));
});

afterEach(() => tcp.close());

/** Loopback has ::1 where the machine has IPv6 at all. */
const hasIpv6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === "::1"));

interface Told {
  readonly handler: TcpHandler;
  readonly events: string[];
  readonly bytes: number[];
}

function handler(): Told {
  const events: string[] = [];
  const bytes: number[] = [];
  return {
    events,
    bytes,
    handler: {
      connected: () => events.push("connected"),
      bytes: (_link, part) => bytes.push(...part),
      drained: () => events.push("drained"),
      closed: (_link, fault) => events.push(fault?.code ?? "closed"),
    },
  };
}

const listen = (accept: (link: TcpLink) => TcpHandler | undefined, address?: string): Promise<TcpListener> =>
  ask((done) => tcp.listen({ ports: [0, 0], ...(address === undefined ? {} : { address }) }, accept, done));

describe("NodeTcp", () => {
  it.skipIf(!hasIpv6)(
    "shows an IPv4 peer as IPv4 and an IPv6 peer as IPv6, on one port",
    { meta: { skipReason: "needs IPv6" } },
    async () => {
      const seen: string[] = [];
      const { endpoints } = await listen(({ remote }) => {
        seen.push(remote.address);
        return undefined;
      });
      expect(endpoints.map(({ address }) => address)).toEqual(["0.0.0.0", "::"]);
      expect(endpoints[0]?.port).toBe(endpoints[1]?.port);
      const port = endpoints[0]?.port as number;
      for (const address of ["127.0.0.1", "::1", "::ffff:127.0.0.1"]) {
        const { handler: near, events } = handler();
        tcp.connect({ address, port }, { timeoutMillis: 5000 }, near);
        await expect.poll(() => events.length).toBeGreaterThan(1);
      }
      expect(seen).toEqual(["127.0.0.1", "::1", "127.0.0.1"]);
    },
  );

  it("listens where the machine lacks a family", async () => {
    // TEST-NET addresses are nobody's: binding one fails as "::" does on a machine without IPv6.
    const lacking = new NodeTcp({ listenAddresses: () => ["127.0.0.1", "192.0.2.1"] } as unknown as Interface);
    const listener = await ask<TcpListener>((done) => lacking.listen({ ports: [0, 0] }, () => undefined, done));
    expect(listener.endpoints.map(({ address }) => address)).toEqual(["127.0.0.1"]);
    lacking.close();
  });

  it("says so when it can listen nowhere", async () => {
    await expect(listen(() => undefined, "192.0.2.1")).rejects.toMatchObject({ code: "ADDRESS_UNAVAILABLE" });
    await expect(listen(() => undefined, "no address")).rejects.toBeInstanceOf(HostError);
    const backwards = ask<TcpListener>((done) => tcp.listen({ ports: [5, 4] }, () => undefined, done));
    await expect(backwards).rejects.toMatchObject({ code: "ADDRESS_UNAVAILABLE" });
  });

  it("gives up listening when asked to", async () => {
    const outcome = await new Promise((resolve) => tcp.listen({ ports: [0, 0] }, () => undefined, resolve)());
    expect(outcome).toMatchObject({ code: "ABORTED" });
  });

  it("gives up a dial that nobody answers", async () => {
    // A thread that listens and then stands still: its queue fills, and the system drops what else knocks.
    const mute = new Worker(
      `const { parentPort } = require("node:worker_threads");
       const server = require("node:net").createServer();
       server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
         parentPort.postMessage(server.address().port);
         setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
       });`,
      { eval: true },
    );
    const port = await new Promise<number>((resolve) => mute.once("message", resolve));
    const dials = Array.from({ length: 8 }, () => handler());
    for (const dial of dials) tcp.connect({ address: "127.0.0.1", port }, { timeoutMillis: 300 }, dial.handler);
    await expect.poll(() => dials.every(({ events }) => events.length > 0), { timeout: 10_000 }).toBe(true);
    expect(dials.map(({ events }) => events[0])).toContain("TIMED_OUT");
    tcp.close();
    await mute.terminate();
  });

  it("closes a link whose other end never ends it, after a while", async () => {
    const impatient = new NodeTcp(new Interface(undefined), { closingMillis: 100 });
    const deaf = createServer({ allowHalfOpen: true }, (socket) => socket.pause());
    const sockets: Socket[] = [];
    deaf.on("connection", (socket) => sockets.push(socket));
    const port = await new Promise<number>((resolve) =>
      deaf.listen(0, "127.0.0.1", () => resolve((deaf.address() as { port: number }).port)),
    );
    const { handler: near, events } = handler();
    let released = 0;
    const link = impatient.connect({ address: "127.0.0.1", port }, { timeoutMillis: 5000 }, near);
    await expect.poll(() => events).toEqual(["connected"]);
    link.write(new Uint8Array(32 * 1024 * 1024), () => released++);
    link.close();
    expect(link.unsentLength).toBeGreaterThan(0);
    await expect.poll(() => events, { timeout: 15_000 }).toEqual(["connected", "closed"]);
    expect(released).toBe(1);
    for (const socket of sockets) socket.destroy();
    deaf.close();
  });

  it("reads an accepted socket through events where Node lacks the inner handle", async () => {
    const far = handler();
    const keeper = { closing: () => undefined, gone: () => undefined };
    const server = createServer({ pauseOnConnect: true }, (socket) => {
      const inner = (socket as unknown as { _handle: { useUserBuffer: unknown } })._handle;
      inner.useUserBuffer = undefined;
      const link = Link.accepted(socket, keeper);
      link?.begin(far.handler);
      link?.write(new Uint8Array([42]));
    });
    const port = await new Promise<number>((resolve) =>
      server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port)),
    );
    const near = handler();
    const link = tcp.connect({ address: "127.0.0.1", port }, { timeoutMillis: 5000 }, near.handler);
    link.write(new Uint8Array([1, 2, 3]));
    await expect.poll(() => [far.bytes, near.bytes]).toEqual([[1, 2, 3], [42]]);
    link.close();
    await expect.poll(() => [far.events.at(-1), near.events.at(-1)]).toEqual(["closed", "closed"]);
    server.close();
  });

  it("hands out plain arrays, whose slices are copies", async () => {
    const kinds: unknown[] = [];
    const { endpoints } = await listen(
      () => ({ ...handler().handler, bytes: (_link, bytes) => kinds.push(bytes.constructor) }),
      "127.0.0.1",
    );
    const near = handler();
    const link = tcp.connect(endpoints[0] as { address: string; port: number }, { timeoutMillis: 5000 }, near.handler);
    link.write(new Uint8Array([1]));
    await expect.poll(() => kinds).toEqual([Uint8Array]);
  });
});

describe("A network interface that is down", () => {
  it("is neither dialled from nor listened at", async () => {
    const down = new NodeTcp(new Interface("no-such-interface"));
    await expect(ask((done) => down.listen({ ports: [0, 0] }, () => undefined, done))).rejects.toMatchObject({
      code: "ADDRESS_UNAVAILABLE",
    });
    const near = handler();
    down.connect({ address: "127.0.0.1", port: 9 }, { timeoutMillis: 1000 }, near.handler);
    expect(near.events).toEqual([]);
    await expect.poll(() => near.events).toEqual(["ADDRESS_UNAVAILABLE"]);
  });
});

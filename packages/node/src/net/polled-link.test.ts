import { connect, type Socket } from "node:net";
import type { TcpHandler, TcpLink, TcpListener } from "@bittern/host";
import { concatBytes, fromLatin1, latin1 } from "@bittern/protocol/base";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { ask } from "../storage/testing.ts";
import { Interface } from "./interface.ts";
import { loadStreamCalls } from "./stream-calls.ts";
import { NodeTcp } from "./tcp.ts";

const hasCalls = (await loadStreamCalls()) !== undefined;
const skip = { meta: { skipReason: "needs the calls of Linux through koffi" } };

const opened: NodeTcp[] = [];

afterEach(() => {
  for (const tcp of opened.splice(0)) tcp.close();
});

function newTcp(polls: boolean): NodeTcp {
  const tcp = new NodeTcp(new Interface(undefined), { polls, closingMillis: 2000 });
  opened.push(tcp);
  return tcp;
}

async function listenBriefly(tcp: NodeTcp, accept: (link: TcpLink) => TcpHandler | undefined): Promise<number> {
  const listener = await ask<TcpListener>((done) => tcp.listen({ address: "127.0.0.1", ports: [0, 0], isBrief: true }, accept, done));
  return listener.endpoints[0]?.port as number;
}

/** A server of lines: a number is answered with so many bytes, "pause" waits for a turn, "end" closes. */
class LineServer implements TcpHandler {
  readonly ended: string[] = [];
  #rest = "";

  connected(): void {}

  bytes(link: TcpLink, bytes: Uint8Array): void {
    const lines = (this.#rest + latin1(bytes)).split("\n");
    this.#rest = lines.pop() as string;
    for (const line of lines) {
      if (line === "end") link.close();
      else if (line === "pause") {
        link.pauseReading();
        setImmediate(() => link.resumeReading());
      } else this.#answer(link, Number(line), line.charCodeAt(0));
    }
  }

  /** Even numbers go out at once as far as they do, where a link can say how far that is. */
  #answer(link: TcpLink, byteLength: number, byte: number): void {
    const bytes = new Uint8Array(byteLength).fill(byte);
    const sent = byteLength % 2 === 0 ? (link.writeNow?.(bytes) ?? 0) : 0;
    if (sent === byteLength) bytes.fill(0);
    else link.write(bytes.slice(sent));
  }

  drained(): void {}

  closed(): void {
    this.ended.push("closed");
  }
}

type Action = { readonly say: string } | { readonly wait: true };

/** Does what a peer does and says what it has heard when the other side has closed. */
function converse(port: number, actions: readonly Action[], readsSlowly: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Uint8Array[] = [];
    const socket: Socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    socket.setNoDelay(true);
    socket.on("data", (part) => {
      parts.push(part);
      if (!readsSlowly) return;
      socket.pause();
      setImmediate(() => socket.resume());
    });
    socket.on("error", reject);
    socket.on("end", () => {
      socket.destroy();
      resolve(latin1(concatBytes(parts)));
    });
    const step = (index: number): void => {
      const action = actions[index];
      if (action === undefined) return void socket.end();
      if ("say" in action) socket.write(fromLatin1(action.say));
      setImmediate(() => step(index + 1));
    };
    step(0);
  });
}

const lines = fc.array(fc.oneof({ weight: 5, arbitrary: fc.nat(3000).map(String) }, fc.constantFrom("pause", "200000")), { maxLength: 8 });

describe("PolledLink", () => {
  it.skipIf(!hasCalls)("gives the answers that Node's links give, whatever a peer does", skip, async () => {
    const ports: number[] = [];
    const servers: LineServer[] = [];
    let accepted = 0;
    for (const polls of [true, false]) {
      const accept = (): LineServer => {
        accepted++;
        const server = new LineServer();
        servers.push(server);
        return server;
      };
      ports.push(await listenBriefly(newTcp(polls), accept));
    }
    const cuts = fc.array(fc.record({ length: fc.integer({ min: 1, max: 12 }), waits: fc.boolean() }), { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(lines, cuts, fc.boolean(), fc.boolean(), async (words, pieces, ends, readsSlowly) => {
        const text = [...words, ...(ends ? ["end"] : [])].map((word) => `${word}\n`).join("");
        const actions: Action[] = [];
        for (let at = 0, piece = 0; at < text.length; piece++) {
          const { length, waits } = pieces[piece % pieces.length] as { length: number; waits: boolean };
          actions.push({ say: text.slice(at, at + length) });
          if (waits) actions.push({ wait: true });
          at += length;
        }
        const [ours, nodes] = await Promise.all(ports.map((port) => converse(port, actions, readsSlowly)));
        expect(ours).toBe(nodes);
        expect(ours?.length).toBe(words.reduce((sum, word) => sum + (Number(word) || 0), 0));
      }),
      { numRuns: 15 },
    );
    await expect.poll(() => servers.every(({ ended }) => ended.length === 1)).toBe(true);
    expect(accepted).toBe(servers.length);
  });

  it.skipIf(!hasCalls)("takes a reset for an end, whoever waits for what", skip, async () => {
    for (const actions of ["", "10\n", "pause\n", "8000000\n"]) {
      const server = new LineServer();
      const port = await listenBriefly(newTcp(true), () => server);
      const socket = connect({ port, host: "127.0.0.1" });
      socket.on("error", () => undefined);
      await new Promise((resolve) => socket.write(`${actions}1`, resolve));
      await new Promise((resolve) => setImmediate(resolve));
      socket.resetAndDestroy();
      await expect.poll(() => server.ended).toEqual(["closed"]);
    }
  });

  it.skipIf(!hasCalls)("lets go of whoever does not read the end of an answer", skip, async () => {
    const tcp = new NodeTcp(new Interface(undefined), { polls: true, closingMillis: 50 });
    opened.push(tcp);
    const server = new LineServer();
    const port = await listenBriefly(tcp, () => server);
    const socket = connect({ port, host: "127.0.0.1" }).pause();
    socket.on("error", () => undefined);
    socket.write("30000000\nend\n");
    await expect.poll(() => server.ended).toEqual(["closed"]);
    socket.destroy();
  });

  it.skipIf(!hasCalls)("goes on listening for others when one door closes, and frees its port", skip, async () => {
    const tcp = newTcp(true);
    const listeners = await Promise.all(
      [0, 1].map(() =>
        ask<TcpListener>((done) => tcp.listen({ address: "127.0.0.1", ports: [0, 0], isBrief: true }, () => new LineServer(), done)),
      ),
    );
    const [gone, kept] = listeners.map(({ endpoints }) => endpoints[0]?.port as number);
    listeners[0]?.close();
    listeners[0]?.close();
    await expect(converse(gone as number, [{ say: "3\n" }], false)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(await converse(kept as number, [{ say: "3\n" }], false)).toBe("333");
  });

  it.skipIf(!hasCalls)("stays whole when a handler throws, and says so to the process", skip, async () => {
    const faults: unknown[] = [];
    const listeners = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.once("uncaughtException", (error) => faults.push(error));
    try {
      let isFirst = true;
      const port = await listenBriefly(newTcp(true), () => {
        const server = new LineServer();
        if (!isFirst) return server;
        isFirst = false;
        return {
          ...noHandler,
          bytes: () => {
            throw new Error("a mistake of ours");
          },
        };
      });
      const socket = connect({ port, host: "127.0.0.1" }, () => socket.write("x"));
      await expect.poll(() => faults).toHaveLength(1);
      expect(await converse(port, [{ say: "3\n" }], false)).toBe("333");
      socket.destroy();
    } finally {
      for (const listener of listeners) process.on("uncaughtException", listener);
    }
  });
});

const noHandler: TcpHandler = { connected: () => undefined, bytes: () => undefined, drained: () => undefined, closed: () => undefined };

/**
 * What every UDP keeps.
 * @module
 */
import type { Endpoint } from "@bittern/protocol/address";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { UdpBindOptions, UdpSocket } from "../udp.ts";
import { askBadly, askWell, type MakeWorld, pass, pattern, type World } from "./world.ts";

interface Received {
  readonly bytes: Uint8Array;
  readonly from: Endpoint;
}

/** `options`: of every socket, beside its address. */
export function describeUdp(makeWorld: MakeWorld, options: Pick<UdpBindOptions, "isBusy"> = {}): void {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(async () => {
    await world.end();
  });

  const bind = async (side: "host" | "other", received: Received[] = []): Promise<UdpSocket> => {
    const address = side === "host" ? world.hostAddress : world.otherAddress;
    return await askWell<UdpSocket>(world, (done) =>
      world[side].udp.bind(
        { address, port: 0, ...options },
        (bytes, from) => received.push({ bytes: new Uint8Array(bytes), from: { address: from.address, port: from.port } }),
        done,
      ),
    );
  };

  describe(options.isBusy === true ? "Udp at a busy door" : "Udp", () => {
    it("delivers datagrams whole, saying whose they are, and answers find their way back", async () => {
      const there: Received[] = [];
      const back: Received[] = [];
      const near = await bind("host", back);
      const far = await bind("other", there);
      expect(near.local.port).toBeGreaterThan(0);
      near.send(pattern(1200), far.local);
      await world.run(() => there.length > 0);
      expect(there[0]).toEqual({ bytes: pattern(1200), from: near.local });
      far.send(pattern(1), near.local);
      await world.run(() => back.length > 0);
      expect(back[0]).toEqual({ bytes: pattern(1), from: far.local });
    });

    it("gives the bytes back when send returns", async () => {
      const there: Received[] = [];
      const near = await bind("host");
      const far = await bind("other", there);
      const scratch = new Uint8Array(100);
      for (let at = 0; at < 20; at++) {
        scratch.fill(at);
        near.send(scratch, far.local);
      }
      scratch.fill(255);
      await world.run(() => there.length === 20);
      for (const { bytes } of there) expect(bytes).toEqual(new Uint8Array(100).fill(bytes[0] as number));
      expect(new Set(there.map(({ bytes }) => bytes[0])).size).toBe(20);
    });

    it("answers each of many who ask at once, from within", async () => {
      const socket = await askWell<UdpSocket>(world, (done) =>
        world.other.udp.bind({ address: world.otherAddress, port: 0, ...options }, (bytes, from, own) => own.send(bytes, from), done),
      );
      const askers = await Promise.all(
        Array.from({ length: 3 }, async () => {
          const received: Received[] = [];
          return { received, socket: await bind("host", received) };
        }),
      );
      for (let at = 0; at < 100; at++) {
        for (const [index, asker] of askers.entries()) asker.socket.send(new Uint8Array(at).fill(index), socket.local);
      }
      await world.run(() => askers.every(({ received }) => received.length === 100));
      for (const [index, { received }] of askers.entries()) {
        expect(received.map(({ bytes }) => bytes.length).toSorted((one, other) => one - other)).toEqual(
          Array.from({ length: 100 }, (_, at) => at),
        );
        expect(received.every(({ bytes, from }) => bytes.every((byte) => byte === index) && from.port === socket.local.port)).toBe(true);
      }
    });

    it("loses what nobody waits for", async () => {
      const near = await bind("host");
      const far = await bind("other");
      const nobody = far.local;
      far.close();
      near.send(pattern(10), nobody);
      near.send(pattern(10), { address: "no address", port: 5 });
      near.send(pattern(10), { address: world.otherAddress, port: 0 });
      await pass(world, 20);
      const there: Received[] = [];
      const again = await bind("other", there);
      near.send(pattern(10), again.local);
      await world.run(() => there.length === 1);
    });

    it("receives nothing after close, and sends nothing", async () => {
      const there: Received[] = [];
      const near = await bind("host");
      const far = await bind("other", there);
      far.close();
      far.close();
      far.send(pattern(3), near.local);
      near.send(pattern(3), far.local);
      await pass(world, 30);
      expect(there).toEqual([]);
    });

    it("says when a port is taken, and when an address is not ours", async () => {
      const far = await bind("other");
      const taken = { address: world.otherAddress, port: far.local.port, ...options };
      expect(await askBadly<UdpSocket>(world, (done) => world.other.udp.bind(taken, () => undefined, done))).toBe("ADDRESS_IN_USE");
      const foreign = { address: "198.51.100.77", port: 0, ...options };
      expect(await askBadly<UdpSocket>(world, (done) => world.other.udp.bind(foreign, () => undefined, done))).toBe("ADDRESS_UNAVAILABLE");
    });
  });
}

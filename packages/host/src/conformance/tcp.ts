/**
 * What every TCP keeps.
 * @module
 */
import type { Endpoint } from "@bittern/protocol/address";
import { concatBytes, equalBytes, type HostError } from "@bittern/protocol/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TcpHandler, TcpLink, TcpListener } from "../tcp.ts";
import { askBadly, askWell, type MakeWorld, pass, pattern, type World } from "./world.ts";

const ANY_PORT: readonly [number, number] = [0, 0];
const TIMEOUT_MILLIS = 5000;

/** Notes what happens to one link. */
class Notes implements TcpHandler {
  link: TcpLink | undefined;
  readonly events: string[] = [];
  readonly parts: Uint8Array[] = [];
  byteLength = 0;
  fault: HostError | undefined;
  onBytes: (link: TcpLink) => void = () => undefined;
  onConnected: (link: TcpLink) => void = () => undefined;

  connected(link: TcpLink): void {
    this.link = link;
    this.events.push("connected");
    this.onConnected(link);
  }
  bytes(link: TcpLink, bytes: Uint8Array): void {
    this.parts.push(new Uint8Array(bytes));
    this.byteLength += bytes.length;
    this.onBytes(link);
  }
  drained(): void {
    this.events.push("drained");
  }
  closed(_link: TcpLink, fault: HostError | undefined): void {
    this.fault = fault;
    this.events.push("closed");
  }
  get isClosed(): boolean {
    return this.events.includes("closed");
  }
  get received(): Uint8Array {
    return concatBytes(this.parts);
  }
}

export function describeTcp(makeWorld: MakeWorld): void {
  describeTcpOf(makeWorld, false);
  describeTcpOf(makeWorld, true);
}

/** `isBrief`: of listeners whose links are expected to be brief. */
function describeTcpOf(makeWorld: MakeWorld, isBrief: boolean): void {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(async () => {
    await world.end();
  });

  const listen = async (accept: (link: TcpLink) => TcpHandler | undefined): Promise<{ listener: TcpListener; to: Endpoint }> => {
    const listener = await askWell<TcpListener>(world, (done) =>
      world.other.tcp.listen({ address: world.otherAddress, ports: ANY_PORT, isBrief }, accept, done),
    );
    return { listener, to: listener.endpoints[0] as Endpoint };
  };
  const connect = (to: Endpoint, handler: TcpHandler): TcpLink => world.host.tcp.connect(to, { timeoutMillis: TIMEOUT_MILLIS }, handler);

  /** Two ends of one link. */
  const joined = async (): Promise<{ near: Notes; far: Notes; nearLink: TcpLink; farLink: TcpLink; listener: TcpListener }> => {
    const near = new Notes();
    const far = new Notes();
    const { listener, to } = await listen((link) => {
      far.link = link;
      return far;
    });
    const nearLink = connect(to, near);
    await world.run(() => near.link !== undefined && far.link !== undefined);
    return { near, far, nearLink, farLink: far.link as TcpLink, listener };
  };

  describe(isBrief ? "Tcp of brief links" : "Tcp", () => {
    it("joins a dialler and a listener, each knowing where the other is", async () => {
      const { near, far, nearLink, farLink, listener } = await joined();
      expect(near.events).toEqual(["connected"]);
      expect(far.events).toEqual([]);
      expect(nearLink.remote).toEqual(listener.endpoints[0]);
      expect(farLink.remote).toEqual(nearLink.local);
      expect(farLink.local).toEqual(nearLink.remote);
      expect(listener.endpoints.every(({ port }) => port > 0)).toBe(true);
    });

    it("calls nobody inside connect, and is unbound until it is connected", async () => {
      const { to } = await listen(() => new Notes());
      const near = new Notes();
      const link = connect(to, near);
      expect(near.events).toEqual([]);
      expect(link.remote).toEqual(to);
      expect(link.local).toEqual({ address: "0.0.0.0", port: 0 });
      await world.run(() => near.events.length > 0);
      expect(near.link).toBe(link);
    });

    it("delivers what was written, both ways, in order, whole", async () => {
      const { near, far, nearLink, farLink } = await joined();
      const there = [pattern(1), pattern(70_000, 2), pattern(300_000, 3), pattern(13, 4)];
      const back = [pattern(500_000, 5), pattern(2, 6)];
      for (const bytes of there) nearLink.write(bytes);
      for (const bytes of back) farLink.write(bytes);
      await world.run(() => far.byteLength >= 370_014 && near.byteLength >= 500_002);
      expect(equalBytes(far.received, concatBytes(there))).toBe(true);
      expect(equalBytes(near.received, concatBytes(back))).toBe(true);
    });

    it("sends what was written before the link stands", async () => {
      const far = new Notes();
      const { to } = await listen(() => far);
      const near = new Notes();
      let released = 0;
      connect(to, near).write(pattern(1000), () => released++);
      await world.run(() => far.byteLength === 1000 && released === 1);
      expect(equalBytes(far.received, pattern(1000))).toBe(true);
    });

    it("releases what it was lent once, and says when all has left", async () => {
      const { near, far, nearLink } = await joined();
      const released: number[] = [];
      // More than any system takes at once while the other end reads nothing.
      far.link?.pauseReading();
      await pass(world, 10);
      const big = 32 * 1024 * 1024;
      nearLink.write(new Uint8Array(big), () => released.push(0));
      nearLink.write(new Uint8Array(5), () => released.push(1));
      expect(released).toEqual([]);
      expect(nearLink.unsentLength).toBeGreaterThan(0);
      far.link?.resumeReading();
      await world.run(() => far.byteLength === big + 5 && near.events.includes("drained"));
      expect(released).toEqual([0, 1]);
      expect(nearLink.unsentLength).toBe(0);
    });

    it("stops delivering while reading is paused", async () => {
      const { far, nearLink, farLink } = await joined();
      farLink.pauseReading();
      nearLink.write(pattern(100_000));
      await pass(world, 50);
      const before = far.byteLength;
      await pass(world, 50);
      expect(far.byteLength).toBe(before);
      farLink.resumeReading();
      await world.run(() => far.byteLength === 100_000);
      expect(equalBytes(far.received, pattern(100_000))).toBe(true);
    });

    it("says closed once at both ends when one closes, and what was written arrives", async () => {
      const { near, far, nearLink } = await joined();
      let released = 0;
      nearLink.write(pattern(1_000_000), () => released++);
      nearLink.close();
      nearLink.close();
      await world.run(() => near.isClosed && far.isClosed);
      await pass(world, 20);
      expect(equalBytes(far.received, pattern(1_000_000))).toBe(true);
      expect(released).toBe(1);
      for (const notes of [near, far]) {
        expect(notes.events.filter((event) => event === "closed")).toHaveLength(1);
        expect(notes.fault).toBeUndefined();
      }
    });

    it("delivers nothing after close", async () => {
      const { near, far, nearLink, farLink } = await joined();
      near.onBytes = (link) => link.close();
      farLink.write(pattern(600_000));
      await world.run(() => near.isClosed && far.isClosed);
      const { byteLength } = near;
      expect(near.parts).toHaveLength(1);
      let released = 0;
      nearLink.write(pattern(10), () => released++);
      expect(released).toBe(1);
      nearLink.pauseReading();
      nearLink.resumeReading();
      nearLink.close();
      await pass(world, 20);
      expect(near.byteLength).toBe(byteLength);
    });

    it("releases what is still lent when the link breaks", async () => {
      const { near, far, nearLink, farLink } = await joined();
      farLink.pauseReading();
      let released = 0;
      nearLink.write(new Uint8Array(32 * 1024 * 1024), () => released++);
      nearLink.write(new Uint8Array(1), () => released++);
      farLink.close();
      await world.run(() => near.isClosed && far.isClosed);
      expect(released).toBe(2);
    });

    it("gives up a dial without a word but closed", async () => {
      const { to } = await listen(() => new Notes());
      const near = new Notes();
      connect(to, near).close();
      await world.run(() => near.isClosed);
      await pass(world, 20);
      expect(near.events).toEqual(["closed"]);
      expect(near.fault).toBeUndefined();
    });

    it("is refused where nobody listens", async () => {
      let near = new Notes();
      // A port that was given back may be somebody else's by now: then another one is tried.
      for (let round = 0; round === 0 || (near.events.includes("connected") && round < 5); round++) {
        const { listener, to } = await listen(() => new Notes());
        listener.close();
        await pass(world, 10);
        near = new Notes();
        const link = connect(to, near);
        await world.run(() => near.isClosed || near.events.includes("connected"));
        if (!near.isClosed) link.close();
      }
      expect(near.events).toEqual(["closed"]);
      expect(near.fault?.code).toBe("CONNECTION_REFUSED");
    });

    it("says closed for an endpoint that cannot be", async () => {
      for (const to of [
        { address: "not an address", port: 1 },
        { address: world.otherAddress, port: 0 },
      ]) {
        const near = new Notes();
        connect(to, near);
        expect(near.events).toEqual([]);
        await world.run(() => near.isClosed);
        expect(near.fault?.code).toBe("ADDRESS_UNAVAILABLE");
      }
    });

    it("closes a link that nobody wants to handle", async () => {
      let accepted = 0;
      const { to } = await listen(() => {
        accepted++;
        return undefined;
      });
      const near = new Notes();
      connect(to, near);
      await world.run(() => near.isClosed);
      expect(accepted).toBe(1);
    });

    it("keeps links of a listener that closes", async () => {
      const { far, nearLink, listener } = await joined();
      listener.close();
      await pass(world, 10);
      nearLink.write(pattern(5000));
      await world.run(() => far.byteLength === 5000);
    });

    it("holds many links at once", async () => {
      const fars: Notes[] = [];
      const { to } = await listen(() => {
        const far = new Notes();
        far.onBytes = (link) => link.write(pattern(100));
        fars.push(far);
        return far;
      });
      const nears = Array.from({ length: 100 }, () => new Notes());
      for (const near of nears) {
        near.onConnected = (link) => link.write(pattern(10));
        connect(to, near);
      }
      await world.run(() => nears.every(({ byteLength }) => byteLength >= 100));
      expect(fars).toHaveLength(100);
    });

    it("tries the next port of a range when one is taken, and says so when all are", async () => {
      const { to } = await listen(() => new Notes());
      const accept = (): undefined => undefined;
      const only = { address: world.otherAddress, ports: [to.port, to.port] as const, isBrief };
      expect(await askBadly<TcpListener>(world, (done) => world.other.tcp.listen(only, accept, done))).toBe("ADDRESS_IN_USE");
      const range = { address: world.otherAddress, ports: [to.port, Math.min(65_535, to.port + 50)] as const, isBrief };
      const listener = await askWell<TcpListener>(world, (done) => world.other.tcp.listen(range, accept, done));
      expect(listener.endpoints[0]?.port).toBeGreaterThan(to.port);
      listener.close();
    });

    it("listens on one port for all families", async () => {
      const options = { ports: ANY_PORT, isBrief };
      const far = new Notes();
      const listener = await askWell<TcpListener>(world, (done) => world.other.tcp.listen(options, () => far, done));
      const ports = new Set(listener.endpoints.map(({ port }) => port));
      expect(ports.size).toBe(1);
      expect(listener.endpoints.map(({ address }) => address)).toContain("0.0.0.0");
      const near = new Notes();
      connect({ address: world.otherAddress, port: [...ports][0] as number }, near).write(pattern(10));
      await world.run(() => far.byteLength === 10);
      listener.close();
    });
  });
}

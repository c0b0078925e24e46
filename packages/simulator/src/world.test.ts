import type { TcpHandler, TcpLink } from "@bittern/host";
import type { HostError } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import type { SimulatedHost } from "./host.ts";
import { World, type WorldOptions } from "./world.ts";

/** Notes what a link tells. */
class Ear implements TcpHandler {
  readonly heard: string[] = [];
  byteLength = 0;
  fault: HostError | undefined;
  link: TcpLink | undefined;
  readonly received: number[] = [];
  readonly keeps: boolean;

  constructor(keeps = false) {
    this.keeps = keeps;
  }
  connected(link: TcpLink): void {
    this.link = link;
    this.heard.push("connected");
  }
  bytes(_link: TcpLink, bytes: Uint8Array): void {
    this.byteLength += bytes.length;
    if (this.keeps) this.received.push(...bytes);
  }
  drained(): void {
    this.heard.push("drained");
  }
  closed(_link: TcpLink, fault: HostError | undefined): void {
    this.fault = fault;
    this.heard.push("closed");
  }
}

interface Pair {
  readonly world: World;
  readonly one: SimulatedHost;
  readonly other: SimulatedHost;
  readonly dialler: Ear;
  readonly acceptor: Ear;
  readonly link: TcpLink;
}

const MIB = 1024 * 1024;

function listen(host: SimulatedHost, ear: TcpHandler | undefined, port = 6881): void {
  host.tcp.listen(
    { ports: [port, port] },
    (link) => {
      if (ear instanceof Ear) ear.link = link;
      return ear;
    },
    () => {},
  );
}

function pair(
  rates: { up?: number; down?: number; latencyMillis?: number; keeps?: boolean } = {},
  options: Partial<WorldOptions> = {},
): Pair {
  const world = new World({ seed: 7, ...options });
  const one = world.addNode({ name: "one", address: "45.0.0.1", ...rates });
  const other = world.addNode({ name: "other", address: "45.0.0.2", ...rates });
  const acceptor = new Ear(rates.keeps);
  const dialler = new Ear();
  listen(other, acceptor);
  const link = one.tcp.connect({ address: "45.0.0.2", port: 6881 }, { timeoutMillis: 10_000 }, dialler);
  return { world, one, other, dialler, acceptor, link };
}

describe("a virtual link", () => {
  it("stands after one round trip and carries bytes in order after half of one", () => {
    const { world, dialler, acceptor, link } = pair({ latencyMillis: 25, keeps: true });
    world.run({ until: () => dialler.heard.length > 0 });
    expect(world.now).toBe(100);
    link.write(Uint8Array.of(1, 2, 3));
    link.write(Uint8Array.of(4));
    world.run({ until: () => acceptor.byteLength === 4 });
    expect(world.now).toBe(150);
    expect(acceptor.received).toEqual([1, 2, 3, 4]);
  });

  it("gives the same bytes however they are cut, and spoils the view afterwards", () => {
    const { world, acceptor, dialler, link } = pair({ keeps: true }, { network: { segmentation: "random" } });
    const sent = Uint8Array.from({ length: 50_000 }, (_, at) => at * 7);
    world.run({ until: () => dialler.heard.length > 0 });
    let view: Uint8Array | undefined;
    const bytes = acceptor.bytes.bind(acceptor);
    acceptor.bytes = (each, part) => {
      bytes(each, part);
      view = part;
    };
    for (let at = 0; at < sent.length; at += 5000) link.write(sent.slice(at, at + 5000));
    world.run({ untilMillis: 10_000 });
    expect(acceptor.received).toEqual([...sent]);
    expect(view?.every((byte) => byte === 0xdb)).toBe(true);
  });

  it("moves bytes at the slower of the two rates, within two hundredths", () => {
    const { world, acceptor, dialler, link } = pair({ up: 1_000_000, down: 400_000 });
    world.run({ until: () => dialler.heard.length > 0 });
    const begun = world.now;
    link.write(new Uint8Array(4_000_000));
    world.run({ until: () => acceptor.byteLength === 4_000_000 });
    const seconds = (world.now - begun) / 1000;
    expect(seconds).toBeGreaterThan(10 * 0.98);
    expect(seconds).toBeLessThan(10 * 1.02);
  });

  it("counts as unsent what the send buffer does not hold, and tells when it does", () => {
    const { world, dialler, link } = pair({ up: 100_000 }, { network: { sendBufferLength: 64 * 1024 } });
    world.run({ until: () => dialler.heard.length > 0 });
    let released = 0;
    link.write(new Uint8Array(64 * 1024), () => released++);
    expect(link.unsentLength).toBe(0);
    expect(released).toBe(1);
    link.write(new Uint8Array(200_000), () => released++);
    expect(released).toBe(1);
    expect(link.unsentLength).toBe(200_000);
    world.run({ until: () => dialler.heard.includes("drained") });
    expect(released).toBe(2);
    expect(link.unsentLength).toBe(0);
    // 264 kB were given, 64 KiB of them lie in the buffer, the rest has left at 100 kB/s.
    expect(world.now).toBeGreaterThan(1950);
    expect(world.now).toBeLessThan(2300);
  });

  it("lets a receiver that pauses stop the sender", () => {
    const network = { windowLength: 256 * 1024, sendBufferLength: 64 * 1024 };
    const { world, dialler, acceptor, link } = pair({ up: 10 * MIB }, { network });
    world.run({ until: () => dialler.heard.length > 0 });
    acceptor.link?.pauseReading();
    link.write(new Uint8Array(MIB));
    world.run({ untilMillis: 60_000 });
    expect(acceptor.byteLength).toBe(0);
    expect(link.unsentLength).toBeGreaterThan(600 * 1024);
    acceptor.link?.resumeReading();
    world.run({ untilMillis: 120_000 });
    expect(acceptor.byteLength).toBe(MIB);
    expect(link.unsentLength).toBe(0);
  });

  it("begins slowly, where that is asked for, and again after a silence", () => {
    const network = { initialWindowLength: 16 * 1024 };
    const { world, dialler, acceptor, link } = pair({ up: 100 * MIB, latencyMillis: 25 }, { network });
    world.run({ until: () => dialler.heard.length > 0 });
    const millisFor = (byteLength: number): number => {
      const [startedAt, before] = [world.now, acceptor.byteLength];
      link.write(new Uint8Array(byteLength));
      world.run({ until: () => acceptor.byteLength - before === byteLength });
      return world.now - startedAt;
    };
    // 16, 32, 64 and 128 KiB a round trip of 100 ms, the rest, and 50 ms for the last way.
    expect(millisFor(256 * 1024)).toBeGreaterThan(440);
    expect(millisFor(256 * 1024)).toBeLessThan(60);
    world.run({ untilMillis: world.now + 10_000 });
    expect(millisFor(256 * 1024)).toBeGreaterThan(440);
  });

  it("shares an uplink evenly among its links", () => {
    const world = new World({ seed: 1 });
    const seed = world.addNode({ name: "seed", address: "45.0.0.1", up: MIB });
    const ears = Array.from({ length: 5 }, (_, at) => {
      const host = world.addNode({ name: `peer ${at}`, address: `45.0.1.${at}`, latencyMillis: at * 20 });
      const ear = new Ear();
      listen(host, ear);
      const link = seed.tcp.connect({ address: host.address, port: 6881 }, { timeoutMillis: 10_000 }, new Ear());
      link.write(new Uint8Array(20 * MIB));
      return ear;
    });
    world.run({ untilMillis: 1000 });
    const before = ears.map((ear) => ear.byteLength);
    world.run({ untilMillis: 21_000 });
    const shares = ears.map((ear, at) => ear.byteLength - (before[at] as number));
    for (const share of shares) expect(Math.abs(share - 4 * MIB)).toBeLessThan(0.02 * 4 * MIB);
  });

  it("shares a downlink evenly among the senders", () => {
    const world = new World({ seed: 1 });
    const sink = world.addNode({ name: "sink", address: "45.0.0.1", down: MIB });
    const ears: Ear[] = [];
    sink.tcp.listen(
      { ports: [6881, 6881] },
      () => {
        const ear = new Ear();
        ears.push(ear);
        return ear;
      },
      () => {},
    );
    world.run({ untilMillis: 1 });
    for (let at = 0; at < 4; at++) {
      const host = world.addNode({ name: `peer ${at}`, address: `45.0.1.${at}`, up: 2 * MIB });
      host.tcp.connect({ address: sink.address, port: 6881 }, { timeoutMillis: 10_000 }, new Ear()).write(new Uint8Array(20 * MIB));
    }
    world.run({ untilMillis: 20_000 });
    const total = ears.reduce((sum, ear) => sum + ear.byteLength, 0);
    expect(Math.abs(total - 20 * MIB)).toBeLessThan(0.02 * 20 * MIB);
    for (const ear of ears) expect(Math.abs(ear.byteLength - total / 4)).toBeLessThan(0.03 * total);
  });

  it("lets a small message pass the blocks of other links", () => {
    const world = new World({ seed: 1 });
    const busy = world.addNode({ name: "busy", address: "45.0.0.1", up: 100_000 });
    const ears = [1, 2, 3, 4].map((at) => {
      const host = world.addNode({ name: `peer ${at}`, address: `45.0.1.${at}` });
      const ear = new Ear();
      listen(host, ear);
      return { ear, link: busy.tcp.connect({ address: host.address, port: 6881 }, { timeoutMillis: 10_000 }, new Ear()) };
    });
    world.run({ untilMillis: 500 });
    for (const { link } of ears.slice(1)) link.write(new Uint8Array(MIB));
    world.run({ untilMillis: 1000 });
    ears[0]?.link.write(new Uint8Array(17));
    world.run({ until: () => ears[0]?.ear.byteLength === 17 });
    // At most the segment that was leaving comes first: 164 ms.
    expect(world.now).toBeLessThan(1000 + 164 + 21);
  });

  it("ends for both when one closes, after what was written", () => {
    const { world, dialler, acceptor, link } = pair({ up: 1_000_000 });
    world.run({ until: () => dialler.heard.length > 0 });
    link.write(new Uint8Array(500_000));
    link.close();
    world.run({ untilMillis: 60_000 });
    expect(acceptor.byteLength).toBe(500_000);
    expect(acceptor.heard).toEqual(["closed"]);
    expect(acceptor.fault).toBeUndefined();
    expect(dialler.heard).toEqual(["connected", "closed"]);
  });

  it("gives back what was lent when it closes", () => {
    const { world, dialler, acceptor, link } = pair({ up: 1000 });
    world.run({ until: () => dialler.heard.length > 0 });
    let released = 0;
    link.write(new Uint8Array(MIB), () => released++);
    acceptor.link?.close();
    world.run({ untilMillis: 10_000 });
    expect(dialler.heard).toEqual(["connected", "closed"]);
    expect(released).toBe(1);
  });

  it("is reset when the other process dies", () => {
    const { world, other, dialler, acceptor } = pair();
    world.run({ until: () => dialler.heard.length > 0 });
    other.kill();
    world.run({ untilMillis: 1000 });
    expect(dialler.fault?.code).toBe("CONNECTION_RESET");
    expect(acceptor.heard).toEqual([]);
  });
});

describe("a dial", () => {
  it("is refused where nobody listens", () => {
    const { world, one } = pair();
    const ear = new Ear();
    one.tcp.connect({ address: "45.0.0.2", port: 1 }, { timeoutMillis: 10_000 }, ear);
    world.run({ untilMillis: 1000 });
    expect(ear.heard).toEqual(["closed"]);
    expect(ear.fault?.code).toBe("CONNECTION_REFUSED");
  });

  it("times out where nobody is, behind a cut, and behind a router that lets nothing in", () => {
    const { world, one, other } = pair();
    world.addNode({ name: "shy", address: "45.0.0.3", isShielded: true });
    world.cut([other]);
    const ears = ["45.9.9.9", "45.0.0.2", "45.0.0.3"].map((address) => {
      const ear = new Ear();
      one.tcp.connect({ address, port: 6881 }, { timeoutMillis: 4000 }, ear);
      return ear;
    });
    world.run({ untilMillis: 3999 });
    for (const ear of ears) expect(ear.heard).toEqual([]);
    world.run({ untilMillis: 4001 });
    for (const ear of ears) expect(ear.fault?.code).toBe("TIMED_OUT");
  });

  it("succeeds late when the way heals before it is given up", () => {
    const { world, one, other } = pair();
    world.run({ untilMillis: 500 });
    const heal = world.cut([other]);
    const ear = new Ear();
    one.tcp.connect({ address: "45.0.0.2", port: 6881 }, { timeoutMillis: 10_000 }, ear);
    world.run({ untilMillis: 2000 });
    heal();
    world.run({ until: () => ear.heard.length > 0 });
    expect(ear.heard).toEqual(["connected"]);
    expect(world.now).toBeCloseTo(3500 + 40, 0);
  });

  it("that is refused by the acceptor ends at once", () => {
    const { world, one, other } = pair();
    listen(other, undefined, 7000);
    const ear = new Ear();
    one.tcp.connect({ address: "45.0.0.2", port: 7000 }, { timeoutMillis: 10_000 }, ear);
    world.run({ untilMillis: 1000 });
    expect(ear.heard).toEqual(["connected", "closed"]);
  });

  it("is not answered by a node that holds all the links it can", () => {
    const world = new World({ seed: 1 });
    const full = world.addNode({ name: "full", address: "45.0.0.1", linksMax: 1 });
    const one = world.addNode({ name: "one", address: "45.0.0.2" });
    listen(full, new Ear());
    const ears = [new Ear(), new Ear()];
    for (const ear of ears) one.tcp.connect({ address: "45.0.0.1", port: 6881 }, { timeoutMillis: 2000 }, ear);
    world.run({ untilMillis: 3000 });
    expect(ears.map((ear) => ear.heard)).toEqual([["connected"], ["closed"]]);
  });
});

describe("a partition", () => {
  it("holds bytes back and lets them through after it has healed", () => {
    const { world, other, dialler, acceptor, link } = pair({ up: MIB });
    world.run({ until: () => dialler.heard.length > 0 });
    link.write(new Uint8Array(4 * MIB));
    world.run({ untilMillis: 1000 });
    const before = acceptor.byteLength;
    const heal = world.cut([other]);
    world.run({ untilMillis: 31_000 });
    expect(acceptor.byteLength).toBe(before);
    heal();
    world.run({ untilMillis: 100_000 });
    expect(acceptor.byteLength).toBe(4 * MIB);
  });

  it("that stays ends a link with something to send after a quarter of an hour", () => {
    const { world, other, dialler, link } = pair({ up: MIB });
    world.run({ until: () => dialler.heard.length > 0 });
    world.cut([other]);
    link.write(new Uint8Array(1000));
    world.run({ untilMillis: 900_000 });
    expect(dialler.heard).toEqual(["connected"]);
    world.run({ untilMillis: 930_000 });
    expect(dialler.fault?.code).toBe("TIMED_OUT");
  });
});

describe("a node that lost its power", () => {
  it("answers nothing, and after its start knows nothing of its links", () => {
    const { world, other, dialler, link } = pair();
    world.run({ until: () => dialler.heard.length > 0 });
    other.cutPower();
    link.write(new Uint8Array(1000));
    world.run({ untilMillis: 20_000 });
    expect(dialler.heard).toEqual(["connected"]);
    other.start();
    world.run({ untilMillis: 120_000 });
    expect(dialler.fault?.code).toBe("CONNECTION_RESET");
  });

  it("forgets its timers", () => {
    const { world, other } = pair();
    let rings = 0;
    other.clock.wakeAt(1000, () => rings++);
    world.run({ untilMillis: 500 });
    other.kill();
    other.start();
    other.clock.wakeAt(2000, () => rings++);
    world.run({ untilMillis: 5000 });
    expect(rings).toBe(1);
  });
});

describe("a world", () => {
  function chatter(seed: number, shuffleTies = false): string {
    const world = new World({ seed, shuffleTies, network: { segmentation: "random", jitterMillis: 5 } });
    const hosts = Array.from({ length: 6 }, (_, at) => world.addNode({ name: `node ${at}`, address: `45.0.0.${at}`, up: 50_000 }));
    for (const host of hosts) {
      listen(host, new Ear());
      for (const other of hosts) {
        if (other === host) continue;
        const link = host.tcp.connect({ address: other.address, port: 6881 }, { timeoutMillis: 5000 }, new Ear());
        link.write(new Uint8Array(host.random.u32() % 100_000));
      }
    }
    world.run({ untilMillis: 30_000 });
    expect(world.trace.count).toBeGreaterThan(1000);
    return world.trace.hash;
  }

  it("has the same trace for the same seed, twice in one process, and another for another", () => {
    expect(chatter(7)).toBe(chatter(7));
    expect(chatter(7, true)).toBe(chatter(7, true));
    expect(chatter(7)).not.toBe(chatter(8));
    expect(chatter(7)).not.toBe(chatter(7, true));
  });

  it("stops at a moment, at a condition, at a count, and when nothing is left", () => {
    const world = new World({ seed: 1 });
    const host = world.addNode({ name: "one", address: "45.0.0.1" });
    for (const at of [10, 20, 30]) host.clock.wakeAt(at, () => {});
    expect(world.run({ untilMillis: 15 })).toBe("time");
    expect(world.now).toBe(15);
    expect(world.run({ until: () => world.now >= 20 })).toBe("until");
    expect(world.run({ eventsMax: 0 })).toBe("events");
    expect(world.run({})).toBe("idle");
    expect(world.now).toBe(30);
  });

  it("keeps the dice of a node when another is taken out", () => {
    const both = new World({ seed: 9 });
    both.addNode({ name: "a", address: "45.0.0.1" });
    const withOther = both.addNode({ name: "b", address: "45.0.0.2" });
    const alone = new World({ seed: 9 }).addNode({ name: "b", address: "45.0.0.2" });
    expect(alone.random.u32()).toBe(withOther.random.u32());
    expect(alone.disk.random.u32()).toBe(withOther.disk.random.u32());
  });
});

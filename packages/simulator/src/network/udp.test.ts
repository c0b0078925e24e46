import type { UdpSocket } from "@bittern/host";
import { describe, expect, it } from "vitest";
import type { SimulatedHost } from "../host.ts";
import { World } from "../world.ts";
import { type DatagramFaults, NO_DATAGRAM_FAULTS } from "./udp.ts";

function bind(host: SimulatedHost, port: number, receive: (bytes: Uint8Array) => void = () => {}): () => UdpSocket {
  let socket: UdpSocket | undefined;
  host.udp.bind({ address: "0.0.0.0", port }, receive, (outcome) => {
    socket = outcome as UdpSocket;
  });
  return () => socket as UdpSocket;
}

function flood(
  faults: Partial<DatagramFaults>,
  count: number,
  rates: { up?: number; down?: number } = {},
): { got: number[]; elapsed: number } {
  const world = new World({ seed: 3 });
  const one = world.addNode({ name: "one", address: "45.0.0.1", ...rates });
  const other = world.addNode({ name: "other", address: "45.0.0.2", ...rates });
  const got: number[] = [];
  let lastAt = 0;
  bind(other, 6881, (bytes) => {
    got.push(new DataView(bytes.buffer).getUint32(0));
    lastAt = world.now;
  });
  const socket = bind(one, 0);
  world.run({ untilMillis: 1 });
  one.udp.faults = { ...NO_DATAGRAM_FAULTS, ...faults };
  for (let number = 0; number < count; number++) {
    world.at(number, () => {
      const bytes = new Uint8Array(1000);
      new DataView(bytes.buffer).setUint32(0, number);
      socket().send(bytes, { address: "45.0.0.2", port: 6881 });
    });
  }
  world.run({ untilMillis: 60_000 });
  return { got, elapsed: lastAt };
}

describe("a datagram", () => {
  it("arrives, in order, where nothing is wrong", () => {
    expect(flood({}, 100).got).toEqual(Array.from({ length: 100 }, (_, at) => at));
  });

  it("gets lost, doubled and overtaken as often as it was said", () => {
    const lost = flood({ lossShare: 0.2 }, 2000).got.length;
    expect(lost).toBeGreaterThan(1520);
    expect(lost).toBeLessThan(1680);
    expect(flood({ duplicateShare: 0.5 }, 1000).got.length).toBeGreaterThan(1400);
    const { got } = flood({ reorderShare: 0.25, reorderMillis: 50 }, 1000);
    expect(got.length).toBe(1000);
    expect(got).not.toEqual(got.toSorted((one, other) => one - other));
  });

  it("gets through a router only as an answer, and for half a minute", () => {
    const world = new World({ seed: 3 });
    const inside = world.addNode({ name: "inside", address: "45.0.0.1", isShielded: true });
    const outside = world.addNode({ name: "outside", address: "45.0.0.2" });
    const got: number[] = [];
    const shielded = bind(inside, 6881, (bytes) => got.push(bytes[0] as number));
    const open = bind(outside, 6881);
    const other = bind(outside, 6882);
    world.run({ untilMillis: 1 });
    const at = (millis: number, send: () => void): void => {
      world.at(millis, send);
    };
    const home = { address: "45.0.0.1", port: 6881 };
    at(10, () => open().send(Uint8Array.of(1), home));
    at(1000, () => shielded().send(Uint8Array.of(0), { address: "45.0.0.2", port: 6881 }));
    at(2000, () => open().send(Uint8Array.of(2), home));
    at(2000, () => other().send(Uint8Array.of(3), home));
    at(40_000, () => open().send(Uint8Array.of(4), home));
    world.run({ untilMillis: 60_000 });
    expect(got).toEqual([2]);
  });

  it("vanishes when it is longer than the way allows", () => {
    expect(flood({ mtu: 999 }, 10).got).toEqual([]);
  });

  it("is dropped by a full uplink instead of filling memory", () => {
    const { got, elapsed } = flood({}, 2000, { up: 100_000 });
    // 2,000 kB in two seconds, 200 kB can leave, 256 KiB may wait.
    expect(got.length).toBeGreaterThan(440);
    expect(got.length).toBeLessThan(475);
    expect(elapsed).toBeLessThan(5000);
  });

  it("is answered to the address it came from, and not heard without a socket", () => {
    const world = new World({ seed: 3 });
    const one = world.addNode({ name: "one", address: "45.0.0.1" });
    const other = world.addNode({ name: "other", address: "45.0.0.2", otherAddress: "2a01::2" });
    let echoed = 0;
    other.udp.bind(
      { address: "0.0.0.0", port: 5 },
      (bytes, from, socket) => socket.send(bytes, from),
      () => {},
    );
    const socket = bind(one, 0, () => echoed++);
    world.run({ untilMillis: 1 });
    socket().send(Uint8Array.of(1), { address: "45.0.0.2", port: 5 });
    socket().send(Uint8Array.of(1), { address: "45.0.0.2", port: 6 });
    socket().send(Uint8Array.of(1), { address: "2a01::2", port: 5 });
    world.run({ untilMillis: 1000 });
    expect(echoed).toBe(1);
  });
});

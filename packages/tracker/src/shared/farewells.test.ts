/** @module */
import { describe, expect, it } from "vitest";
import { FAREWELLS_MAX, Farewells } from "./farewells.ts";

const HASH = new Uint8Array(20).fill(200);
const endpoint = (port: number) => Uint8Array.of(192, 0, 2, 1, port >> 8, port & 255, ...new Uint8Array(12));

describe("Farewells", () => {
  it("are known by torrent and endpoint, each family by itself", () => {
    const farewells = new Farewells();
    farewells.add(HASH, 4, endpoint(5), 100);
    farewells.add(HASH, 6, endpoint(6), 101);
    expect(farewells.seenOf(HASH, 4, endpoint(5))).toBe(100);
    expect(farewells.seenOf(HASH, 6, endpoint(5))).toBeUndefined();
    expect([...farewells]).toEqual([
      { infoHash: HASH, family: 4, endpoint: endpoint(5).subarray(0, 6), seen: 100 },
      { infoHash: HASH, family: 6, endpoint: endpoint(6), seen: 101 },
    ]);
  });

  it("of one peer count as the last, in whatever order they are heard", () => {
    const farewells = new Farewells();
    for (const seen of [5, 9, 7]) farewells.add(HASH, 4, endpoint(5), seen);
    expect([farewells.seenOf(HASH, 4, endpoint(5)), farewells.size]).toEqual([9, 1]);
  });

  it("are forgotten when no peer lives that long", () => {
    const farewells = new Farewells();
    for (const seen of [5, 9]) farewells.add(HASH, 4, endpoint(seen), seen);
    farewells.forget(9);
    expect([...farewells].map(({ seen }) => seen)).toEqual([9]);
  });

  it("are 65,536, and the oldest make room", () => {
    const farewells = new Farewells();
    const peer = endpoint(0);
    const add = (at: number) => {
      peer.set([at >> 16, (at >> 8) & 255, at & 255]);
      farewells.add(HASH, 4, peer, at);
    };
    for (let at = 0; at < FAREWELLS_MAX; at++) add(at);
    expect(farewells.size).toBe(FAREWELLS_MAX);
    add(FAREWELLS_MAX);
    const [first] = farewells;
    expect([farewells.size, first?.seen]).toEqual([FAREWELLS_MAX - 1024, 1025]);
  });
});

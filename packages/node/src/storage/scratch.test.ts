import { describe, expect, it } from "vitest";
import { ScratchPool } from "./scratch.ts";

const KIB = 1024;

describe("ScratchPool", () => {
  it("gives buffers that are long enough, and the same ones again", () => {
    const pool = new ScratchPool(20_000 * KIB, 20_000 * KIB);
    const given: ArrayBuffer[] = [];
    for (const length of [1, 16 * KIB + 13, 200 * KIB, 1024 * KIB, 2048 * KIB, 4096 * KIB])
      pool.take(length, (buffer) => given.push(buffer));
    expect(given.map(({ byteLength }) => byteLength)).toEqual([17 * KIB, 17 * KIB, 272 * KIB, 1088 * KIB, 2176 * KIB, 4160 * KIB]);
    pool.give(given[2] as ArrayBuffer);
    pool.take(250 * KIB, (buffer) => expect(buffer).toBe(given[2]));
  });

  it("lets reads wait while too much is lent, in their order", () => {
    const pool = new ScratchPool(60 * KIB, 60 * KIB);
    const given: ArrayBuffer[] = [];
    for (let at = 0; at < 5; at++) pool.take(KIB, (buffer) => given.push(buffer));
    expect(given).toHaveLength(3);
    expect(pool.lentLength).toBe(51 * KIB);
    pool.give(given[0] as ArrayBuffer);
    expect(given).toHaveLength(4);
    pool.give(given[1] as ArrayBuffer);
    pool.give(given[2] as ArrayBuffer);
    expect(given).toHaveLength(5);
    expect(pool.lentLength).toBe(34 * KIB);
  });

  it("always lets one read through, however long", () => {
    const pool = new ScratchPool(KIB, 0);
    let isGiven = false;
    pool.take(4096 * KIB, () => {
      isGiven = true;
    });
    expect(isGiven).toBe(true);
  });

  it("takes a release once", () => {
    const pool = new ScratchPool(100 * KIB, 0);
    pool.take(KIB, (buffer) => {
      const { bytes, release } = pool.lent(buffer, 10);
      expect(bytes).toHaveLength(10);
      release();
      release();
    });
    expect(pool.lentLength).toBe(0);
  });
});

import { describe, expect, it } from "vitest";
import { Distrust } from "./distrust.ts";

const LIAR = { address: "198.51.100.7", port: 6881 };
const OTHER = { address: "198.51.100.8", port: 6881 };

describe("Distrust", () => {
  it("begins with the third piece in a row that was sent alone and was false", () => {
    const distrust = new Distrust();
    expect([1, 2, 3].map((piece) => distrust.failedAlone(LIAR, piece, 0))).toEqual([false, false, true]);
    expect(distrust.isDistrusted(LIAR, 0)).toBe(true);
    expect(distrust.isDistrusted(OTHER, 0)).toBe(false);
  });

  it("is not about one piece that fails again and again: the torrent may be wrong about it", () => {
    const distrust = new Distrust();
    for (let time = 0; time < 20; time++) expect(distrust.failedAlone(LIAR, 5, time)).toBe(false);
  });

  it("is not about who sends good pieces between the false ones: memory of ours may flip bits", () => {
    const distrust = new Distrust();
    for (let piece = 0; piece < 20; piece++) {
      expect(distrust.failedAlone(LIAR, piece, 0)).toBe(false);
      if (piece % 2 === 1) distrust.succeededAlone(LIAR);
    }
  });

  it("knows a peer that comes back from another port", () => {
    const distrust = new Distrust();
    [1, 2, 3].forEach((piece) => distrust.failedAlone({ ...LIAR, port: 1000 + piece }, piece, 0));
    expect(distrust.isDistrusted({ ...LIAR, port: 40_000 }, 0)).toBe(true);
  });

  it("ends after an hour", () => {
    const distrust = new Distrust();
    [1, 2, 3].forEach((piece) => distrust.failedAlone(LIAR, piece, 1000));
    expect(distrust.isDistrusted(LIAR, 3_600_999)).toBe(true);
    expect(distrust.isDistrusted(LIAR, 3_601_000)).toBe(false);
  });

  it("remembers a bounded number of places", () => {
    const distrust = new Distrust();
    for (let one = 0; one < 3000; one++) {
      const peer = { address: `198.51.${one >> 8}.${one & 255}`, port: 6881 };
      for (const piece of one % 2 === 0 ? [1] : [1, 2, 3]) distrust.failedAlone(peer, piece, 0);
      distrust.check();
    }
  });
});

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

  it("is about that piece alone when one piece fails again and again: the torrent may be wrong about it", () => {
    const distrust = new Distrust();
    for (let time = 1; time <= 3; time++) {
      expect(distrust.mayAskFor(5, LIAR, 1, time)).toBe(true);
      expect(distrust.failedAlone(LIAR, 5, time)).toBe(false);
    }
    expect(distrust.mayAskFor(5, LIAR, 1, 4)).toBe(false);
    expect(distrust.mayAskFor(6, LIAR, 1, 4)).toBe(true);
    expect(distrust.mayAskFor(5, LIAR, 1, 3_600_003)).toBe(true);
  });

  it("lets another peer try first, and then the same ones again", () => {
    const distrust = new Distrust();
    distrust.failedAlone(LIAR, 5, 0);
    expect(distrust.mayAskFor(5, LIAR, 2, 1)).toBe(false);
    expect(distrust.mayAskFor(5, OTHER, 2, 1)).toBe(true);
    distrust.failedAlone(OTHER, 5, 1);
    expect(distrust.mayAskFor(5, LIAR, 2, 2)).toBe(true);
    expect(distrust.mayAskFor(5, OTHER, 2, 2)).toBe(true);
    distrust.forget(5);
    expect(distrust.pieceCount).toBe(0);
    expect(distrust.mayAskFor(5, LIAR, 2, 2)).toBe(true);
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

  it("remembers a bounded number of places and pieces", () => {
    const distrust = new Distrust();
    for (let one = 0; one < 3000; one++) {
      const peer = { address: `198.51.${one >> 8}.${one & 255}`, port: 6881 };
      for (const piece of one % 2 === 0 ? [one] : [1, 2, 3]) distrust.failedAlone(peer, piece, 0);
      distrust.check();
    }
  });

  describe("of a thousand, where the oldest makes room for one more,", () => {
    const [first, second, ...others] = Array.from({ length: 1001 }, (_, at) => ({ address: `198.51.${at >> 8}.${at & 255}`, port: 6881 }));
    if (first === undefined || second === undefined) throw new Error("there are two");
    const last = others.pop() ?? LIAR;

    it("remembers who is asked for nothing", () => {
      const distrust = new Distrust();
      const fall = (peer: typeof LIAR): void => [1, 2, 3].forEach((piece) => distrust.failedAlone(peer, piece, 0));
      for (const peer of [first, second, ...others]) fall(peer);
      expect([first, second].map((peer) => distrust.isDistrusted(peer, 0))).toEqual([true, true]);
      fall(last);
      expect([first, second].map((peer) => distrust.isDistrusted(peer, 0))).toEqual([false, true]);
    });

    it("remembers how many pieces in a row were false", () => {
      const distrust = new Distrust();
      for (const peer of [first, second, ...others, last]) for (const piece of [1, 2]) distrust.failedAlone(peer, piece, 0);
      expect([second, first].map((peer) => distrust.failedAlone(peer, 3, 0))).toEqual([true, false]);
    });

    it("remembers the pieces", () => {
      const distrust = new Distrust();
      for (let piece = 0; piece <= 1000; piece++) distrust.failedAlone(LIAR, piece, 0);
      expect(distrust.pieceCount).toBe(1000);
      expect([0, 1].map((piece) => distrust.mayAskFor(piece, LIAR, 2, 0))).toEqual([true, false]);
    });
  });
});

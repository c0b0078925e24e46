import { describe, expect, it } from "vitest";
import { Turns } from "./turns.ts";

const PIECE_LENGTH = 256 * 1024;

function sendWhole(turns: Turns, peer: number, piece: number, now: number): void {
  turns.begin(peer, piece, now);
  turns.sent(peer, piece, PIECE_LENGTH);
}

describe("Turns", () => {
  it("has room for four whole pieces before it knows how fast they arrive", () => {
    const turns = new Turns();
    for (let piece = 0; piece < 4; piece++) {
      expect(turns.hasRoom(PIECE_LENGTH, 0)).toBe(true);
      sendWhole(turns, 1, piece, 0);
    }
    expect(turns.hasRoom(PIECE_LENGTH, 0)).toBe(false);
    expect(turns.arrived(1, 0, 50)).toBe(true);
    expect(turns.hasRoom(PIECE_LENGTH, 50)).toBe(true);
  });

  it("counts what left and not what was begun", () => {
    const turns = new Turns();
    for (let piece = 0; piece < 100; piece++) turns.begin(1, piece, 0);
    expect(turns.hasRoom(PIECE_LENGTH, 0)).toBe(true);
  });

  it("has room for more where pieces arrive fast", () => {
    const turns = new Turns();
    let now = 0;
    for (let piece = 0; piece < 400; piece++) {
      sendWhole(turns, 1, piece, now);
      now += 2;
      turns.arrived(1, piece, now);
    }
    for (let piece = 400; piece < 440; piece++) sendWhole(turns, 1, piece, now);
    expect(turns.hasRoom(PIECE_LENGTH, now)).toBe(true);
  });

  it("stops counting a turn that takes far longer than others did", () => {
    const turns = new Turns();
    for (let piece = 0; piece < 4; piece++) sendWhole(turns, 1, piece, 0);
    expect(turns.hasRoom(PIECE_LENGTH, 500)).toBe(false);
    expect(turns.hasRoom(PIECE_LENGTH, 1_000)).toBe(true);
    expect(turns.areAllOf(2, 1_000)).toBe(true);
  });

  it("forgets turns that have nothing more to send and were never announced", () => {
    const turns = new Turns();
    sendWhole(turns, 1, 0, 0);
    turns.expire(100, () => true);
    expect(turns.size).toBe(1);
    turns.expire(1_000, () => false);
    expect(turns.size).toBe(1);
    turns.expire(1_000, () => true);
    expect(turns.size).toBe(0);
  });
});

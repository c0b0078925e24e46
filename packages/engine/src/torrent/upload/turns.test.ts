import { describe, expect, it } from "vitest";
import { Turns } from "./turns.ts";

const PIECE_LENGTH = 256 * 1024;

/** Turns of peers that ask for nothing more, and of whom the system has taken all unless they are `unsent`. */
function turnsWith({ unsent = [], isAsked = false }: { unsent?: number[]; isAsked?: boolean } = {}): Turns {
  return new Turns({ pieceByteLength: () => PIECE_LENGTH, isAskedFor: () => isAsked, isUnsent: (peer) => unsent.includes(peer) });
}

function sendWhole(turns: Turns, peer: number, piece: number, now: number): void {
  turns.begin(peer, piece, now);
  turns.sent(peer, piece, PIECE_LENGTH);
}

describe("Turns", () => {
  it("has room while the system has taken what was handed over, up to ten pieces that have not arrived", () => {
    const turns = turnsWith();
    for (let piece = 0; piece < 10; piece++) {
      expect(turns.hasRoom(PIECE_LENGTH, 0)).toBe(true);
      sendWhole(turns, 1, piece, 0);
    }
    expect(turns.hasRoom(PIECE_LENGTH, 0)).toBe(false);
    expect(turns.arrived(1, 0, 50)).toBe(true);
    expect(turns.hasRoom(PIECE_LENGTH, 50)).toBe(true);
  });

  it("waits for the uplink when two are unsent, and not for one who may be slow for himself", () => {
    const unsent = [1, 2];
    const turns = turnsWith({ unsent });
    sendWhole(turns, 1, 0, 0);
    expect(turns.hasRoom(PIECE_LENGTH, 0)).toBe(true);
    sendWhole(turns, 2, 1, 0);
    expect(turns.hasRoom(PIECE_LENGTH, 0)).toBe(false);
    unsent.pop();
    expect(turns.hasRoom(PIECE_LENGTH, 0)).toBe(true);
  });

  it("begins twice as many over links that were silent, because they begin slowly", () => {
    const turns = turnsWith({ unsent: [1, 2, 3, 4] });
    for (let peer = 1; peer <= 4; peer++) {
      expect(turns.hasRoom(PIECE_LENGTH, 0)).toBe(true);
      turns.begin(peer, 0, 0, true);
      turns.sent(peer, 0, PIECE_LENGTH);
    }
    expect(turns.hasRoom(PIECE_LENGTH, 0)).toBe(false);
  });

  it("counts what left and not what was begun", () => {
    const turns = turnsWith();
    for (let piece = 0; piece < 100; piece++) turns.begin(1, piece, 0);
    expect(turns.hasRoom(PIECE_LENGTH, 0)).toBe(true);
  });

  it("has room for more where pieces arrive fast", () => {
    const turns = turnsWith();
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
    const turns = turnsWith({ unsent: [1] });
    for (let piece = 0; piece < 4; piece++) sendWhole(turns, 1, piece, 0);
    expect(turns.hasRoom(PIECE_LENGTH, 500)).toBe(false);
    expect(turns.hasRoom(PIECE_LENGTH, 1_000)).toBe(true);
    expect(turns.areAllOf(2, 1_000)).toBe(true);
  });

  it("forgets turns that have nothing more to send and were never announced", () => {
    const turns = turnsWith();
    sendWhole(turns, 1, 0, 0);
    turns.expire(100);
    expect(turns.size).toBe(1);
    turns.expire(1_000);
    expect(turns.size).toBe(0);
    const asked = turnsWith({ isAsked: true });
    sendWhole(asked, 1, 0, 0);
    asked.expire(1_000);
    expect(asked.size).toBe(1);
  });

  it("remembers a piece that has left in part, so that the rest goes first when it is asked for", () => {
    const turns = turnsWith();
    turns.begin(1, 0, 0);
    turns.sent(1, 0, PIECE_LENGTH / 2);
    turns.expire(10_000);
    expect(turns.has(1, 0)).toBe(true);
    // It keeps nobody waiting meanwhile.
    expect([turns.countOf(1, 100), turns.countOf(1, 10_000)]).toEqual([1, 0]);
    turns.expire(30_000);
    expect(turns.size).toBe(0);
  });
});

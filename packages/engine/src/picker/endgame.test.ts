import { BLOCK_LENGTH, KIB, MIB } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { choosesDuplicate, type DuplicateBudget, isEndgame, mayDuplicate } from "./endgame.ts";

const SLOW = { askedAt: 0, rate: 16 * KIB, outstanding: 10 };
const FAST = { rate: 1024 * KIB, outstanding: 2 };

describe("the end game", () => {
  it("begins when no block of a wanted piece is left to ask for", () => {
    expect(isEndgame({ openBlocks: 0, wantedMissing: 3, started: 3 })).toBe(true);
    expect(isEndgame({ openBlocks: 1, wantedMissing: 3, started: 3 })).toBe(false);
    expect(isEndgame({ openBlocks: 0, wantedMissing: 3, started: 2 })).toBe(false);
    expect(isEndgame({ openBlocks: 0, wantedMissing: 0, started: 0 })).toBe(false);
  });

  it("asks a fast peer for what a slow one still needs long for", () => {
    expect(choosesDuplicate(SLOW, FAST, 100)).toBe(true);
  });

  it("leaves a block with the peer that brings it nearly as soon", () => {
    expect(choosesDuplicate({ ...SLOW, rate: FAST.rate * 0.9, outstanding: 2 }, FAST, 100)).toBe(false);
    expect(choosesDuplicate({ askedAt: 0, ...FAST }, { rate: SLOW.rate, outstanding: SLOW.outstanding }, 100)).toBe(false);
  });

  it("leaves a block with the peer that brings it in less than twice the time", () => {
    expect(choosesDuplicate(SLOW, { rate: 20 * KIB, outstanding: 7 }, 100)).toBe(false);
    expect(choosesDuplicate(SLOW, { rate: 40 * KIB, outstanding: 7 }, 100)).toBe(true);
  });

  it("is patient with a peer that was just asked for the first time", () => {
    expect(choosesDuplicate({ askedAt: 0, rate: 0, outstanding: 1 }, FAST, 500)).toBe(false);
    expect(choosesDuplicate({ askedAt: 0, rate: 0, outstanding: 1 }, FAST, 2_500)).toBe(true);
  });

  it("takes a block that is long overdue for lost, even at a peer with a rate", () => {
    const overtaken = { askedAt: 0, rate: 1024 * KIB, outstanding: 1 };
    expect(choosesDuplicate(overtaken, FAST, 200)).toBe(false);
    expect(choosesDuplicate(overtaken, FAST, 10_000)).toBe(true);
  });
});

describe("mayDuplicate", () => {
  const budget = (askedTwiceLength: number, wantedLength: number): DuplicateBudget => ({ askedTwiceLength, wantedLength });

  /** Busy with others, and not far slower. */
  const LATE = { askedAt: 0, rate: 300 * KIB, outstanding: 24 };

  it("risks no more than one per cent of the download, and half of that for what is a little late", () => {
    const countOf = (late: typeof LATE): number => {
      let asked = 0;
      while (asked < 100 && mayDuplicate(late, FAST, budget(asked * BLOCK_LENGTH, 8 * MIB), 100)) asked++;
      return asked;
    };
    expect(countOf(LATE)).toBe(5);
    expect(countOf({ ...LATE, outstanding: 12 })).toBe(2);
  });

  it("risks one block however small the download is", () => {
    expect(mayDuplicate(LATE, FAST, budget(0, BLOCK_LENGTH), 100)).toBe(true);
    expect(mayDuplicate(LATE, FAST, budget(BLOCK_LENGTH, BLOCK_LENGTH), 100)).toBe(false);
  });

  it("does not count what a far slower peer needs half a second more for: it brings little that could be wasted", () => {
    expect(mayDuplicate(SLOW, FAST, budget(MIB, MIB), 100)).toBe(true);
  });

  it("nor where the other one has been idle, and its rate says less than it can do", () => {
    // What was measured in a swarm of six: the last piece came from an uplink of 1 Mbit/s, three seconds after another one had all of it.
    const late = { askedAt: 0, rate: 75 * KIB, outstanding: 11 };
    const idle = { rate: 390 * KIB, outstanding: 0 };
    expect(mayDuplicate(late, idle, budget(BLOCK_LENGTH, 2 * MIB), 1_245)).toBe(true);
    expect(mayDuplicate(late, { ...idle, rate: 290 * KIB }, budget(BLOCK_LENGTH, 2 * MIB), 1_245)).toBe(false);
  });

  it("still asks again for a block whose peer fell silent", () => {
    const silent = { askedAt: 0, rate: 0, outstanding: 1 };
    expect(mayDuplicate(silent, FAST, budget(MIB, MIB), 5_000)).toBe(true);
  });

  it("asks nobody who would not be much sooner", () => {
    expect(mayDuplicate(SLOW, SLOW, budget(0, 8 * MIB), 100)).toBe(false);
  });
});

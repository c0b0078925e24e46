import { BLOCK_LENGTH, KIB, MIB } from "@bittern/protocol/base";
import { seededRandom } from "@bittern/protocol/fuzz";
import { describe, expect, it } from "vitest";
import { choosesDuplicate, Endgame, isEndgame } from "./endgame.ts";

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

describe("Endgame", () => {
  it("risks no more than one per cent of the download", () => {
    const endgame = new Endgame(8 * MIB);
    let asked = 0;
    while (endgame.mayDuplicate(SLOW, FAST, BLOCK_LENGTH, 100)) asked++;
    expect(asked).toBe(5);
    for (let settled = 0; settled < asked; settled++) endgame.settled(BLOCK_LENGTH, false);
    expect(endgame.mayDuplicate(SLOW, FAST, BLOCK_LENGTH, 100)).toBe(true);
  });

  it("counts what came twice against the allowance for good", () => {
    const endgame = new Endgame(2 * MIB);
    expect(endgame.mayDuplicate(SLOW, FAST, BLOCK_LENGTH, 100)).toBe(true);
    endgame.settled(BLOCK_LENGTH, true);
    expect(endgame.wasted).toBe(BLOCK_LENGTH);
    expect(endgame.mayDuplicate(SLOW, FAST, BLOCK_LENGTH, 100)).toBe(false);
  });

  it("still asks again for a block whose peer fell silent", () => {
    const endgame = new Endgame(MIB);
    const silent = { askedAt: 0, rate: 0, outstanding: 1 };
    for (let round = 0; round < 3; round++) expect(endgame.mayDuplicate(silent, FAST, BLOCK_LENGTH, 5_000)).toBe(true);
  });

  it("wastes under one per cent whatever the rates are, as long as peers deliver what they promise", () => {
    const random = seededRandom(3);
    for (let run = 0; run < 50; run++) {
      const length = 64 * MIB;
      const endgame = new Endgame(length);
      for (let block = 0; block < 2_000; block++) {
        const late = { askedAt: 0, rate: 1 + (random.u32() % MIB), outstanding: 1 + (random.u32() % 64) };
        const other = { rate: 1 + (random.u32() % MIB), outstanding: random.u32() % 64 };
        if (endgame.mayDuplicate(late, other, BLOCK_LENGTH, random.u32() % 1_000)) endgame.settled(BLOCK_LENGTH, random.u32() % 2 === 0);
      }
      expect(endgame.wasted).toBeLessThanOrEqual(length / 100);
    }
  });
});

import { describe, expect, it } from "vitest";
import { type PrioritizedFile, piecePriorities } from "./priority.ts";

function file(offset: number, length: number, priority: number, isPad = false): PrioritizedFile {
  return { offset, length, priority, isPad };
}

describe("the priority of a piece", () => {
  it("is that of the file it lies in", () => {
    expect([...piecePriorities([file(0, 20, 1), file(20, 20, 4)], { pieceLength: 10, pieceCount: 4 })]).toEqual([1, 1, 4, 4]);
  });

  it("is that of the most wanted file it has a byte of", () => {
    expect([...piecePriorities([file(0, 11, 7), file(11, 9, 1)], { pieceLength: 10, pieceCount: 2 })]).toEqual([7, 7]);
    expect([...piecePriorities([file(0, 5, 0), file(5, 5, 4)], { pieceLength: 10, pieceCount: 1 })]).toEqual([4]);
  });

  it("is 0 where no wanted file has a byte", () => {
    expect([...piecePriorities([file(0, 10, 0), file(10, 10, 1)], { pieceLength: 10, pieceCount: 2 })]).toEqual([0, 1]);
  });

  it("comes neither from pads nor from empty files", () => {
    expect([...piecePriorities([file(0, 10, 7, true), file(10, 0, 7), file(10, 5, 1)], { pieceLength: 10, pieceCount: 2 })]).toEqual([
      0, 1,
    ]);
  });
});

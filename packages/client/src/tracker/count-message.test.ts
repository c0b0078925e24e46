import { describe, expect, it } from "vitest";
import { decodeCounts, encodeCounts } from "./count-message.ts";

const name = (byte: number): string => String.fromCharCode(byte).repeat(20);

describe("Completions in a message", () => {
  it("are read as they were written, any byte in their hashes", () => {
    const message = encodeCounts([
      [name(255), 1],
      [name(0), 2 ** 32 - 1],
    ]);
    expect([...decodeCounts(message)]).toEqual([
      [new Uint8Array(20).fill(255), 1],
      [new Uint8Array(20), 2 ** 32 - 1],
    ]);
  });

  it("are those that are whole", () => {
    const message = encodeCounts([
      [name(1), 7],
      [name(2), 8],
    ]);
    expect([...decodeCounts(message.subarray(0, 47))]).toEqual([[new Uint8Array(20).fill(1), 7]]);
    expect([...decodeCounts(undefined)]).toEqual([]);
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { automaticPieceLength } from "./index.ts";

const UNITS: Record<string, number> = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };
const bytes = (text: string) => {
  const [count, unit] = text.trim().split(" ");
  return Number(count) * UNITS[unit!]!;
};

/** The rows of docs/piece-length.md. */
const ROWS = readFileSync(new URL("../../../../docs/piece-length.md", import.meta.url), "utf8")
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .filter((cells) => cells.length === 5 && /^(up to|more)/.test(cells[1]!))
  .map(([, content, pieceLength]) => ({ content: content!, pieceLength: bytes(pieceLength!) }));

describe("automaticPieceLength", () => {
  it("is what the table of the documentation says, on both sides of every border", () => {
    expect(ROWS.length).toBe(13);
    let from = 0;
    for (const { content, pieceLength } of ROWS) {
      expect(automaticPieceLength(from)).toBe(pieceLength);
      if (content === "more") break;
      const border = bytes(content.replace("up to ", ""));
      expect(automaticPieceLength(border)).toBe(pieceLength);
      from = border + 1;
    }
    expect(automaticPieceLength(2 ** 50)).toBe(2 ** 28);
  });
});

/** @module */
import { describe, expect, it } from "vitest";
import { Canvas, rowMark } from "./canvas.ts";

function stage(lines = 4) {
  const said: string[] = [];
  const size = { columns: 10, lines };
  const canvas = new Canvas({ size, write: (text) => void said.push(text) });
  /** Row -> what is drawn there. */
  const draw = (rows: Readonly<Record<number, string>>): void =>
    canvas.draw(
      Object.entries(rows)
        .map(([row, line]) => (rowMark(Number(row)) + line).trimEnd())
        .join("\n"),
    );
  return { canvas, draw, size, take: () => said.splice(0).join("").replaceAll("\u001b", "^") };
}

describe("The canvas", () => {
  it("draws a first frame whole, then only the lines that changed, each in its place", () => {
    const { draw, take } = stage();
    draw({ 0: "one", 1: "two", 2: "" });
    expect(take()).toBe("^[?2026h^[2J^[1;1H^[Kone^[2;1H^[Ktwo^[3;1H^[K^[?2026l");
    draw({ 1: "TWO" });
    expect(take()).toBe("^[?2026h^[2;1H^[KTWO^[?2026l");
    draw({ 0: "one", 1: "TWO" });
    expect(take()).toBe("");
    draw({ 1: "" });
    expect(take()).toBe("^[?2026h^[2;1H^[K^[?2026l");
  });

  it("draws everything again when the screen is not what it was, what is given now and what it knows", () => {
    const { canvas, draw, take } = stage();
    draw({ 0: "one", 1: "two" });
    take();
    canvas.forget();
    draw({ 1: "TWO" });
    expect(take()).toBe("^[?2026h^[2J^[1;1H^[Kone^[2;1H^[KTWO^[?2026l");
  });

  it("never draws below the last line", () => {
    const { draw, take } = stage(2);
    draw({ 0: "1", 1: "2", 2: "3" });
    expect(take()).not.toContain("3;1H");
  });

  it("shows a fault of Ink's where it comes, which knows of no places", () => {
    const { canvas, take } = stage();
    canvas.draw("  ERROR  no\n\n at x");
    expect(take()).toBe("^[?2026h^[2J^[1;1H^[K  ERROR  no^[2;1H^[K^[3;1H^[K at x^[?2026l");
  });

  it("looks like the stream of a terminal, of the size that it has now and with room for the mark", () => {
    const { canvas, size, take } = stage();
    expect([canvas.stream.isTTY, canvas.stream.columns, canvas.stream.rows]).toEqual([true, 10 + rowMark(0).length, 4]);
    size.columns = 99;
    expect(canvas.stream.columns).toBe(99 + rowMark(0).length);
    canvas.stream.write(`${rowMark(0)}hello`);
    canvas.stream.write("");
    expect(take()).toContain("hello");
  });
});

/** @module */
import { describe, expect, it } from "vitest";
import { Canvas } from "./canvas.ts";

function stage(lines = 4) {
  const said: string[] = [];
  const size = { columns: 10, lines };
  const canvas = new Canvas({ size, write: (text) => void said.push(text) });
  return { canvas, size, take: () => said.splice(0).join("").replaceAll("\u001b", "^") };
}

describe("The canvas", () => {
  it("draws a first frame whole, then only the lines that changed", () => {
    const { canvas, take } = stage();
    canvas.draw("one\ntwo");
    expect(take()).toBe("^[?2026h^[2J^[1;1H^[Kone^[2;1H^[Ktwo^[?2026l");
    canvas.draw("one\nTWO");
    expect(take()).toBe("^[?2026h^[2;1H^[KTWO^[?2026l");
    canvas.draw("one\nTWO");
    expect(take()).toBe("");
  });
  it("draws everything again when the screen is not what it was", () => {
    const { canvas, take } = stage();
    canvas.draw("one");
    take();
    canvas.forget();
    canvas.draw("one");
    expect(take()).toBe("^[?2026h^[2J^[1;1H^[Kone^[?2026l");
  });
  it("never draws below the last line", () => {
    const { canvas, take } = stage(2);
    canvas.draw("1\n2\n3");
    expect(take()).not.toContain("3;1H");
  });
  it("looks like the stream of a terminal, of the size that it has now", () => {
    const { canvas, size, take } = stage();
    expect([canvas.stream.isTTY, canvas.stream.columns, canvas.stream.rows]).toEqual([true, 10, 4]);
    size.columns = 99;
    expect(canvas.stream.columns).toBe(99);
    canvas.stream.write("hello");
    canvas.stream.write("");
    expect(take()).toContain("hello");
  });
});

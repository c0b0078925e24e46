/** @module */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { displayWidth, fit, pad, printable, wrap } from "./text.ts";

describe("Text from strangers", () => {
  it("is shown as it is when it is harmless", () => {
    expect(printable("Ärger mit Öl: 日本語 🎉.txt")).toBe("Ärger mit Öl: 日本語 🎉.txt");
  });
  it("cannot move the cursor, colour the screen or read backwards", () => {
    expect(printable("a\u001b[2Jb\r\n\u202egnp.exe")).toBe("a\\u{1b}[2Jb\\u{d}\\u{a}\\u{202e}gnp.exe");
  });
});

describe("Width", () => {
  it("counts wide signs twice and marks not at all", () => {
    expect(["abc", "日本", "e\u0301", "🎉"].map(displayWidth)).toEqual([3, 4, 1, 2]);
  });
  it("is kept by lines, which lose nothing but the spaces between them", () => {
    expect(wrap("one has 40 digits, or http://a-long-name.example/", 12)).toEqual([
      "one has 40",
      "digits, or",
      "http://a-lon",
      "g-name.examp",
      "le/",
    ]);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 2, max: 40 }), (text, width) => {
        const lines = wrap(text, width);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
      }),
    );
  });
  it("is kept by fit and reached by pad", () => {
    expect(fit("a-long-file-name.iso", 12)).toBe("a-long-f…iso");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 0, max: 40 }), (text, width) => {
        expect(displayWidth(fit(text, width))).toBeLessThanOrEqual(Math.max(width, 0));
        expect(displayWidth(pad(fit(text, width), width))).toBe(width);
      }),
    );
  });
});

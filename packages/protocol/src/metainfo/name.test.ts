import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { utf8 } from "../base/index.ts";
import { numberedPart, partText, safePart } from "./name.ts";

const byteLength = (text: string) => utf8(text).length;

describe("safePart", () => {
  it.each([
    "name",
    "foo... bar",
    "..hidden",
    "...",
    "Q: what?.txt",
    'a"b<c>d|e*f\\g',
    "trailing. ",
    " leading",
    "CON",
    "~",
    "-rf",
    "\u00e4\u20ac\u{1f426}",
    // The two forms of one letter stay two names.
    "\u00e9",
    "e\u0301",
    "\ufeffmark",
    "a\u200bb",
  ])("keeps %j as it is", (part) => {
    expect(safePart(part, "posix")).toBe(part);
  });

  it.each([
    [".", "_"],
    ["..", "__"],
    ["a/b", "a_b"],
    ["/etc/passwd", "_etc_passwd"],
    ["../../x", ".._.._x"],
    ["nul\u0000byte", "nul_byte"],
    ["line\nbreak\ttab\u001besc\u007fdel", "line_break_tab_esc_del"],
    ["c1\u0085\u009f", "c1__"],
    ["photo\u202egnp.exe", "photo_gnp.exe"],
    ["\u200e\u200f\u061c\u2066\u2069", "_____"],
    ["", ""],
  ])("makes %j safe as %j", (part, safe) => {
    expect(safePart(part, "posix")).toBe(safe);
  });

  it.each([
    ["Q: what?.txt", "Q_ what_.txt"],
    ["D:x", "D_x"],
    ["file:stream", "file_stream"],
    ["a\\b", "a_b"],
    ["trailing. ", "trailing__"],
    ["dots...", "dots___"],
    ["CON", "_CON"],
    ["con.txt", "_con.txt"],
    ["nul .txt", "_nul .txt"],
    ["COM\u00b9", "_COM\u00b9"],
    ["LPT9.log", "_LPT9.log"],
    ["CONSOLE", "CONSOLE"],
    ["COM10", "COM10"],
    ["honest name.txt", "honest name.txt"],
  ])("makes %j portable as %j", (part, safe) => {
    expect(safePart(part, "portable")).toBe(safe);
  });

  it("shortens to 240 bytes, between characters, and keeps the extension", () => {
    expect(safePart("x".repeat(240), "posix")).toBe("x".repeat(240));
    expect(safePart("x".repeat(300), "posix")).toBe("x".repeat(240));
    expect(safePart(`${"x".repeat(300)}.mkv`, "posix")).toBe(`${"x".repeat(236)}.mkv`);
    expect(safePart(`${"\u20ac".repeat(100)}.mkv`, "posix")).toBe(`${"\u20ac".repeat(78)}.mkv`);
    expect(safePart(`${"\u{1f426}".repeat(100)}a`, "posix")).toBe("\u{1f426}".repeat(60));
    expect(safePart(`.${"x".repeat(300)}`, "posix").length).toBe(240);
  });

  it("gives a name that is safe under the same rules and stays as it is", () => {
    const parts = fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.stringMatching(/^[./\\: conulCONUL\u0000-\u001f]{0,12}$/));
    fc.assert(
      fc.property(parts, fc.constantFrom("posix" as const, "portable" as const), (part, rules) => {
        const safe = safePart(part, rules);
        expect(safePart(safe, rules)).toBe(safe);
        expect(byteLength(safe)).toBeLessThanOrEqual(240);
        expect(safe).not.toMatch(/[/\0]|^\.{1,2}$/);
        expect(safe === "").toBe(part === "");
      }),
    );
  });
});

describe("numberedPart", () => {
  it("counts before the extension", () => {
    expect(numberedPart("a.txt", 1)).toBe("a.1.txt");
    expect(numberedPart("a", 2)).toBe("a.2");
    expect(numberedPart(".hidden", 3)).toBe(".hidden.3");
    expect(numberedPart("a.no extension at all", 4)).toBe("a.no extension at all.4");
  });

  it("stays within 240 bytes", () => {
    expect(numberedPart(`${"x".repeat(236)}.mkv`, 12)).toBe(`${"x".repeat(233)}.12.mkv`);
  });
});

describe("partText", () => {
  it("reads UTF-8, short and long, and marks what is none", () => {
    expect(partText(utf8("plain"))).toBe("plain");
    expect(partText(utf8("\u00e4"))).toBe("\u00e4");
    expect(partText(utf8("x".repeat(100)))).toBe("x".repeat(100));
    expect(partText(Uint8Array.of(0x61, 0xff, 0x62))).toBe("a\ufffdb");
  });
});

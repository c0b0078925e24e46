/** @module */
import type { FaceInput } from "@bittern/faces";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeyReader } from "./key-reader.ts";

const read = (text: string): readonly FaceInput[] => new KeyReader().read(text);
const keys = (text: string): readonly string[] => read(text).map((input) => (input.type === "key" ? input.key : input.type));

describe("Keys of a terminal", () => {
  it("have the names the store knows", () => {
    expect(keys("aZ \r\t\u007f\u0003")).toEqual(["a", "Z", "space", "enter", "tab", "backspace", "ctrl+c"]);
    expect(keys("\u001b[A\u001bOB\u001b[5~\u001b[6~\u001b[H\u001b[4~\u001b[3~\u001b[Z\u001bOP")).toEqual([
      ...["up", "down", "pageup", "pagedown", "home"],
      ...["end", "delete", "shift+tab", "f1"],
    ]);
    expect(keys("\u001b[1;5A\u001b[6;2~")).toEqual(["up", "pagedown"]);
    expect(keys("é😀")).toEqual(["é", "😀"]);
  });
  it("come one by one when they are typed fast", () => expect(keys("jjq\r")).toEqual(["j", "j", "q", "enter"]));
  it("tell Escape from the beginning of a sequence", () => {
    expect(keys("\u001b")).toEqual(["escape"]);
    expect(keys("\u001b\u001b")).toEqual(["escape", "escape"]);
    expect(keys("\u001bx")).toEqual(["escape", "x"]);
  });
  it("are never text when they are not known", () => expect(keys("\u001b[?1;2c\u001b[201~\u001b[99;99Xa")).toEqual(["a"]));
  it("arrive as a whole when something is pasted", () => {
    expect(keys("\u001b[200~magnet:?xt=\n\u001b[Ax\u001b[201~q")).toEqual(["text:magnet:?xt=\n\u001b[Ax", "q"]);
    const reader = new KeyReader();
    const parts = ["\u001b[200~one", " two\u001b[20", "1~q"].flatMap((chunk) => [...reader.read(chunk)]);
    expect(parts).toEqual([
      { type: "key", key: "text:one two" },
      { type: "key", key: "q" },
    ]);
  });
});

describe("The mouse of a terminal", () => {
  it("presses, and turns its wheel", () => {
    expect(read("\u001b[<0;3;2M\u001b[<0;3;2m\u001b[<64;1;1M\u001b[<69;1;1M\u001b[<35;9;9M\u001b[<2;1;1M")).toEqual([
      { type: "mouse", what: "press", line: 1, column: 2 },
      { type: "mouse", what: "wheel-up", line: 0, column: 0 },
      { type: "mouse", what: "wheel-down", line: 0, column: 0 },
    ]);
  });
});

describe("What a terminal sends without end", () => {
  it("is 65,536 signs of a paste, in one piece or in many", () => {
    const pasted = (length: number, cut: number): number => {
      const reader = new KeyReader();
      const text = `\u001b[200~${"x".repeat(length)}\u001b[201~`;
      const inputs = [...reader.read(text.slice(0, cut)), ...reader.read(text.slice(cut))];
      return inputs.reduce((sum, input) => sum + (input.type === "key" ? input.key.length - "text:".length : 0), 0);
    };
    for (const cut of [0, 3, 1000, 65_540]) expect([pasted(65_536, cut), pasted(65_537, cut)]).toEqual([65_536, 65_536]);
  });

  it("is 64 signs of a sequence that does not end; what is longer is typed", () => {
    const begun = (length: number): number => new KeyReader().read(`\u001b[${"1".repeat(length - 2)}`).length;
    expect([begun(64), begun(65)]).toEqual([0, 65]);
  });
});

describe("Anything that may arrive", () => {
  const pieces = fc.constantFrom(
    "a",
    "\u001b[A",
    "\u001b[5~",
    "\u001b[<0;1;1M",
    "\u001b[200~",
    "\u001b[201~",
    "x\r",
    "é",
    "\u001b[1;5",
    "\u001bO",
  );
  it("never throws, keeps little, and goes on after a paste that did not end", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: "binary" })), { maxLength: 30 }), (chunks) => {
        const reader = new KeyReader();
        for (const chunk of chunks) reader.read(chunk);
        const after = reader.read("\u001b[201~\u001b[201~q");
        expect(after.at(-1)).toEqual({ type: "key", key: "q" });
      }),
    );
  });
  it("means the same wherever it is cut, but for a lone Escape", () => {
    fc.assert(
      fc.property(fc.array(pieces), fc.array(fc.nat(200)), (parts, cuts) => {
        const text = parts.join("");
        const places = [...new Set(cuts.map((cut) => Math.min(cut, text.length)))]
          .filter((cut) => text[cut - 1] !== "\u001b")
          .toSorted((one, other) => one - other);
        const reader = new KeyReader();
        const cut = [0, ...places].flatMap((from, at) => [...reader.read(text.slice(from, places[at] ?? text.length))]);
        expect(cut).toEqual(read(text));
      }),
    );
  });
});

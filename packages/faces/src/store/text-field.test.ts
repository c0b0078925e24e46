/** @module */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TextField, textField, typed } from "./text-field.ts";

function after(keys: readonly string[], from: TextField = textField()): TextField {
  return keys.reduce((field, key) => typed(field, key) ?? field, from);
}

describe("A field of text", () => {
  it("is edited where the cursor stands", () => {
    expect(after(["a", "c", "left", "b"])).toEqual({ text: "abc", cursor: 2 });
    expect(after(["a", "b", "backspace", "home", "delete"])).toEqual({ text: "", cursor: 0 });
    expect(after(["ctrl+w"], textField("one two "))).toEqual({ text: "one ", cursor: 4 });
    expect(after(["home", "right", "ctrl+k"], textField("one"))).toEqual({ text: "o", cursor: 1 });
    expect(after(["ctrl+u", "space"], textField("one"))).toEqual({ text: " ", cursor: 1 });
  });
  it("takes pasted text without its line ends, and counts an emoji as one", () => {
    expect(after(["text:a\r\nb😀\u001b", "backspace"])).toEqual({ text: "ab", cursor: 2 });
  });
  it("holds 8,192 signs, and drops what is pasted beyond", () => {
    const full = after([`text:${"😀".repeat(8192)}`]);
    expect([...full.text].length).toBe(8192);
    expect(after(["x"], full)).toEqual(full);
    expect([...after(["text:abc"], textField("y".repeat(8190))).text].length).toBe(8192);
  });
  it("has its cursor in the text after any keys, and an end", () => {
    const keys = fc.constantFrom(
      "a",
      "é",
      "😀",
      "left",
      "right",
      "home",
      "end",
      "backspace",
      "delete",
      "ctrl+w",
      "ctrl+k",
      "space",
      "text:xyz",
    );
    fc.assert(
      fc.property(fc.array(keys), (pressed) => {
        const { text, cursor } = after(pressed);
        expect(cursor).toBeGreaterThanOrEqual(0);
        expect(cursor).toBeLessThanOrEqual([...text].length);
      }),
    );
    expect([...after([`text:${"x".repeat(100_000)}`]).text]).toHaveLength(8192);
  });
  it("leaves other keys to others", () => expect(typed(textField(), "f1")).toBeUndefined());
});

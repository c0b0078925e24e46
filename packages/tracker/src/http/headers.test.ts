import { utf8 } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { headersOf } from "./headers.ts";

function read(text: string): ReadonlyMap<string, string> {
  const bytes = utf8(text);
  return headersOf(bytes, 0, bytes.length);
}

describe("Headers as text", () => {
  it("have names in lower case, values without the blanks around them, and one value where a name comes twice", () => {
    const headers = read("Host: \t a b \t\r\nX-Forwarded-For:1.1.1.1\r\nx-forwarded-for: 2.2.2.2\r\nEmpty: \t \r\nno header\r\n");
    expect([...headers]).toEqual([
      ["host", "a b"],
      ["x-forwarded-for", "1.1.1.1, 2.2.2.2"],
      ["empty", ""],
    ]);
  });

  it("are read in one go, however many blanks stand within a value", () => {
    // An expression that tries each blank as the beginning of the last ones took a second for 8 KiB of them.
    const value = `a${" ".repeat(200_000)}b`;
    expect(read(`X: ${value}\r\n`).get("x")).toBe(value);
  });
});

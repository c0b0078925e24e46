import { describe, expect, it } from "vitest";
import { seededRandom } from "../fuzz/index.ts";
import { Tokens } from "./token.ts";

const MINUTE = 60_000;

describe("a token", () => {
  it("is good for the address it was given to, and for no other", () => {
    const tokens = new Tokens(seededRandom(1));
    const token = tokens.issue("1.2.3.4", 0);
    expect(tokens.isValid(token, "1.2.3.4", 0)).toBe(true);
    expect(tokens.isValid(token, "1.2.3.5", 0)).toBe(false);
    expect(tokens.isValid(token, "2001:db8::1", 0)).toBe(false);
    expect(tokens.isValid(token.subarray(1), "1.2.3.4", 0)).toBe(false);
  });

  it("lives for five to ten minutes", () => {
    const tokens = new Tokens(seededRandom(2));
    const early = tokens.issue("1.2.3.4", 0);
    const late = tokens.issue("1.2.3.4", 4 * MINUTE);
    expect(tokens.isValid(early, "1.2.3.4", 5 * MINUTE)).toBe(true);
    expect(tokens.isValid(late, "1.2.3.4", 9 * MINUTE)).toBe(true);
    expect(tokens.isValid(early, "1.2.3.4", 10 * MINUTE)).toBe(false);
    expect(tokens.isValid(late, "1.2.3.4", 10 * MINUTE)).toBe(false);
  });

  it("is forgotten after a long silence, though nobody turned the secrets meanwhile", () => {
    const tokens = new Tokens(seededRandom(3));
    const token = tokens.issue("1.2.3.4", 0);
    expect(tokens.isValid(token, "1.2.3.4", 60 * MINUTE)).toBe(false);
  });

  it("is another one for another node", () => {
    const token = new Tokens(seededRandom(4)).issue("1.2.3.4", 0);
    expect(new Tokens(seededRandom(5)).isValid(token, "1.2.3.4", 0)).toBe(false);
  });
});

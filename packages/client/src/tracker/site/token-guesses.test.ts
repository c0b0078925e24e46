/** @module */
import { describe, expect, it } from "vitest";
import { TokenGuesses } from "./token-guesses.ts";

describe("Guesses at a token", () => {
  // Ten a minute were free, and the waiting was the same for one who mistyped and one who tried for days.
  it("make their address wait, twice as long each time after the fifth, up to a minute", () => {
    const guesses = new TokenGuesses();
    let now = 0;
    const waits: number[] = [];
    for (let guess = 0; guess < 13; guess++) {
      guesses.noteWrong("192.0.2.1", now);
      waits.push(guesses.waitMillis("192.0.2.1", now) / 1000);
      now += guesses.waitMillis("192.0.2.1", now);
      expect(guesses.waitMillis("192.0.2.1", now)).toBe(0);
    }
    expect(waits).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(guesses.waitMillis("192.0.2.2", now)).toBe(0);
  });

  it("are forgotten with the right token, and ten minutes after the last one", () => {
    const guesses = new TokenGuesses();
    for (let guess = 0; guess < 5; guess++) for (const address of ["one", "other"]) guesses.noteWrong(address, 0);
    guesses.noteRight("one");
    guesses.noteWrong("one", 0);
    guesses.noteWrong("other", 600_001);
    expect([guesses.waitMillis("one", 0), guesses.waitMillis("other", 600_001)]).toEqual([0, 0]);
  });
});

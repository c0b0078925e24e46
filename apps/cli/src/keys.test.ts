/** @module */
import { describe, expect, it } from "vitest";
import { type Keyboard, listenToKeys } from "./keys.ts";

class FakeKeyboard implements Keyboard {
  readonly isTTY: boolean;
  isRaw = false;
  isReading = false;
  #listener: ((text: string) => void) | undefined;
  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }
  setRawMode(raw: boolean): void {
    this.isRaw = raw;
  }
  setEncoding(): void {}
  on(_event: "data", listener: (text: string) => void): void {
    this.#listener = listener;
  }
  off(): void {
    this.#listener = undefined;
  }
  resume(): void {
    this.isReading = true;
  }
  pause(): void {
    this.isReading = false;
  }
  type(text: string): void {
    this.#listener?.(text);
  }
}

describe("Keys", () => {
  it("come one by one, in lower case, without Enter", () => {
    const keyboard = new FakeKeyboard(true);
    const keys: string[] = [];
    const giveBack = listenToKeys((key) => keys.push(key), keyboard);
    expect(keyboard.isRaw).toBe(true);
    keyboard.type("pS");
    keyboard.type("\u0004");
    giveBack();
    keyboard.type("x");
    expect(keys).toEqual(["p", "s", "q"]);
    expect([keyboard.isRaw, keyboard.isReading]).toEqual([false, false]);
  });

  it("leave a pipe alone", () => {
    const keyboard = new FakeKeyboard(false);
    listenToKeys(() => undefined, keyboard)();
    expect([keyboard.isRaw, keyboard.isReading]).toEqual([false, false]);
  });
});

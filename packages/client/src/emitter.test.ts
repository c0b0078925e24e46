/** @module */
import { describe, expect, it } from "vitest";
import { TypedEmitter } from "./emitter.ts";

class Bell extends TypedEmitter<{ ring: [times: number]; stop: [] }> {
  ring(times: number): void {
    this.emit("ring", times);
  }
}

describe("TypedEmitter", () => {
  it("calls every listener in order, and only once each", () => {
    const bell = new Bell();
    const heard: string[] = [];
    const first = (times: number) => heard.push(`first ${times}`);
    bell
      .on("ring", first)
      .on("ring", first)
      .on("ring", (times) => heard.push(`second ${times}`));
    bell.ring(3);
    expect(heard).toEqual(["first 3", "second 3"]);
  });

  it("forgets those that left, those of once after one event", () => {
    const bell = new Bell();
    const heard: number[] = [];
    const listener = (times: number) => heard.push(times);
    bell.once("ring", listener);
    bell.ring(1);
    bell.ring(2);
    bell.once("ring", listener).off("ring", listener);
    bell.ring(3);
    bell.on("ring", listener).off("ring", listener);
    bell.ring(4);
    expect(heard).toEqual([1]);
  });

  it("needs nobody to listen, and lets listeners come and go while it rings", () => {
    const bell = new Bell();
    bell.ring(1);
    const heard: number[] = [];
    const self = (times: number) => {
      bell.off("ring", self);
      bell.on("ring", (later) => heard.push(later));
      heard.push(-times);
    };
    bell.on("ring", self);
    bell.ring(2);
    bell.ring(3);
    expect(heard).toEqual([-2, 3]);
  });
});

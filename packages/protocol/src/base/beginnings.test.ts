import { describe, expect, it } from "vitest";
import { Beginnings } from "./beginnings.ts";

describe("Beginnings", () => {
  const memory = Uint8Array.from({ length: 5000 }, (_, at) => at).subarray(7);

  it("are the first bytes of the memory", () => {
    const beginnings = new Beginnings(memory);
    for (const length of [0, 1, 2048, 2049, 4993]) expect(beginnings.of(length)).toEqual(memory.subarray(0, length));
  });

  it("are the same view for the same short length", () => {
    const beginnings = new Beginnings(memory);
    expect(beginnings.of(98)).toBe(beginnings.of(98));
    expect(beginnings.of(3000)).not.toBe(beginnings.of(3000));
  });

  it("see what is written later", () => {
    const beginnings = new Beginnings(memory);
    const view = beginnings.of(2);
    memory[1] = 99;
    expect(beginnings.of(2)[1]).toBe(99);
    expect(view[1]).toBe(99);
  });
});

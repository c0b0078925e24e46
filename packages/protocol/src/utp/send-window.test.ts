import { describe, expect, it } from "vitest";
import { SendWindow } from "./send-window.ts";

describe("Packets on their way", () => {
  it("are 500 at most, and there is room again for each that arrives", () => {
    const window = new SendWindow(65_000);
    const bytes = new Uint8Array(20);
    let count = 0;
    for (; window.hasRoom && count < 600; count++) window.add("data", bytes, 0, 0);
    expect(count).toBe(500);
    expect(() => window.add("data", bytes, 0, 0)).toThrow("packets on their way are bounded");
    window.acknowledge({ acknowledged: 65_000, selection: undefined, isRepeat: false, patience: 1000 }, 10);
    expect(window.hasRoom).toBe(true);
  });
});

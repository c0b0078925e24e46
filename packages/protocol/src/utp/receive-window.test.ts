import { describe, expect, it } from "vitest";
import { RECEIVE_LENGTH_MAX, ReceiveWindow } from "./receive-window.ts";

const ignore = (): void => undefined;

describe("Packets that came too early", () => {
  it("are kept up to a mebibyte, what nobody has read yet included, and not a byte beyond", () => {
    const window = new ReceiveWindow(0);
    window.wait(new Uint8Array(RECEIVE_LENGTH_MAX - 1000));
    expect(window.take(2, new Uint8Array(1001), ignore)).toBe(false);
    expect(window.take(2, new Uint8Array(1000), ignore)).toBe(true);
    expect(window.room).toBe(0);
    expect(window.take(3, new Uint8Array(1), ignore)).toBe(false);
    window.takeWaiting();
    expect(window.take(3, new Uint8Array(1), ignore)).toBe(true);
    window.check();
  });

  it("lie 1,024 packets ahead at most", () => {
    const window = new ReceiveWindow(0);
    expect(window.take(1024, new Uint8Array(1), ignore)).toBe(true);
    expect(window.take(1025, new Uint8Array(1), ignore)).toBe(false);
  });
});

import { describe, expect, it } from "vitest";
import { FloodGuard } from "./flood-guard.ts";

const FLOODER = { address: "8.8.8.8", port: 1 };

describe("the flood guard", () => {
  it("admits five messages a second and shuts out who sends more, for five minutes", () => {
    const guard = new FloodGuard();
    for (let message = 0; message < 50; message++) expect(guard.admits(FLOODER, message)).toBe(true);
    expect(guard.isBlocked(FLOODER, 100)).toBe(false);
    expect(guard.admits({ ...FLOODER, port: 2 }, 100)).toBe(false);
    expect(guard.isBlocked(FLOODER, 100)).toBe(true);
    expect(guard.isBlocked({ address: "8.8.4.4", port: 1 }, 100)).toBe(false);
    expect(guard.isBlocked(FLOODER, 100 + 5 * 60_000)).toBe(false);
    expect(guard.admits(FLOODER, 100 + 5 * 60_000)).toBe(true);
    expect(guard.blockedCount).toBe(1);
  });

  it("never minds who asks in a steady pace", () => {
    const guard = new FloodGuard();
    for (let message = 0; message < 1000; message++) expect(guard.admits(FLOODER, message * 250)).toBe(true);
  });

  it("admits twenty messages a second from one neighbourhood", () => {
    const guard = new FloodGuard();
    let admitted = 0;
    for (let message = 0; message < 400; message++) if (guard.admits({ address: `8.8.8.${message % 100}`, port: 1 }, 0)) admitted++;
    expect(admitted).toBe(200);
    expect(guard.admits({ address: "8.8.9.1", port: 1 }, 0)).toBe(true);
  });

  it("counts each port of a private address by itself: a laboratory shares one", () => {
    const guard = new FloodGuard();
    for (let message = 0; message < 51; message++) guard.admits({ address: "127.0.0.1", port: 1 }, 0);
    expect(guard.isBlocked({ address: "127.0.0.1", port: 1 }, 0)).toBe(true);
    expect(guard.isBlocked({ address: "127.0.0.1", port: 2 }, 0)).toBe(false);
  });

  it("remembers so many and no more", () => {
    const guard = new FloodGuard();
    for (let message = 0; message < 51; message++) guard.admits(FLOODER, 0);
    for (let other = 0; other < 5000; other++) guard.admits({ address: `${1 + (other >> 8)}.1.${other & 255}.1`, port: 1 }, 0);
    expect(guard.isBlocked(FLOODER, 0)).toBe(false);
  });
});

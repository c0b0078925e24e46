import { describe, expect, it } from "vitest";
import { BAN_MILLIS, BANS_MAX, Bans } from "./ban.ts";

const PUBLIC = { address: "8.8.8.8", port: 6881 };
const PRIVATE = { address: "127.0.0.1", port: 6881 };

describe("Bans", () => {
  it("hold for a day", () => {
    const bans = new Bans();
    bans.ban(PUBLIC, 1_000, "sent a false block");
    expect(bans.reason(PUBLIC, 1_000 + BAN_MILLIS - 1)).toBe("sent a false block");
    expect(bans.isBanned(PUBLIC, 1_000 + BAN_MILLIS)).toBe(false);
  });

  it("hold for every port of a global address, and for one port of a private one", () => {
    const bans = new Bans();
    bans.ban(PUBLIC, 0, "why");
    bans.ban(PRIVATE, 0, "why");
    expect(bans.isBanned({ ...PUBLIC, port: 1 }, 1)).toBe(true);
    expect(bans.isBanned({ ...PRIVATE, port: 1 }, 1)).toBe(false);
    expect(bans.isBanned(PRIVATE, 1)).toBe(true);
  });

  it("are bounded: the oldest goes first, and a renewed one is new", () => {
    const bans = new Bans();
    const at = (index: number): { address: string; port: number } => ({
      address: `9.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
      port: 1,
    });
    for (let index = 0; index < BANS_MAX; index++) bans.ban(at(index), index, "why");
    bans.ban(at(5), BANS_MAX, "again");
    bans.ban(PUBLIC, BANS_MAX + 1, "why");
    bans.check();
    expect(bans.isBanned(at(0), BANS_MAX + 1)).toBe(false);
    expect(bans.isBanned(at(1), BANS_MAX + 1)).toBe(true);
    expect(bans.reason(at(5), BANS_MAX + 1)).toBe("again");
    expect(bans.isBanned(PUBLIC, BANS_MAX + 1)).toBe(true);
  });
});

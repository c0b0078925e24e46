import { parseAddress } from "@bittern/protocol/address";
import { seededRandom } from "@bittern/protocol/fuzz";
import { describe, expect, it } from "vitest";
import { RateLimit } from "./rate-limit.ts";

function limit(rate: number, burst: number): (address: string, now: number) => boolean {
  const limit = new RateLimit(rate, burst, seededRandom(1));
  return (address, now) => {
    const bytes = parseAddress(address) as Uint8Array;
    return limit.allows(bytes, bytes.length, now);
  };
}

describe("RateLimit", () => {
  it("allows a burst and then the rate", () => {
    const allows = limit(2, 5);
    const allowed = (now: number) => Array.from({ length: 20 }, () => allows("192.0.2.1", now)).filter(Boolean).length;
    expect([allowed(1000), allowed(1000), allowed(2000), allowed(2500), allowed(100_000)]).toEqual([5, 0, 2, 1, 5]);
  });

  it("counts each IPv4 address, and each /64 of IPv6, for itself", () => {
    const allows = limit(1, 1);
    expect(
      ["192.0.2.1", "192.0.2.2", "192.0.2.1", "2001:db8::1", "2001:db8::ffff", "2001:db8:0:1::1"].map((address) => allows(address, 5)),
    ).toEqual([true, true, false, true, false, true]);
  });

  it("still limits the loud one while half a million others pass by", () => {
    const allows = limit(1, 10);
    let loud = 0;
    for (let number = 0; number < 500_000; number++) {
      const now = 1000 + number / 100;
      allows(`10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`, now);
      if (number % 5 === 0 && allows("192.0.2.1", now)) loud++;
    }
    // 5 seconds at 1 a second, after 10 at once; a little more, since his account may be lost now and then.
    expect(loud).toBeGreaterThanOrEqual(14);
    expect(loud).toBeLessThan(200);
  });
});

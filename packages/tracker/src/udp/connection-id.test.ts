import { parseAddress } from "@bittern/protocol/address";
import { seededRandom } from "@bittern/protocol/fuzz";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConnectionIds } from "./connection-id.ts";

const ALICE = parseAddress("192.0.2.1") as Uint8Array;
const BOB = parseAddress("192.0.2.2") as Uint8Array;

function issued(ids: ConnectionIds, address: Uint8Array, now: number): Uint8Array {
  const id = new Uint8Array(8);
  ids.issue(address, address.length, now, id, 0);
  return id;
}

describe("ConnectionIds", () => {
  it("holds for two minutes and not much longer", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (now) => {
        const ids = new ConnectionIds(seededRandom(1));
        const id = issued(ids, ALICE, now);
        const isValid = (after: number) => ids.isValid(ALICE, 4, now + after, id, 0);
        expect([isValid(0), isValid(119_900), isValid(122_100), isValid(600_000)]).toEqual([true, true, false, false]);
      }),
    );
  });

  it("holds for no other address and under no other secret", () => {
    const ids = new ConnectionIds(seededRandom(1));
    const id = issued(ids, ALICE, 5000);
    expect(ids.isValid(BOB, 4, 5000, id, 0)).toBe(false);
    expect(new ConnectionIds(seededRandom(2)).isValid(ALICE, 4, 5000, id, 0)).toBe(false);
    const ipv6 = parseAddress("2001:db8::1") as Uint8Array;
    expect(ids.isValid(ipv6, 16, 5000, issued(ids, ipv6, 5000), 0)).toBe(true);
  });

  it("breaks with any changed bit", () => {
    const ids = new ConnectionIds(seededRandom(1));
    const id = issued(ids, ALICE, 400_000);
    for (let bit = 0; bit < 64; bit++) {
      const forged = id.slice();
      forged[bit >> 3] = (forged[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(ids.isValid(ALICE, 4, 400_000, forged, 0), `bit ${bit}`).toBe(false);
    }
  });
});

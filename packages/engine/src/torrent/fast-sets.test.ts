import { allowedFastSet } from "@bittern/protocol/peer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FastSets } from "./fast-sets.ts";

describe("FastSets", () => {
  it("are those of BEP 6, however many networks were asked for before", () => {
    const infoHash = new Uint8Array(20).fill(0xaa);
    const sets = new FastSets();
    const byte = fc.nat(255);
    const few = fc.constantFrom(1, 2, 3);
    const address = fc.oneof(fc.tuple(few, few, few, byte), fc.tuple(byte, byte, byte, byte)).map((bytes) => bytes.join("."));
    fc.assert(
      fc.property(address, (from) => {
        expect(sets.of(infoHash, from, 1313)).toEqual(allowedFastSet(infoHash, from, 1313, 5));
      }),
      { numRuns: 300 },
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../base/index.ts";
import { decodeUtp, encodeUtp, isUtp, SELECTION_LENGTH_MAX, type UtpHead } from "./packet.ts";

const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffffffff);
const head: fc.Arbitrary<UtpHead> = fc.record({
  type: fc.constantFrom("data", "fin", "state", "reset", "syn"),
  connectionId: u16,
  timestamp: u32,
  lateness: u32,
  window: u32,
  sequence: u16,
  acknowledged: u16,
});
const HEAD: UtpHead = { type: "data", connectionId: 1, timestamp: 2, lateness: 3, window: 4, sequence: 5, acknowledged: 6 };

describe("A packet", () => {
  it("is laid out as BEP 29 draws it", () => {
    const bytes = encodeUtp({
      type: "syn",
      connectionId: 0x1234,
      timestamp: 0xa1b2c3d4,
      lateness: 5,
      window: 0x00100000,
      sequence: 1,
      acknowledged: 0xffff,
    });
    expect(bytes).toEqual(fromHex("41001234a1b2c3d400000005001000000001ffff"));
  });

  it("reads as it was written, with its mask and without", () => {
    fc.assert(
      fc.property(head, fc.option(fc.integer({ min: 1, max: SELECTION_LENGTH_MAX / 4 }), { nil: undefined }), (one, words) => {
        const selection = words === undefined ? undefined : new Uint8Array(4 * words).fill(0x5a);
        expect(decodeUtp(encodeUtp(one, selection))).toEqual({ ...one, selection, payload: new Uint8Array(0) });
      }),
    );
  });

  it("may carry extensions nobody knows, before and after the mask", () => {
    const bytes = encodeUtp(HEAD);
    bytes[1] = 2;
    const known = [...bytes, 1, 3, 9, 9, 9, 7, 4, 1, 2, 3, 4, 0, 1, 8, 0x61, 0x62];
    const packet = decodeUtp(Uint8Array.from(known));
    expect(packet?.selection).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(packet?.payload).toEqual(Uint8Array.of(0x61, 0x62));
  });

  it("may carry a mask of any length, as libtorrent sends it", () => {
    expect(decodeUtp(encodeUtp(HEAD, new Uint8Array(22).fill(0xff)))?.selection).toHaveLength(22);
  });

  it.each([
    ["too short a head", encodeUtp(HEAD).subarray(0, 19)],
    ["another version", encodeUtp(HEAD).map((byte, at) => (at === 0 ? 0x02 : byte))],
    ["an unknown type", encodeUtp(HEAD).map((byte, at) => (at === 0 ? 0x51 : byte))],
    ["an extension past its end", Uint8Array.from([...encodeUtp(HEAD, new Uint8Array(4)).subarray(0, 23)])],
    ["an endless chain", Uint8Array.from([...encodeUtp(HEAD, new Uint8Array(4)).subarray(0, 20), ...new Array(60).fill([2, 0]).flat()])],
  ])("is none with %s", (_, bytes) => {
    expect(decodeUtp(bytes)).toBeUndefined();
  });

  it("is told from the DHT and from trackers by its first byte", () => {
    expect(isUtp(encodeUtp(HEAD))).toBe(true);
    expect(isUtp(new TextEncoder().encode("d1:ad2:id20:abcdefghij01234567"))).toBe(false);
    expect(isUtp(new Uint8Array(20))).toBe(false);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equalBytes, fromLatin1, latin1, ProtocolError, utf8 } from "../base/index.ts";
import { decodeMetadataMessage, encodeMetadataMessage, METADATA_PIECE_LENGTH, MetadataAssembly, type MetadataMessage } from "./index.ts";

/** A piece of the right length for its place. */
const anyData = fc
  .record({ totalSize: fc.integer({ min: 1, max: 200_000 }), place: fc.nat() })
  .map(({ totalSize, place }): MetadataMessage => {
    const piece = place % Math.ceil(totalSize / METADATA_PIECE_LENGTH);
    const length = Math.min(METADATA_PIECE_LENGTH, totalSize - piece * METADATA_PIECE_LENGTH);
    return { type: "data", piece, totalSize, bytes: new Uint8Array(length).fill(0x65) };
  });
const anyMessage: fc.Arbitrary<MetadataMessage> = fc.oneof(
  fc.record({ type: fc.constantFrom("request", "reject"), piece: fc.nat({ max: 1023 }) }),
  anyData,
);

describe("a metadata message", () => {
  it("is laid out as BEP 9 says", () => {
    expect(latin1(encodeMetadataMessage({ type: "request", piece: 0 }))).toBe("d8:msg_typei0e5:piecei0ee");
    expect(latin1(encodeMetadataMessage({ type: "data", piece: 0, totalSize: 4, bytes: utf8("d1:e") }))).toBe(
      "d8:msg_typei1e5:piecei0e10:total_sizei4eed1:e",
    );
    expect(latin1(encodeMetadataMessage({ type: "reject", piece: 7 }))).toBe("d8:msg_typei2e5:piecei7ee");
  });

  it("survives the way to bytes and back", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(decodeMetadataMessage(encodeMetadataMessage(message))).toEqual(message);
      }),
      { numRuns: 30 },
    );
  });

  it("of a type yet to be invented is ignored", () => {
    expect(decodeMetadataMessage(utf8("d8:msg_typei3ee"))).toBeUndefined();
  });

  it("may leave the size out, which the handshake has named", () => {
    expect(decodeMetadataMessage(utf8("d8:msg_typei1e5:piecei5eeabc"))).toEqual({ type: "data", piece: 5, bytes: utf8("abc") });
  });

  it.each([
    ["no type", "d5:piecei0ee"],
    ["no piece", "d8:msg_typei0ee"],
    ["a negative piece", "d8:msg_typei0e5:piecei-1ee"],
    ["a piece past 16 MiB", "d8:msg_typei0e5:piecei1024ee"],
    ["no data", "d8:msg_typei1e5:piecei0e10:total_sizei4ee"],
    ["too little data", "d8:msg_typei1e5:piecei0e10:total_sizei4eeabc"],
    ["too much data", "d8:msg_typei1e5:piecei0e10:total_sizei4eeabcde"],
    ["a piece past the end", "d8:msg_typei1e5:piecei1e10:total_sizei4eeabcd"],
    ["a bomb", "d8:msg_typei1e5:piecei0e10:total_sizei16777217eeabcd"],
    ["a list", "le"],
    ["nothing", ""],
  ])("with %s is refused", (_, text) => {
    expect(() => decodeMetadataMessage(fromLatin1(text))).toThrow(ProtocolError);
  });
});

describe("MetadataAssembly", () => {
  const whole = Uint8Array.from({ length: 2 * METADATA_PIECE_LENGTH + 100 }, (_, at) => at * 7);
  const piece = (at: number) => whole.subarray(at * METADATA_PIECE_LENGTH, (at + 1) * METADATA_PIECE_LENGTH);

  it("puts pieces of several peers together, in any order", () => {
    const assembly = new MetadataAssembly<string>(whole.length);
    expect(assembly.take(2, piece(2), "ann")).toBe(true);
    expect(assembly.take(0, piece(0), "bob")).toBe(true);
    expect(assembly.whole()).toBeUndefined();
    expect(assembly.take(1, piece(1), "ann")).toBe(true);
    expect(assembly.whole()).toEqual(whole);
    expect(assembly.contributors()).toEqual(["ann", "bob"]);
  });

  it("keeps copies", () => {
    const assembly = new MetadataAssembly<string>(3);
    const read = utf8("abc");
    assembly.take(0, read, "ann");
    read.fill(0);
    expect(assembly.whole()).toEqual(utf8("abc"));
  });

  it("takes no piece twice, none of a wrong length and none past the end", () => {
    const assembly = new MetadataAssembly<string>(whole.length);
    expect(assembly.take(0, piece(0).subarray(1), "eve")).toBe(false);
    expect(assembly.take(2, piece(0), "eve")).toBe(false);
    expect(assembly.take(3, new Uint8Array(0), "eve")).toBe(false);
    expect(assembly.take(-1, piece(0), "eve")).toBe(false);
    expect(assembly.take(0.5, piece(0), "eve")).toBe(false);
    expect(assembly.take(0, piece(0), "ann")).toBe(true);
    expect(assembly.take(0, piece(0), "eve")).toBe(false);
    expect(assembly.contributors()).toEqual(["ann"]);
  });

  it("says what to ask for next, and asks nobody twice for the same", () => {
    const assembly = new MetadataAssembly<string>(whole.length);
    assembly.ask(0, "ann");
    assembly.ask(1, "ann");
    expect(assembly.wanted).toBe(2);
    assembly.ask(2, "bob");
    expect(assembly.wanted).toBeUndefined();
    assembly.release(2, "ann");
    expect(assembly.wanted).toBeUndefined();
    assembly.release(0, "ann");
    expect(assembly.wanted).toBe(0);
    assembly.take(0, piece(0), "bob");
    expect(assembly.wanted).toBeUndefined();
    assembly.release(1, "ann");
    expect(assembly.wanted).toBe(1);
  });

  it("gives the whole for any length and any order", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.infiniteStream(fc.nat()), (length, order) => {
        const bytes = Uint8Array.from({ length }, (_, at) => at);
        const assembly = new MetadataAssembly<number>(length);
        const pieces = Array.from({ length: assembly.pieceCount }, (_, at) => at);
        while (pieces.length > 0) {
          const [at] = pieces.splice((order.next().value as number) % pieces.length, 1) as [number];
          assembly.take(at, bytes.subarray(at * METADATA_PIECE_LENGTH, (at + 1) * METADATA_PIECE_LENGTH), at);
        }
        expect(equalBytes(assembly.whole()!, bytes)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
});

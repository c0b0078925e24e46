import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../base/index.ts";
import { encodeHandshake, encodeMessage, encodeRequests, type PeerMessage, PeerWire, writePieceHeader } from "./index.ts";

const root = new Uint8Array(32).fill(0xaa);
const rootHex = "aa".repeat(32);

/** The bytes as the BEPs lay them out, written by hand. */
const KNOWN: readonly (readonly [PeerMessage, string])[] = [
  [{ type: "keep-alive" }, "00000000"],
  [{ type: "choke" }, "0000000100"],
  [{ type: "unchoke" }, "0000000101"],
  [{ type: "interested" }, "0000000102"],
  [{ type: "not-interested" }, "0000000103"],
  [{ type: "have", piece: 0x01020304 }, "000000050401020304"],
  [{ type: "bitfield", bytes: Uint8Array.of(0xf0, 0x80) }, "0000000305f080"],
  [{ type: "request", piece: 1, begin: 0x4000, length: 0x4000 }, "0000000d06000000010000400000004000"],
  [{ type: "piece", piece: 0xfffffffe, begin: 0x4000, block: Uint8Array.of(1, 2) }, "0000000b07fffffffe000040000102"],
  [{ type: "cancel", piece: 1, begin: 2, length: 3 }, "0000000d08000000010000000200000003"],
  [{ type: "port", port: 6881 }, "00000003091ae1"],
  [{ type: "suggest", piece: 5 }, "000000050d00000005"],
  [{ type: "have-all" }, "000000010e"],
  [{ type: "have-none" }, "000000010f"],
  [{ type: "reject", piece: 1, begin: 2, length: 3 }, "0000000d10000000010000000200000003"],
  [{ type: "allowed-fast", piece: 6 }, "000000051100000006"],
  [{ type: "extended", id: 3, payload: Uint8Array.of(0x64, 0x65) }, "0000000414036465"],
  [
    { type: "hash-request", root, baseLayer: 0, index: 512, length: 512, proofLayers: 3 },
    `0000003115${rootHex}00000000000002000000020000000003`,
  ],
  [
    { type: "hashes", root, baseLayer: 1, index: 0, length: 2, proofLayers: 0, hashes: new Uint8Array(64).fill(0xbb) },
    `0000007116${rootHex}00000001000000000000000200000000${"bb".repeat(64)}`,
  ],
  [
    { type: "hash-reject", root, baseLayer: 0, index: 0, length: 2, proofLayers: 1 },
    `0000003117${rootHex}00000000000000000000000200000001`,
  ],
];

describe("a peer message", () => {
  it.each(KNOWN)("of type $type is laid out as its BEP says", (message, hex) => {
    expect(toHex(encodeMessage(message))).toBe(hex);
    const wire = new PeerWire();
    wire.receive(
      encodeHandshake({
        infoHash: new Uint8Array(20),
        peerId: new Uint8Array(20),
        features: { extended: false, fast: false, dht: false, v2: false },
      }),
    );
    expect(wire.receive(fromHex(hex)!)).toEqual([message]);
  });

  it("puts many requests into one array", () => {
    const blocks = [
      { piece: 1, begin: 0, length: 16_384 },
      { piece: 1, begin: 16_384, length: 100 },
    ];
    const single = blocks.map((block) => toHex(encodeMessage({ type: "request", ...block }))).join("");
    expect(toHex(encodeRequests(blocks))).toBe(single);
    expect(encodeRequests([])).toHaveLength(0);
  });

  it("has a header that can be written apart from its block", () => {
    const target = new Uint8Array(20).fill(0xee);
    writePieceHeader(target, 2, 9, 0x8000, 16_384);
    expect(toHex(target)).toBe("eeee00004009070000000900008000eeeeeeeeee");
  });
});

describe("a handshake", () => {
  it("has the feature bits of BEP 5, 6, 10 and 52", () => {
    const ids = { infoHash: new Uint8Array(20).fill(1), peerId: new Uint8Array(20).fill(2) };
    const none = { extended: false, fast: false, dht: false, v2: false };
    const reserved = (features: object) => toHex(encodeHandshake({ ...ids, features: { ...none, ...features } }).subarray(20, 28));
    expect(reserved({})).toBe("0000000000000000");
    expect(reserved({ extended: true })).toBe("0000000000100000");
    expect(reserved({ fast: true })).toBe("0000000000000004");
    expect(reserved({ dht: true })).toBe("0000000000000001");
    expect(reserved({ v2: true })).toBe("0000000000000010");
    expect(toHex(encodeHandshake({ ...ids, features: none }))).toBe(
      `13426974546f7272656e742070726f746f636f6c${"00".repeat(8)}${"01".repeat(20)}${"02".repeat(20)}`,
    );
  });
});

import { expect, it } from "vitest";
import { concatBytes } from "../base/index.ts";
import { fuzz, fuzzCount } from "../fuzz/index.ts";
import { encodeHandshake, encodeMessage, PeerWire } from "./index.ts";

const greeting = encodeHandshake({
  infoHash: new Uint8Array(20).fill(1),
  peerId: new Uint8Array(20).fill(2),
  features: { extended: true, fast: true, dht: true, v2: true },
});
const root = new Uint8Array(32);
const messages = [
  encodeMessage({ type: "bitfield", bytes: Uint8Array.of(0xff, 0xf0) }),
  encodeMessage({ type: "extended", id: 0, payload: new Uint8Array(100) }),
  encodeMessage({ type: "unchoke" }),
  encodeMessage({ type: "piece", piece: 1, begin: 0, block: new Uint8Array(1000) }),
  encodeMessage({ type: "request", piece: 1, begin: 0, length: 16_384 }),
  encodeMessage({ type: "request", piece: 1, begin: 16_384, length: 16_384 }),
  encodeMessage({ type: "request", piece: 1, begin: 32_768, length: 16_384 }),
  encodeMessage({ type: "hashes", root, baseLayer: 0, index: 0, length: 2, proofLayers: 1, hashes: new Uint8Array(96) }),
  encodeMessage({ type: "hash-request", root, baseLayer: 0, index: 0, length: 2, proofLayers: 1 }),
  encodeMessage({ type: "port", port: 1 }),
  encodeMessage({ type: "keep-alive" }),
];

it("survives damaged streams, and holds no more than it was sent", () => {
  const { accepted, refused } = fuzz({
    seeds: [concatBytes([greeting, ...messages]), ...messages],
    target: receiveInThirds,
    count: fuzzCount(process.env),
    seed: 3,
  });
  expect(Math.min(accepted, refused)).toBeGreaterThan(1000);
});

/** Seeds without a handshake of their own get one: most damage should reach the messages behind it. */
function receiveInThirds(bytes: Uint8Array): void {
  const wire = new PeerWire();
  if (bytes[0] !== greeting[0]) wire.receive(greeting);
  wire.expectPieces(12);
  const third = Math.ceil(bytes.length / 3);
  for (let at = 0; at < bytes.length; at += third) {
    for (const event of wire.receive(bytes.subarray(at, at + third))) expect(event.type).toBeTypeOf("string");
    expect(wire.heldLength).toBeLessThanOrEqual(2 * bytes.length + 17 * 1024);
  }
}

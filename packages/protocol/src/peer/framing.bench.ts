// What does cutting a stream into blocks cost? One core must decode a saturated 10 Gbit/s link: < 13 µs a block, everything
// included; the framing itself should stay below 1 µs. Every iteration is 64 blocks of 16 KiB, one MiB.
import { bench, describe } from "vitest";
import { concatBytes } from "../base/index.ts";
import { blockOfRun, encodeHandshake, encodeMessage, PeerWire } from "./index.ts";

const BLOCKS = 64;
const frames = Array.from({ length: BLOCKS }, (_, at) =>
  encodeMessage({ type: "piece", piece: 1, begin: at * 16 * 1024, block: new Uint8Array(16 * 1024) }),
);
const stream = concatBytes(frames);

const wire = new PeerWire();
wire.receive(
  encodeHandshake({
    infoHash: new Uint8Array(20),
    peerId: new Uint8Array(20),
    features: { extended: true, fast: true, dht: false, v2: false },
  }),
);

/** What an engine does with a block: copies it into its piece. */
const piece = new Uint8Array(BLOCKS * 16 * 1024);

function receive(readLength: number, copies: boolean): void {
  let into = 0;
  for (let at = 0; at < stream.length; at += readLength) {
    for (const event of wire.receive(stream.subarray(at, at + readLength))) {
      if (event.type === "block-run") {
        for (let at = 0; at < event.count; at++, into += 16 * 1024) if (copies) piece.set(blockOfRun(event, at), into);
      } else if (event.type === "piece") {
        if (copies) piece.set(event.block, into);
        into += event.block.length;
      }
    }
  }
}

describe("64 blocks, framing only", () => {
  bench("reads of 256 KiB", () => receive(256 * 1024, false));
  bench("reads of 64 KiB", () => receive(64 * 1024, false));
  bench("reads of 1400 bytes, as uTP brings them", () => receive(1400, false));
});

describe("64 blocks, each copied once into its piece", () => {
  bench("reads of 256 KiB", () => receive(256 * 1024, true));
  bench("reads of 64 KiB", () => receive(64 * 1024, true));
});

const haves = new Uint8Array(9 * 1000);
for (let at = 0; at < 1000; at++) haves.set(encodeMessage({ type: "have", piece: at }), at * 9);

describe("small messages", () => {
  bench("1,000 haves", () => {
    wire.receive(haves);
  });
});

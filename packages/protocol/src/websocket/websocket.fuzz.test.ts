import { describe, expect, it } from "vitest";
import { concatBytes, ProtocolError, utf8 } from "../base/index.ts";
import { fuzz, fuzzCount } from "../fuzz/index.ts";
import { encodeWebSocketClose, encodeWebSocketFrame, encodeWebSocketText, OPCODE, WebSocketReader } from "./index.ts";

const MASK = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

/** A frame as no honest encoder makes it. */
function frame(first: number, payload: Uint8Array): Uint8Array {
  const bytes = encodeWebSocketFrame(OPCODE.text, payload, MASK);
  bytes[0] = first;
  return bytes;
}

describe("A reader of WebSocket frames", () => {
  it("survives damaged bytes, keeping no more than a message", () => {
    const whole = [
      encodeWebSocketText('{"action":"scrape"}', MASK),
      frame(0x01, utf8("abc")),
      frame(0x80, utf8("d")),
      encodeWebSocketClose(1000, MASK),
    ];
    const tally = fuzz({
      seeds: [...whole, concatBytes(whole), encodeWebSocketFrame(OPCODE.binary, new Uint8Array(300), MASK)],
      count: fuzzCount(process.env),
      seed: 1,
      target: (bytes) => {
        const reader = new WebSocketReader({ messageLengthMax: 70_000, isServer: true });
        const half = bytes.length >> 1;
        const read = [...reader.push(bytes.subarray(0, half)), ...reader.push(bytes.subarray(half))];
        expect(reader.heldLength).toBeLessThanOrEqual(bytes.length);
        if (read.length === 0) throw new ProtocolError("NOTHING", "no whole message");
      },
    });
    expect(tally.accepted).toBeGreaterThan(100);
    expect(tally.refused).toBeGreaterThan(100);
  });
});

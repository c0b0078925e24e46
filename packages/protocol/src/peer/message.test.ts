import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../base/index.ts";
import { encodeHandshake, encodeMessage, encodeRequests, type PeerMessage, PeerWire, writePieceHeader } from "./index.ts";

const KNOWN = (
  JSON.parse(readFileSync(new URL("../../../../vectors/wire/messages.json", import.meta.url), "utf8")) as {
    message: PeerMessage;
    hex: string;
  }[]
).map(({ message, hex }) => ({ message: meant(message), hex }));

/** A message of the vectors, its byte strings as bytes. */
function meant(message: PeerMessage): PeerMessage {
  const fields = Object.entries(message).map(([key, value]) => [
    key,
    typeof value === "string" && value.startsWith("x:") ? fromHex(value.slice(2)) : value,
  ]);
  return Object.fromEntries(fields);
}

describe("a peer message", () => {
  it.each(KNOWN)("of type $message.type is laid out as its BEP says", ({ message, hex }) => {
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

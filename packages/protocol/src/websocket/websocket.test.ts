import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes, equalBytes, fromHex, ProtocolError, utf8 } from "../base/index.ts";
import {
  acceptOf,
  encodeWebSocketClose,
  encodeWebSocketFrame,
  encodeWebSocketText,
  isWebSocketKey,
  OPCODE,
  textOfWebSocket,
  WEB_SOCKET_HEAD_MAX,
  type WebSocketMessage,
  WebSocketReader,
  writeWebSocketHead,
} from "./index.ts";

const MASK = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);
const LENGTH_MAX = 70_000;

function server(): WebSocketReader {
  return new WebSocketReader({ messageLengthMax: LENGTH_MAX, isServer: true });
}

function client(): WebSocketReader {
  return new WebSocketReader({ messageLengthMax: LENGTH_MAX, isServer: false });
}

function hex(text: string): Uint8Array {
  return fromHex(text.replaceAll(" ", "")) as Uint8Array;
}

/** A frame as no honest encoder makes it. */
function frame(first: number, payload: Uint8Array, mask: Uint8Array | undefined = MASK): Uint8Array {
  const bytes = encodeWebSocketFrame(OPCODE.text, payload, mask);
  bytes[0] = first;
  return bytes;
}

describe("The handshake of a WebSocket", () => {
  it("answers the key of RFC 6455 as the RFC does", () => {
    expect(acceptOf("dGhlIHNhbXBsZSBub25jZQ==")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  });

  it("knows a key when it sees one", () => {
    expect(["dGhlIHNhbXBsZSBub25jZQ==", "", "dGhl", "dGhlIHNhbXBsZSBub25jZQ=\n", "x".repeat(24)].map(isWebSocketKey)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("writeWebSocketHead", () => {
  it("writes before a payload what the encoder makes, for every length of head", () => {
    for (const length of [0, 1, 125, 126, 127, 65_535, 65_536, 70_000]) {
      const payload = new Uint8Array(length).fill(97);
      const bytes = new Uint8Array(3 + WEB_SOCKET_HEAD_MAX + length).fill(9);
      bytes.set(payload, 3 + WEB_SOCKET_HEAD_MAX);
      const start = writeWebSocketHead(bytes, 3 + WEB_SOCKET_HEAD_MAX, length);
      expect(equalBytes(bytes.subarray(start), encodeWebSocketFrame(OPCODE.text, payload)), String(length)).toBe(true);
      expect(bytes.subarray(0, start).every((byte) => byte === 9)).toBe(true);
    }
  });
});

describe("WebSocketReader", () => {
  it("lends texts of one frame to who asks for it, those of one read each in its place", () => {
    const reader = new WebSocketReader({ messageLengthMax: 100_000, isServer: true, lendsTexts: true });
    const texts = ["", "a", "abcde", "x".repeat(70_000), "\u00e9"];
    const frames = texts.map((text) => encodeWebSocketText(text, Uint8Array.of(1, 2, 3, 4)));
    const messages = reader.push(concatBytes(frames));
    expect(messages.map((message) => (message.type === "lent-text" ? textOfWebSocket(message.bytes) : message))).toEqual(texts);
    expect(reader.push(hex("01 81 00 00 00 00 61 80 81 00 00 00 00 62"))).toEqual([{ type: "text", text: "ab" }]);
    const [wrong] = reader.push(hex("81 81 00 00 00 00 ff"));
    expect(() => textOfWebSocket((wrong as { readonly bytes: Uint8Array }).bytes)).toThrow(ProtocolError);
  });

  it("reads the examples of RFC 6455", () => {
    expect(client().push(hex("81 05 48 65 6c 6c 6f"))).toEqual([{ type: "text", text: "Hello" }]);
    expect(server().push(hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"))).toEqual([{ type: "text", text: "Hello" }]);
    expect(client().push(hex("01 03 48 65 6c 80 02 6c 6f"))).toEqual([{ type: "text", text: "Hello" }]);
    expect(client().push(hex("89 05 48 65 6c 6c 6f"))).toEqual([{ type: "ping", bytes: utf8("Hello") }]);
    expect(server().push(hex("8a 85 37 fa 21 3d 7f 9f 4d 51 58"))).toEqual([{ type: "pong" }]);
    const long = new Uint8Array(65_536).fill(7);
    expect(client().push(concatBytes([hex("82 7f 00 00 00 00 00 01 00 00"), long]))).toEqual([{ type: "binary", bytes: long }]);
  });

  it("gives back what was written, however it is cut", () => {
    const message = fc.oneof(
      fc.string({ unit: "binary" }).map((text): WebSocketMessage => ({ type: "text", text })),
      fc.uint8Array({ maxLength: 300 }).map((bytes): WebSocketMessage => ({ type: "binary", bytes })),
    );
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 5 }),
        fc.array(fc.nat(400), { maxLength: 8 }),
        fc.boolean(),
        (messages, cuts, isServer) => {
          const mask = isServer ? MASK : undefined;
          const written = concatBytes(
            messages.map((one) =>
              one.type === "text"
                ? encodeWebSocketText(one.text, mask)
                : encodeWebSocketFrame(OPCODE.binary, (one as { bytes: Uint8Array }).bytes, mask),
            ),
          );
          const reader = isServer ? server() : client();
          const places = [0, ...cuts.map((cut) => Math.min(cut, written.length)), written.length].toSorted((left, right) => left - right);
          const read = places.slice(1).flatMap((to, at) => reader.push(written.subarray(places[at], to)));
          expect(read).toEqual(messages);
          expect(reader.heldLength).toBe(0);
        },
      ),
    );
  });

  it("hears a ping between the frames of a message", () => {
    const reader = server();
    const parts = [
      frame(0x01, utf8("a")),
      frame(0x00, utf8("b")),
      encodeWebSocketFrame(OPCODE.ping, utf8("?"), MASK),
      frame(0x80, utf8("c")),
    ];
    expect(parts.flatMap((part) => reader.push(part))).toEqual([
      { type: "ping", bytes: utf8("?") },
      { type: "text", text: "abc" },
    ]);
  });

  it("hears nothing after a close", () => {
    const reader = server();
    expect(reader.push(concatBytes([encodeWebSocketClose(1001, MASK), encodeWebSocketText("more", MASK)]))).toEqual([
      { type: "close", code: 1001 },
    ]);
    expect([reader.push(utf8("anything")), reader.heldLength]).toEqual([[], 0]);
    expect(server().push(frame(0x88, new Uint8Array(0)))).toEqual([{ type: "close", code: undefined }]);
  });

  it.each<[string, Uint8Array, string]>([
    ["no mask", encodeWebSocketText("a"), "WEBSOCKET_FRAME"],
    ["a reserved bit", frame(0xc1, utf8("a")), "WEBSOCKET_FRAME"],
    ["an opcode nobody knows", frame(0x83, utf8("a")), "WEBSOCKET_FRAME"],
    ["a control opcode nobody knows", frame(0x8b, utf8("a")), "WEBSOCKET_FRAME"],
    ["a ping in parts", frame(0x09, utf8("a")), "WEBSOCKET_FRAME"],
    ["a ping that is too long", frame(0x89, new Uint8Array(126)), "WEBSOCKET_FRAME"],
    ["a continuation of nothing", frame(0x80, utf8("a")), "WEBSOCKET_FRAME"],
    ["a message inside of another", concatBytes([frame(0x01, utf8("a")), frame(0x81, utf8("b"))]), "WEBSOCKET_FRAME"],
    ["a close of one byte", frame(0x88, Uint8Array.of(3)), "WEBSOCKET_FRAME"],
    ["a close code for inside", encodeWebSocketClose(1006, MASK), "WEBSOCKET_FRAME"],
    ["text that is not UTF-8", frame(0x81, Uint8Array.of(0xff)), "WEBSOCKET_TEXT"],
    ["a message past the bound, by its head alone", hex("82 ff 00 00 00 00 00 01 11 71 00 00 00 00"), "WEBSOCKET_LENGTH"],
    ["a message of 2^63 bytes", hex("82 ff 80 00 00 00 00 00 00 00 00 00 00 00"), "WEBSOCKET_LENGTH"],
    ["parts past the bound", concatBytes([frame(0x02, new Uint8Array(40_000)), frame(0x00, new Uint8Array(40_000))]), "WEBSOCKET_LENGTH"],
    [
      "parts without end",
      concatBytes([frame(0x02, new Uint8Array(0)), ...Array(6000).fill(frame(0x00, new Uint8Array(0)))]),
      "WEBSOCKET_LENGTH",
    ],
  ])("refuses %s", (_, bytes, code) => {
    expect(() => server().push(bytes)).toThrow(expect.objectContaining({ name: "ProtocolError", code }));
  });

  it("refuses a mask from a server", () => {
    expect(() => client().push(encodeWebSocketText("a", MASK))).toThrow(ProtocolError);
  });
});

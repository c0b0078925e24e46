import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BLOCK_LENGTH, concatBytes, fromHex, ProtocolError } from "../base/index.ts";
import {
  encodeHandshake,
  encodeMessage,
  type Handshake,
  type HandshakeEvent,
  messagesOf,
  type PeerMessage,
  PeerWire,
  type WireEvent,
} from "./index.ts";
import { EXTENDED_LENGTH_MAX, FRAME_LENGTH_MAX, HASHES_MAX } from "./limits.ts";
import { MESSAGE_ID } from "./message.ts";

const handshake: Handshake = {
  infoHash: new Uint8Array(20).fill(7),
  peerId: new Uint8Array(20).fill(9),
  features: { extended: true, fast: true, dht: false, v2: true },
};
const greeting = encodeHandshake(handshake);

const HOSTILE = JSON.parse(readFileSync(new URL("../../../../vectors/wire/hostile.json", import.meta.url), "utf8")) as {
  name: string;
  hex: string;
  code: string;
  pieces?: number;
}[];

const word = fc.nat({ max: 0xffffffff });
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const range = { piece: word, begin: word, length: word };
const hashRange = {
  root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  baseLayer: word,
  index: word,
  length: word,
  proofLayers: word,
};
const anyMessage: fc.Arbitrary<PeerMessage> = fc.oneof(
  fc.record({ type: fc.constantFrom("keep-alive", "choke", "unchoke", "interested", "not-interested", "have-all", "have-none") }),
  fc.record({ type: fc.constantFrom("have", "suggest", "allowed-fast"), piece: word }),
  fc.record({ type: fc.constant("bitfield"), bytes: bytes(300) }),
  fc.record({ type: fc.constantFrom("request", "cancel", "reject"), ...range }),
  fc.record({ type: fc.constant("piece"), piece: word, begin: word, block: bytes(16_384) }),
  fc.record({ type: fc.constant("port"), port: fc.nat({ max: 65_535 }) }),
  fc.record({ type: fc.constant("extended"), id: fc.nat({ max: 255 }), payload: bytes(500) }),
  fc.record({ type: fc.constantFrom("hash-request", "hash-reject"), ...hashRange }),
  fc.record({
    type: fc.constant("hashes"),
    ...hashRange,
    hashes: fc.nat({ max: 20 }).map((count) => new Uint8Array(32 * count).fill(count)),
  }),
  fc.record({ type: fc.constant("unknown"), id: fc.integer({ min: 24, max: 255 }) }),
);

/** Receives the stream in reads that end at the given places; runs are told as their messages. */
function receiveInCuts(stream: Uint8Array, cuts: readonly number[]): (HandshakeEvent | PeerMessage)[] {
  const wire = new PeerWire();
  const events: (HandshakeEvent | PeerMessage)[] = [];
  let at = 0;
  for (const cut of [...cuts.map((cut) => cut % (stream.length + 1)).toSorted((left, right) => left - right), stream.length]) {
    // A copy in the middle of a larger buffer, overwritten afterwards: whoever kept a view without copying is found out.
    const read = new Uint8Array(cut - at + 20).fill(0xee);
    read.set(stream.subarray(at, cut), 10);
    events.push(
      ...wire
        .receive(read.subarray(10, 10 + cut - at))
        .map(copyEvent)
        .flatMap(messagesOf),
    );
    read.fill(0xdd);
    at = cut;
  }
  expect(wire.heldLength).toBe(0);
  return events;
}

/** Messages as lines: a hundred kilobytes of blocks take a while to compare byte by byte. */
function told(messages: readonly (HandshakeEvent | PeerMessage)[]): string[] {
  return messages.map((message) =>
    JSON.stringify(message, (key, value) => (key === "block" ? [value.length, value[0], value.at(-1)] : value)),
  );
}

/** Views die with the next read; this does not. */
function copyEvent(event: WireEvent): WireEvent {
  const copied = Object.entries(event).map(([key, value]) => [key, value instanceof Uint8Array ? Uint8Array.from(value) : value]);
  return Object.fromEntries(copied);
}

/** The block so many behind one; `begin` counts blocks. */
function blockMessage(
  { type, piece, begin, length }: { readonly type: string; readonly piece: number; readonly begin: number; readonly length: number },
  at: number,
): PeerMessage {
  const where = { piece, begin: (begin + at) * BLOCK_LENGTH };
  return type === "request"
    ? { type: "request", ...where, length }
    : { type: "piece", ...where, block: new Uint8Array(length).fill(at + 1) };
}

function afterHandshake(): PeerWire {
  const wire = new PeerWire();
  wire.receive(greeting);
  return wire;
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return "no error";
}

/** A prefix that announces `length` bytes for `id`, and nothing of the payload. */
function head(length: number, id: number): Uint8Array {
  return Uint8Array.of(length >>> 24, length >>> 16, length >>> 8, length, id);
}

describe("PeerWire", () => {
  it("gives the same events however the reads fall", () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 20 }), (messages, cuts) => {
        const stream = concatBytes([greeting, ...messages.map(encodeMessage)]);
        expect(receiveInCuts(stream, cuts)).toEqual([{ type: "handshake", ...handshake }, ...messages]);
      }),
    );
  });

  it("gives the same events one byte at a time", () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 6 }), (messages) => {
        const stream = concatBytes([greeting, ...messages.map(encodeMessage)]);
        const cuts = Array.from({ length: stream.length }, (_, at) => at);
        expect(receiveInCuts(stream, cuts)).toEqual([{ type: "handshake", ...handshake }, ...messages]);
      }),
      { numRuns: 30 },
    );
  });

  it("tells what follows each other as one, and leaves nothing out however the reads fall", () => {
    const few = fc.nat({ max: 2 });
    const blocks = fc.record({
      type: fc.constantFrom("request", "piece"),
      piece: few,
      begin: few,
      count: fc.integer({ min: 1, max: 6 }),
      length: fc.constantFrom(BLOCK_LENGTH, BLOCK_LENGTH, BLOCK_LENGTH, 0, 1000),
    });
    const other = fc.constantFrom<PeerMessage>({ type: "keep-alive" }, { type: "have", piece: 1 }, { type: "unknown", id: 99 });
    const haves = fc.array(fc.nat(9), { maxLength: 5 }).map((pieces) => pieces.map((piece): PeerMessage => ({ type: "have", piece })));
    const some = fc.oneof(
      { weight: 1, arbitrary: other.map((message) => [message]) },
      { weight: 2, arbitrary: haves },
      { weight: 5, arbitrary: blocks.map(({ count, ...drawn }) => Array.from({ length: count }, (_, at) => blockMessage(drawn, at))) },
    );
    fc.assert(
      fc.property(fc.array(some, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 6 }), (drawn, cuts) => {
        const messages = drawn.flat();
        const stream = concatBytes([greeting, ...messages.map(encodeMessage)]);
        expect(told(receiveInCuts(stream, cuts).slice(1))).toEqual(told(messages));
      }),
    );
  });

  it("tells whole blocks of one piece in one read as one", () => {
    const requests = [0, 1, 2, 3].map((at) => blockMessage({ type: "request", piece: 5, begin: 2, length: BLOCK_LENGTH }, at));
    expect(afterHandshake().receive(concatBytes(requests.map(encodeMessage)))).toEqual([
      { type: "request-run", piece: 5, begin: 2 * BLOCK_LENGTH, count: 4 },
    ]);
    const pieces = [0, 1, 2].map((at) => blockMessage({ type: "piece", piece: 5, begin: 0, length: BLOCK_LENGTH }, at));
    const read = concatBytes(pieces.map(encodeMessage));
    const [run, ...rest] = afterHandshake().receive(read);
    expect(run).toMatchObject({ type: "block-run", piece: 5, begin: 0, count: 3 });
    expect((run as { bytes: Uint8Array }).bytes.buffer).toBe(read.buffer);
    expect(rest).toEqual([]);
  });

  it("tells haves that follow each other in one read as one, and a lone one as it is", () => {
    const haves = [7, 3, 3].map((piece): PeerMessage => ({ type: "have", piece }));
    const read = concatBytes([...haves, { type: "unchoke" } as const, { type: "have", piece: 1 } as const].map(encodeMessage));
    expect(afterHandshake().receive(read)).toEqual([
      { type: "have-run", count: 3, pieces: [7, 3, 3] },
      { type: "unchoke" },
      { type: "have", piece: 1 },
    ]);
  });

  it("lets a run end where the next block would begin beyond what can be named", () => {
    const last = { type: "request", piece: 0, begin: 2 ** 32 - BLOCK_LENGTH, length: BLOCK_LENGTH } as const;
    const messages: PeerMessage[] = [last, { ...last, begin: 0 }];
    expect(afterHandshake().receive(concatBytes(messages.map(encodeMessage)))).toEqual(messages);
  });

  it("takes a zero length as a keep-alive, at the end of a read too", () => {
    expect(afterHandshake().receive(new Uint8Array(4))).toEqual([{ type: "keep-alive" }]);
    expect(afterHandshake().receive(new Uint8Array(12))).toEqual([{ type: "keep-alive" }, { type: "keep-alive" }, { type: "keep-alive" }]);
  });

  it("hands on a block as a view into what was read", () => {
    const read = encodeMessage({ type: "piece", piece: 1, begin: 2, block: Uint8Array.of(3, 4, 5) });
    const [event] = afterHandshake().receive(read);
    expect(event).toEqual({ type: "piece", piece: 1, begin: 2, block: Uint8Array.of(3, 4, 5) });
    expect((event as { block: Uint8Array }).block.buffer).toBe(read.buffer);
  });

  it("gives plain byte arrays even where the host reads into a Buffer", () => {
    const read = Buffer.from(encodeMessage({ type: "extended", id: 1, payload: Uint8Array.of(1) }));
    const [event] = afterHandshake().receive(read);
    expect((event as { payload: Uint8Array }).payload.constructor).toBe(Uint8Array);
  });

  it("holds nothing between two messages", () => {
    const wire = afterHandshake();
    const message = encodeMessage({ type: "bitfield", bytes: new Uint8Array(100_000) });
    wire.receive(message.subarray(0, 50_000));
    expect(wire.heldLength).toBeGreaterThanOrEqual(50_000);
    wire.receive(message.subarray(50_000));
    expect(wire.heldLength).toBe(0);
  });

  it("sets memory aside for what arrived, not for what was announced", () => {
    const wire = afterHandshake();
    wire.receive(head(256 * 1024 + 1, 5));
    expect(wire.heldLength).toBeLessThan(17 * 1024);
    wire.receive(new Uint8Array(40_000));
    expect(wire.heldLength).toBeLessThan(100_000);
  });

  describe("before the handshake", () => {
    it.each([0, 1, 10, 19])("refuses a stream whose byte %i differs, as soon as it comes", (at) => {
      const wrong = greeting.slice(0, at + 1);
      wrong[at]! ^= 0x20;
      expect(codeOf(() => new PeerWire().receive(wrong))).toBe("NOT_A_HANDSHAKE");
      const wire = new PeerWire();
      wire.receive(wrong.subarray(0, at));
      expect(codeOf(() => wire.receive(wrong.subarray(at)))).toBe("NOT_A_HANDSHAKE");
    });

    it("knows all else while the peer id is missing, as the NAT check of old trackers leaves it", () => {
      const wire = new PeerWire();
      expect(wire.receive(greeting.subarray(0, 47))).toEqual([]);
      expect(wire.handshakeHead).toBeUndefined();
      expect(wire.receive(greeting.subarray(47, 48))).toEqual([]);
      expect(wire.handshakeHead).toEqual({ infoHash: handshake.infoHash, features: handshake.features });
      expect(wire.receive(greeting.subarray(48))).toHaveLength(1);
      expect(wire.handshakeHead).toBeUndefined();
    });
  });

  it.each(HOSTILE)("refuses $name before it keeps a byte of it", ({ hex, code, pieces }) => {
    const stream = fromHex(hex)!;
    for (let cut = 0; cut <= stream.length; cut++) {
      const wire = afterHandshake();
      if (pieces !== undefined) wire.expectPieces(pieces);
      expect(
        codeOf(() => {
          wire.receive(stream.subarray(0, cut));
          expect(wire.heldLength).toBeLessThanOrEqual(32);
          wire.receive(stream.subarray(cut));
        }),
      ).toBe(code);
    }
  });

  it.each([
    ["a bitfield", MESSAGE_ID.bitfield, FRAME_LENGTH_MAX],
    ["an extension message", MESSAGE_ID.extended, EXTENDED_LENGTH_MAX],
    ["a message nobody knows", 99, EXTENDED_LENGTH_MAX],
    ["hashes", MESSAGE_ID.hashes, 49 + 32 * HASHES_MAX],
    ["a block", MESSAGE_ID.piece, 9 + BLOCK_LENGTH],
  ])("takes %s as long as it may be, and refuses one byte more", (_, id, longest) => {
    const frame = (length: number): Uint8Array => {
      const bytes = new Uint8Array(4 + length);
      new DataView(bytes.buffer).setUint32(0, length);
      bytes[4] = id;
      return bytes;
    };
    expect(afterHandshake().receive(frame(longest))).toHaveLength(1);
    expect(codeOf(() => afterHandshake().receive(frame(longest + 1).subarray(0, 5)))).toBe("FRAME_TOO_LONG");
  });

  it("takes a bitfield of exactly the expected length, and any while the number of pieces is unknown", () => {
    const bitfield: PeerMessage = { type: "bitfield", bytes: Uint8Array.of(0xff, 0x80) };
    const wire = afterHandshake();
    expect(wire.receive(encodeMessage(bitfield))).toEqual([bitfield]);
    wire.expectPieces(9);
    expect(wire.receive(encodeMessage(bitfield))).toEqual([bitfield]);
  });

  it("passes over what it does not know", () => {
    const wire = afterHandshake();
    expect(wire.receive(head(60_001, 99))).toEqual([{ type: "unknown", id: 99 }]);
    expect(wire.receive(new Uint8Array(30_000))).toEqual([]);
    expect(wire.heldLength).toBe(0);
    expect(wire.receive(concatBytes([new Uint8Array(30_000), head(1, 1)]))).toEqual([{ type: "unchoke" }]);
  });
});

import { concatBytes, utf8 } from "@bittern/protocol/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame, type Frame, FrameReader, isJournal, PAYLOAD_LENGTH_MAX } from "./frame.ts";

/** All frames of a journal that comes in pieces of a size. */
function readAll(bytes: Uint8Array, pieceLength = bytes.length): { frames: Frame[]; damaged: number } {
  const reader = new FrameReader();
  const frames: Frame[] = [];
  const keep = (frame: Frame) => frames.push({ ...frame, payload: frame.payload.slice() });
  for (let at = 0; at < bytes.length; at += Math.max(1, pieceLength))
    for (const frame of reader.read(bytes.subarray(at, at + Math.max(1, pieceLength)))) keep(frame);
  for (const frame of reader.end()) keep(frame);
  return { frames, damaged: reader.damagedLength };
}

const frame = fc.record({ kind: fc.nat(255), wallSeconds: fc.nat(2 ** 31), payload: fc.uint8Array({ maxLength: 60 }) });

/** Payloads that look like frames themselves. */
const NESTED: Frame[] = [1, 2, 3].map((kind) => ({
  kind,
  wallSeconds: 5_000_000_000,
  payload: encodeFrame({ kind, wallSeconds: 1, payload: Uint8Array.of(kind) }),
}));

describe("FrameReader", () => {
  it("reads what was written, in pieces of any size", () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 8 }), fc.integer({ min: 1, max: 50 }), (frames, pieceLength) => {
        expect(readAll(concatBytes(frames.map(encodeFrame)), pieceLength)).toEqual({ frames, damaged: 0 });
      }),
    );
    expect(readAll(concatBytes(NESTED.map(encodeFrame)))).toEqual({ frames: NESTED, damaged: 0 });
  });

  it("loses one frame at most when a byte is flipped, whichever it is", () => {
    const whole = concatBytes(NESTED.map(encodeFrame));
    const frameLength = whole.length / 3;
    for (let at = 0; at < whole.length; at++) {
      for (const bit of [0, 3, 7]) {
        const flipped = whole.slice();
        flipped[at] = (flipped[at] as number) ^ (1 << bit);
        const { frames } = readAll(flipped, 16);
        const hit = Math.floor(at / frameLength);
        // A frame inside a payload may come to light when the one around it is hit.
        const found = frames.filter(({ wallSeconds }) => wallSeconds > 1).map(({ kind }) => kind);
        expect(found, `bit ${bit} of byte ${at}`).toEqual([1, 2, 3].filter((kind) => kind !== hit + 1));
      }
    }
  });

  it("reads what is whole when the end is missing, and what comes after a hole", () => {
    const whole = concatBytes(NESTED.map(encodeFrame));
    const frameLength = whole.length / 3;
    for (let cut = 0; cut < whole.length; cut++) {
      const kinds = readAll(whole.subarray(0, cut)).frames.filter(({ wallSeconds }) => wallSeconds > 1).length;
      expect(kinds, `cut at ${cut}`).toBe(Math.floor(cut / frameLength));
      const holed = concatBytes([whole.subarray(0, cut), encodeFrame({ kind: 9, wallSeconds: 9, payload: new Uint8Array(3) })]);
      expect(readAll(holed).frames.at(-1)?.kind, `hole at ${cut}`).toBe(9);
    }
  });

  it("is told from another file by its start, also when it was cut or its first frame is damaged", () => {
    const whole = concatBytes(NESTED.map(encodeFrame));
    for (let cut = 0; cut <= whole.length; cut++) expect(isJournal(whole.subarray(0, cut)), `cut at ${cut}`).toBe(true);
    expect(isJournal(whole.map((byte, at) => (at < 4 ? ~byte : byte)))).toBe(true);
    for (const text of ["d9:completedde5:peersdee", "B", "notes of mine", "\0\0\0"]) expect(isJournal(utf8(text)), text).toBe(text === "B");
  });

  it("is not led astray by a marker and a length that are not meant", () => {
    const lying = encodeFrame({ kind: 1, wallSeconds: 1, payload: new Uint8Array(0) });
    new DataView(lying.buffer).setUint32(8, PAYLOAD_LENGTH_MAX);
    const honest = encodeFrame({ kind: 2, wallSeconds: 2, payload: Uint8Array.of(7) });
    expect(readAll(concatBytes([lying, honest]), 5).frames.map(({ kind }) => kind)).toEqual([2]);
  });
});

/**
 * One frame of a WebSocket (RFC 6455, 5.2).
 *
 *     <last: 1 bit> <reserved: 3> <opcode: 4> <masked: 1> <length: 7, or 126 and 16 bits, or 127 and 64> [<mask: 4 bytes>] <payload>
 *
 * What a client sends is masked, what a server sends is not.
 * @module
 */
import { assert, utf8 } from "../base/index.ts";

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const LAST = 0x80;
const MASKED = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MASK_LENGTH = 4;
/** Bytes of a head, without a mask. */
const HEAD_LENGTH_MAX = 10;
/** Bytes of UTF-8 for each unit of a string, at most. */
const UTF8_MAX = 3;

const encoder = new TextEncoder();

/** Where the parts of a frame lie, as far as they are there. */
export interface FrameHead {
  readonly isLast: boolean;
  /** The three reserved bits, which nobody may use without having agreed on it. */
  readonly reserved: number;
  readonly opcode: number;
  readonly isMasked: boolean;
  readonly payloadAt: number;
  readonly payloadLength: number;
}

/** The head of the frame at `at`; `undefined` while it is not whole. */
export function readFrameHead(bytes: Uint8Array, at: number): FrameHead | undefined {
  if (bytes.length < at + 2) return undefined;
  const first = bytes[at] as number;
  const second = bytes[at + 1] as number;
  const short = second & 0x7f;
  const lengthBytes = short === LENGTH_16 ? 2 : short === LENGTH_64 ? 8 : 0;
  const isMasked = (second & MASKED) !== 0;
  const payloadAt = at + 2 + lengthBytes + (isMasked ? MASK_LENGTH : 0);
  if (bytes.length < payloadAt) return undefined;
  let payloadLength = lengthBytes === 0 ? short : 0;
  for (let byte = 0; byte < lengthBytes; byte++) payloadLength = payloadLength * 256 + (bytes[at + 2 + byte] as number);
  return { isLast: (first & LAST) !== 0, reserved: first & 0x70, opcode: first & 15, isMasked, payloadAt, payloadLength };
}

/** The payload of a whole frame, unmasked: a copy in memory that the next call uses again, for whoever is done with it before. Hot. */
export function lentPayloadOf(bytes: Uint8Array, head: FrameHead): Uint8Array<ArrayBuffer> {
  if (scratch.length < head.payloadLength) scratch = new Uint8Array(head.payloadLength);
  return copyPayload(bytes, head, scratch.subarray(0, head.payloadLength));
}
let scratch = new Uint8Array(16 * 1024);

/** A copy of the payload of a whole frame, unmasked. */
export function payloadOf(bytes: Uint8Array, head: FrameHead): Uint8Array<ArrayBuffer> {
  return copyPayload(bytes, head, new Uint8Array(head.payloadLength));
}

function copyPayload<Target extends Uint8Array>(bytes: Uint8Array, head: FrameHead, payload: Target): Target {
  const { payloadAt, payloadLength, isMasked } = head;
  payload.set(bytes.subarray(payloadAt, payloadAt + payloadLength));
  if (isMasked) applyMask(payload, bytes, payloadAt - MASK_LENGTH);
  return payload;
}

/** A whole message in one frame; with `mask` (four bytes, from secret dice) it is a client's. */
export function encodeWebSocketFrame(opcode: number, payload: Uint8Array, mask?: Uint8Array): Uint8Array<ArrayBuffer> {
  assert(mask === undefined || mask.length === MASK_LENGTH, "a mask has four bytes");
  const { length } = payload;
  const lengthBytes = headLengthOf(length) - 2;
  const payloadAt = 2 + lengthBytes + (mask?.length ?? 0);
  const frame = new Uint8Array(payloadAt + length);
  frame[0] = LAST | opcode;
  writeLength(frame, 0, length, lengthBytes);
  if (mask !== undefined) frame[1] = (frame[1] as number) | MASKED;
  frame.set(payload, payloadAt);
  if (mask !== undefined) {
    frame.set(mask, payloadAt - MASK_LENGTH);
    applyMask(frame.subarray(payloadAt), mask, 0);
  }
  return frame;
}

/** A text message. */
export function encodeWebSocketText(text: string, mask?: Uint8Array): Uint8Array<ArrayBuffer> {
  return encodeWebSocketFrame(OPCODE.text, utf8(text), mask);
}

/** Bytes that `writeWebSocketText` needs at most. */
export function webSocketTextLengthMax(text: string): number {
  return HEAD_LENGTH_MAX + UTF8_MAX * text.length;
}

/** Writes a server's text message at a place of a buffer that has room for it; returns where the next one goes. Hot. */
export function writeWebSocketText(text: string, bytes: Uint8Array, at: number): number {
  // Most texts are plain, so the head is as long as it would be for as many bytes as there are characters.
  const guessed = headLengthOf(text.length);
  const length = encoder.encodeInto(text, bytes.subarray(at + guessed)).written;
  const headLength = headLengthOf(length);
  if (headLength !== guessed) bytes.copyWithin(at + headLength, at + guessed, at + guessed + length);
  bytes[at] = LAST | OPCODE.text;
  writeLength(bytes, at, length, headLength - 2);
  return at + headLength + length;
}

/** The last frame of a side, and why. */
export function encodeWebSocketClose(code: number, mask?: Uint8Array): Uint8Array<ArrayBuffer> {
  return encodeWebSocketFrame(OPCODE.close, Uint8Array.of(code >>> 8, code & 255), mask);
}

/** Bytes of a head without a mask. */
function headLengthOf(payloadLength: number): number {
  return payloadLength < LENGTH_16 ? 2 : payloadLength < 0x10000 ? 4 : HEAD_LENGTH_MAX;
}

function writeLength(frame: Uint8Array, at: number, length: number, lengthBytes: number): void {
  frame[at + 1] = lengthBytes === 0 ? length : lengthBytes === 2 ? LENGTH_16 : LENGTH_64;
  let rest = length;
  for (let byte = at + 1 + lengthBytes; byte >= at + 2; byte--) {
    frame[byte] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}

/** Hot: a word at a time where the payload lies so, four bytes with the mask in registers elsewhere. */
function applyMask(payload: Uint8Array, mask: Uint8Array, maskAt: number): void {
  if (payload.byteOffset % 4 === 0) return applyMaskWords(payload, mask, maskAt);
  const first = mask[maskAt] as number;
  const second = mask[maskAt + 1] as number;
  const third = mask[maskAt + 2] as number;
  const fourth = mask[maskAt + 3] as number;
  const whole = payload.length & ~3;
  for (let at = 0; at < whole; at += 4) {
    payload[at] = (payload[at] as number) ^ first;
    payload[at + 1] = (payload[at + 1] as number) ^ second;
    payload[at + 2] = (payload[at + 2] as number) ^ third;
    payload[at + 3] = (payload[at + 3] as number) ^ fourth;
  }
  for (let at = whole; at < payload.length; at++) payload[at] = (payload[at] as number) ^ (mask[maskAt + (at & 3)] as number);
}

function applyMaskWords(payload: Uint8Array, mask: Uint8Array, maskAt: number): void {
  // In whatever order this machine keeps the bytes of a word, both have it.
  const word = new Uint32Array(mask.slice(maskAt, maskAt + MASK_LENGTH).buffer)[0] as number;
  const words = new Uint32Array(payload.buffer, payload.byteOffset, payload.length >> 2);
  for (let at = 0; at < words.length; at++) words[at] = (words[at] as number) ^ word;
  for (let at = payload.length & ~3; at < payload.length; at++) payload[at] = (payload[at] as number) ^ (mask[maskAt + (at & 3)] as number);
}

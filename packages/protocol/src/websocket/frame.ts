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
/** Bytes of a head at most, without a mask. */
export const WEB_SOCKET_HEAD_MAX: number = 10;
/** Bytes of the memory for payloads that are lent; a longer one has its own. */
const SCRATCH_LENGTH = 64 * 1024;

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

/**
 * Memory for payloads that are read before the next bytes come: used again after each `begin`, so that a message costs none. Hot.
 */
export class PayloadScratch {
  #memory = new ArrayBuffer(SCRATCH_LENGTH);
  #words = new Uint32Array(this.#memory);
  #at = 0;

  /** What was lent is free again. */
  begin(): void {
    this.#at = 0;
  }

  /** The payload of a whole frame, unmasked, until the next `begin`. */
  lend(bytes: Uint8Array, { payloadAt, payloadLength, isMasked }: FrameHead): Uint8Array {
    const whole = Math.ceil(payloadLength / 4) * 4;
    if (this.#at + whole > this.#memory.byteLength) {
      this.#memory = new ArrayBuffer(Math.max(SCRATCH_LENGTH, whole));
      this.#words = new Uint32Array(this.#memory);
      this.#at = 0;
    }
    const from = this.#at;
    this.#at += whole;
    const lent = new Uint8Array(this.#memory, from, payloadLength);
    lent.set(new Uint8Array(bytes.buffer, bytes.byteOffset + payloadAt, payloadLength));
    if (!isMasked) return lent;
    for (let byte = 0; byte < MASK_LENGTH; byte++) maskBytes[byte] = bytes[payloadAt - MASK_LENGTH + byte] as number;
    const mask = maskWord[0] as number;
    const words = this.#words;
    // A word at a time; what is beyond the payload in its last word is nobody's.
    for (let word = from >> 2; word < (from + whole) >> 2; word++) words[word] = (words[word] as number) ^ mask;
    return lent;
  }
}
/** In whatever order this machine keeps the bytes of a word, mask and payload both have it. */
const maskWord = new Uint32Array(1);
const maskBytes = new Uint8Array(maskWord.buffer);

/** A copy of the payload of a whole frame, unmasked. */
export function payloadOf(bytes: Uint8Array, { payloadAt, payloadLength, isMasked }: FrameHead): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(payloadLength);
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

/** Writes the head of a server's text message right before its payload, where `WEB_SOCKET_HEAD_MAX` bytes are free; returns where it begins. Hot. */
export function writeWebSocketHead(bytes: Uint8Array, payloadAt: number, payloadLength: number): number {
  const headLength = headLengthOf(payloadLength);
  const at = payloadAt - headLength;
  bytes[at] = LAST | OPCODE.text;
  writeLength(bytes, at, payloadLength, headLength - 2);
  return at;
}

/** The last frame of a side, and why. */
export function encodeWebSocketClose(code: number, mask?: Uint8Array): Uint8Array<ArrayBuffer> {
  return encodeWebSocketFrame(OPCODE.close, Uint8Array.of(code >>> 8, code & 255), mask);
}

/** Bytes of a head without a mask. */
function headLengthOf(payloadLength: number): number {
  return payloadLength < LENGTH_16 ? 2 : payloadLength < 0x10000 ? 4 : WEB_SOCKET_HEAD_MAX;
}

function writeLength(frame: Uint8Array, at: number, length: number, lengthBytes: number): void {
  frame[at + 1] = lengthBytes === 0 ? length : lengthBytes === 2 ? LENGTH_16 : LENGTH_64;
  let rest = length;
  for (let byte = at + 1 + lengthBytes; byte >= at + 2; byte--) {
    frame[byte] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}

function applyMask(payload: Uint8Array, mask: Uint8Array, maskAt: number): void {
  for (let at = 0; at < payload.length; at++) payload[at] = (payload[at] as number) ^ (mask[maskAt + (at & 3)] as number);
}

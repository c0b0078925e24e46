/**
 * Packets of uTP (BEP 29): a head of 20 bytes, extensions in a chain, payload.
 *
 *     0       4       8               16              24              32
 *     | type  | 1     | extension     | connection id                 |
 *     | timestamp, microseconds                                       |
 *     | how late the last packet came, microseconds                   |
 *     | window                                                        |
 *     | sequence                      | acknowledged                  |
 * @module
 */
import type { Sequence } from "./sequence.ts";

export const HEAD_LENGTH = 20;
/** Bytes of a mask of packets that came out of order: 1,024 packets. It is a multiple of 4. */
export const SELECTION_LENGTH_MAX = 128;
const VERSION = 1;
const SELECTIVE_ACK = 1;
/** More links than anybody ever sent in one packet. */
const EXTENSIONS_MAX = 8;
const TYPES = ["data", "fin", "state", "reset", "syn"] as const;

export type UtpPacketType = (typeof TYPES)[number];

export interface UtpHead {
  readonly type: UtpPacketType;
  readonly connectionId: number;
  /** Microseconds of the sender's clock, 32 bits. */
  readonly timestamp: number;
  /** Microseconds between the timestamp of the last packet the sender got and its own clock then; 32 bits, any origin. */
  readonly lateness: number;
  /** Bytes the sender has room for. */
  readonly window: number;
  readonly sequence: Sequence;
  /** The last packet the sender has without a gap before it. */
  readonly acknowledged: Sequence;
}

export interface UtpPacket extends UtpHead {
  /**
   * Packets past `acknowledged + 1` that the sender has: the lowest bit of the first byte is `acknowledged + 2`. A view of the
   * datagram; `undefined` when nothing came out of order.
   */
  readonly selection: Uint8Array | undefined;
  /** A view of the datagram. */
  readonly payload: Uint8Array;
}

/** Whether a datagram can be of uTP, by its first byte and its length: what else comes to the same port begins otherwise. */
export function isUtp(bytes: Uint8Array): boolean {
  const first = bytes[0] as number;
  return bytes.length >= HEAD_LENGTH && (first & 0x0f) === VERSION && first >> 4 < TYPES.length;
}

/** `undefined` for anything but a whole packet. Anybody may send anything here, so nobody is to blame. */
export function decodeUtp(bytes: Uint8Array): UtpPacket | undefined {
  if (!isUtp(bytes)) return undefined;
  let at = HEAD_LENGTH;
  let selection: Uint8Array | undefined;
  let count = 0;
  for (let extension = bytes[1] as number; extension !== 0; count++) {
    if (count === EXTENSIONS_MAX || at + 2 > bytes.length) return undefined;
    const next = bytes[at] as number;
    const length = bytes[at + 1] as number;
    const begin = at + 2;
    at = begin + length;
    if (at > bytes.length) return undefined;
    // Multiples of 4 in the text, and any length in practice (libtorrent 2.0 sends 22).
    if (extension === SELECTIVE_ACK && length > 0) selection = bytes.subarray(begin, Math.min(at, begin + SELECTION_LENGTH_MAX));
    extension = next;
  }
  return {
    type: TYPES[(bytes[0] as number) >> 4] as UtpPacketType,
    connectionId: u16(bytes, 2),
    timestamp: u32(bytes, 4),
    lateness: u32(bytes, 8),
    window: u32(bytes, 12),
    sequence: u16(bytes, 16),
    acknowledged: u16(bytes, 18),
    selection,
    payload: bytes.subarray(at),
  };
}

/** A packet of its own bytes; `selection` is copied. */
export function encodeUtp(head: UtpHead, selection?: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEAD_LENGTH + (selection === undefined ? 0 : 2 + selection.length));
  writeHead(bytes, head);
  if (selection === undefined) return bytes;
  bytes[1] = SELECTIVE_ACK;
  bytes[HEAD_LENGTH + 1] = selection.length;
  bytes.set(selection, HEAD_LENGTH + 2);
  return bytes;
}

/** Writes the first 20 bytes of a packet without extensions. Hot. */
export function writeHead(bytes: Uint8Array, head: UtpHead): void {
  bytes[0] = (TYPES.indexOf(head.type) << 4) | VERSION;
  bytes[1] = 0;
  writeU16(bytes, 2, head.connectionId);
  writeU32(bytes, 4, head.timestamp);
  writeU32(bytes, 8, head.lateness);
  writeU32(bytes, 12, head.window);
  writeU16(bytes, 16, head.sequence);
  writeU16(bytes, 18, head.acknowledged);
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

function u32(bytes: Uint8Array, at: number): number {
  return ((u16(bytes, at) << 16) | u16(bytes, at + 2)) >>> 0;
}

function writeU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

function writeU32(bytes: Uint8Array, at: number, value: number): void {
  writeU16(bytes, at, value >>> 16);
  writeU16(bytes, at + 2, value);
}

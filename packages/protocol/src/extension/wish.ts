/**
 * Telling a seed that hides what it has (BEP 16) which piece is needed soon. Our own message, in the frame of BEP 10:
 *
 *     <piece: u32>
 *
 * Only a hiding seed names it in its handshake; its answer is the `have` of that piece.
 * @module
 */
import { type PieceIndex, ProtocolError } from "../base/index.ts";

const LENGTH = 4;

/** The payload of a `by_wish` message. */
export function encodeWish(piece: PieceIndex): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(piece >>> 24, piece >>> 16, piece >>> 8, piece);
}

/** The piece; whether the torrent has so many is for the caller to see. */
export function decodeWish(payload: Uint8Array): PieceIndex {
  if (payload.length !== LENGTH) throw new ProtocolError("WISH_LENGTH_WRONG", `wish of ${payload.length} bytes`);
  return new DataView(payload.buffer, payload.byteOffset, LENGTH).getUint32(0);
}

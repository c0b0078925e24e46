/**
 * Taking a piece back (BEP 54): the sender had announced it and has lost it.
 *
 *     <piece: u32>
 * @module
 */
import { type PieceIndex, ProtocolError } from "../base/index.ts";

const LENGTH = 4;

/** The payload of an `lt_donthave` message. */
export function encodeDontHave(piece: PieceIndex): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(piece >>> 24, piece >>> 16, piece >>> 8, piece);
}

/** The piece; whether the torrent has so many is for the caller to see. */
export function decodeDontHave(payload: Uint8Array): PieceIndex {
  if (payload.length !== LENGTH) throw new ProtocolError("DONT_HAVE_LENGTH_WRONG", `dont-have of ${payload.length} bytes`);
  return new DataView(payload.buffer, payload.byteOffset, LENGTH).getUint32(0);
}

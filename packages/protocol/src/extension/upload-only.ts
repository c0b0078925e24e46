/**
 * Saying in the middle of a link that one wants no pieces any more, or again (BEP 21; the message is libtorrent's).
 *
 *     <0 or 1: u8>
 * @module
 */
import { ProtocolError } from "../base/index.ts";

/** The payload of an `upload_only` message. */
export function encodeUploadOnly(isUploadOnly: boolean): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(Number(isUploadOnly));
}

/** Whether the sender wants no pieces from now on. */
export function decodeUploadOnly(payload: Uint8Array): boolean {
  if (payload.length !== 1) throw new ProtocolError("UPLOAD_ONLY_LENGTH_WRONG", `upload-only of ${payload.length} bytes`);
  return payload[0] !== 0;
}

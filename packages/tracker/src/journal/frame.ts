/**
 * The frames of a journal: each stands for itself, and is found again after any damage before it.
 *
 *     <marker: 4> <crc32c of what follows: u32> <length of payload: u32> <kind: u8> <wall seconds: u40> <payload>
 *
 * A reader that meets a frame whose checksum is wrong, or a cut, goes on one byte later and looks for the next marker. So
 * a journal that was cut or flipped at any byte costs the frame that was hit and nothing else.
 * @module
 */
import { crc32c } from "@bittern/protocol/address";
import { assert, concatBytes, NO_BYTES } from "@bittern/protocol/base";

/** "BTJ" and a byte that is no text. */
const MARKER = [0x42, 0x54, 0x4a, 0xf1] as const;
export const FRAME_HEAD_LENGTH: number = 18;
/** Bytes. */
export const PAYLOAD_LENGTH_MAX: number = 256 * 1024;

export interface Frame {
  /** What the payload is; readers pass over kinds they do not know. */
  readonly kind: number;
  /** When it was written, in seconds since 1970. */
  readonly wallSeconds: number;
  /** A view; valid until the reader is called again. */
  readonly payload: Uint8Array;
}

/** Fresh bytes. */
export function encodeFrame({ kind, wallSeconds, payload }: Frame): Uint8Array<ArrayBuffer> {
  assert(payload.length <= PAYLOAD_LENGTH_MAX, "a frame is short enough to be found again");
  const bytes = new Uint8Array(FRAME_HEAD_LENGTH + payload.length);
  const view = new DataView(bytes.buffer);
  bytes.set(MARKER);
  view.setUint32(8, payload.length);
  bytes[12] = kind;
  bytes[13] = Math.floor(wallSeconds / 2 ** 32);
  view.setUint32(14, wallSeconds % 2 ** 32);
  bytes.set(payload, FRAME_HEAD_LENGTH);
  view.setUint32(4, crc32c(bytes.subarray(8)));
  return bytes;
}

/** Bytes of a file that `isJournal` has to see: a damaged first frame, and the marker of the next. */
export const JOURNAL_START_LENGTH: number = FRAME_HEAD_LENGTH + PAYLOAD_LENGTH_MAX + MARKER.length;

/** Whether a file that begins so is a journal, damaged or not, or somebody else's: a journal has a marker soon, or was cut within it. */
export function isJournal(start: Uint8Array): boolean {
  const hasMarkerAt = (at: number): boolean => MARKER.every((byte, offset) => at + offset >= start.length || start[at + offset] === byte);
  if (hasMarkerAt(0)) return true;
  for (let at = 1; at <= start.length - MARKER.length; at++) if (hasMarkerAt(at)) return true;
  return false;
}

/** Finds the frames in a journal that comes in pieces of any size. */
export class FrameReader {
  /** Bytes that belonged to no frame. */
  damagedLength = 0;
  #rest: Uint8Array = NO_BYTES;

  /** The frames that these bytes complete. */
  *read(bytes: Uint8Array): Generator<Frame> {
    this.#rest = yield* this.#frames(this.#rest.length === 0 ? bytes : concatBytes([this.#rest, bytes]), false);
  }

  /** The frames that were hidden behind the start of one that never ended. */
  *end(): Generator<Frame> {
    this.#rest = yield* this.#frames(this.#rest, true);
  }

  /** Returns what may be the start of a frame; nothing at the end. */
  *#frames(bytes: Uint8Array, isEnd: boolean): Generator<Frame, Uint8Array> {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (at < bytes.length) {
      const length = frameLength(bytes, view, at);
      if (length > bytes.length - at && !isEnd) return bytes.slice(at);
      if (length > 0 && length <= bytes.length - at && view.getUint32(at + 4) === crc32c(bytes.subarray(at + 8, at + length))) {
        yield frameAt(bytes, view, at, length);
        at += length;
        continue;
      }
      this.damagedLength++;
      at++;
    }
    return NO_BYTES;
  }
}

function frameAt(bytes: Uint8Array, view: DataView, at: number, length: number): Frame {
  const wallSeconds = (bytes[at + 13] as number) * 2 ** 32 + view.getUint32(at + 14);
  return { kind: bytes[at + 12] as number, wallSeconds, payload: bytes.subarray(at + FRAME_HEAD_LENGTH, at + length) };
}

/** How long the frame at `at` says it is; 0 where none begins, the least it can be where its head is not whole. */
function frameLength(bytes: Uint8Array, view: DataView, at: number): number {
  for (let byte = 0; byte < MARKER.length && at + byte < bytes.length; byte++) if (bytes[at + byte] !== MARKER[byte]) return 0;
  if (bytes.length - at < FRAME_HEAD_LENGTH) return FRAME_HEAD_LENGTH;
  const payload = view.getUint32(at + 8);
  return payload <= PAYLOAD_LENGTH_MAX ? FRAME_HEAD_LENGTH + payload : 0;
}

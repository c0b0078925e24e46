/**
 * The bytes of a range of a torrent as they become known: a web stream with bounded buffering that makes the pieces in
 * front of its reader come first.
 * @module
 */
import type { PieceIndex } from "@bittern/protocol/base";
import { reasonOf } from "./waits.ts";

/** Bytes of one chunk at most: one read of the disk. */
const CHUNK_LENGTH_MAX = 256 * 1024;
/** Bytes that wait for the reader at most. */
const BUFFER_LENGTH = 1024 * 1024;
/** Bytes in front of the reader that are hurried, and pieces at least and at most. */
const WINDOW_LENGTH = 8 * 1024 * 1024;
const WINDOW_PIECES_MIN = 2;
const WINDOW_PIECES_MAX = 64;

/** What a stream needs of its torrent. */
export interface PieceSource {
  readonly pieceLength: number;
  /** How many bytes from `offset` on are verified without a gap, up to `length`. */
  verifiedFrom(offset: number, length: number): number;
  /** Resolves once the piece is verified. */
  whenVerified(piece: PieceIndex, signal: AbortSignal): Promise<void>;
  /** Reads verified bytes; the answer is the caller's own. */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** `reader` waits for these pieces, next first; for none any more when the list is empty. */
  hurry(reader: object, pieces: readonly PieceIndex[]): void;
}

export interface ByteRange {
  /** Offset in the torrent's stream of bytes. */
  readonly offset: number;
  readonly length: number;
}

/** Chunks of at most 256 KiB, in order. Cancelling it stops the hurry. */
export function streamRange(source: PieceSource, range: ByteRange, signal?: AbortSignal): ReadableStream<Uint8Array> {
  const reader = {};
  const ended = new AbortController();
  const end = range.offset + range.length;
  let at = range.offset;
  const leave = (): void => {
    source.hurry(reader, []);
    signal?.removeEventListener("abort", abort);
    ended.abort();
  };
  const abort = (): void => ended.abort(signal === undefined ? undefined : reasonOf(signal));

  return new ReadableStream<Uint8Array>(
    {
      start(): void {
        if (signal?.aborted === true) throw reasonOf(signal);
        signal?.addEventListener("abort", abort, { once: true });
      },
      async pull(controller): Promise<void> {
        try {
          if (at < end) {
            source.hurry(reader, windowOf(source.pieceLength, at, end));
            await source.whenVerified(Math.floor(at / source.pieceLength), ended.signal);
            const bytes = await source.read(at, source.verifiedFrom(at, Math.min(CHUNK_LENGTH_MAX, end - at)));
            at += bytes.length;
            controller.enqueue(bytes);
          }
          if (at < end) return;
          leave();
          controller.close();
        } catch (error) {
          leave();
          throw error;
        }
      },
      cancel: leave,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: BUFFER_LENGTH }),
  );
}

function windowOf(pieceLength: number, at: number, end: number): readonly PieceIndex[] {
  const first = Math.floor(at / pieceLength);
  const last = Math.floor((end - 1) / pieceLength);
  const wide = Math.min(WINDOW_PIECES_MAX, Math.max(WINDOW_PIECES_MIN, Math.ceil(WINDOW_LENGTH / pieceLength)));
  return Array.from({ length: Math.min(wide, last - first + 1) }, (_, step) => first + step);
}

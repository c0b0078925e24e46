/**
 * How much each piece is wanted, from how much each file is wanted.
 *
 * A piece is worth as much as the most wanted file that has a byte in it: without the piece that file is not whole.
 * @module
 */
import type { PieceIndex } from "@bittern/protocol/base";

/** Before all others. 0 is not wanted, 1 the rule. */
export const PRIORITY_MAX = 7;

/** What has to be known of a file: where its bytes lie in the stream, and how much they are wanted (0 to 7). */
export interface PrioritizedFile {
  /** Bytes from the start of the stream. */
  readonly offset: number;
  /** Bytes; an empty file wants no piece. */
  readonly length: number;
  /** Pads want nothing, whatever their number says. */
  readonly isPad: boolean;
  readonly priority: number;
}

/** A priority for every piece, 0 where no wanted file has a byte. */
export function piecePriorities(
  files: Iterable<PrioritizedFile>,
  { pieceLength, pieceCount }: { pieceLength: number; pieceCount: number },
): Uint8Array {
  const priorities = new Uint8Array(pieceCount);
  for (const file of files) {
    if (file.isPad || file.length === 0 || file.priority === 0) continue;
    const first: PieceIndex = Math.floor(file.offset / pieceLength);
    const last: PieceIndex = Math.min(pieceCount - 1, Math.floor((file.offset + file.length - 1) / pieceLength));
    // Only the first and last piece of a file can be shared, but many small files share one: take the highest.
    for (let piece = first; piece <= last; piece++) {
      if ((priorities[piece] as number) < file.priority) priorities[piece] = Math.min(file.priority, PRIORITY_MAX);
    }
  }
  return priorities;
}

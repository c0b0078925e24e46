/**
 * The next piece in the order of the torrent, for those who read while it arrives.
 * @module
 */
import type { Bitfield, PieceIndex } from "@bittern/protocol/base";
import { walkBoth } from "./both.ts";

/** The lowest piece in both that passes; nothing that does lies before `start`. */
export function firstOfBoth(
  pickable: Bitfield,
  field: Bitfield,
  start: PieceIndex,
  passes: (piece: PieceIndex) => boolean,
): PieceIndex | undefined {
  let first: PieceIndex | undefined;
  walkBoth(pickable, field, { start, wraps: false }, (piece) => {
    if (passes(piece)) first = piece;
    return first !== undefined;
  });
  return first;
}

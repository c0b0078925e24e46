/**
 * The next piece in the order of the torrent, for those who read while it arrives.
 * @module
 */
import type { Bitfield, PieceIndex } from "@bittern/protocol/base";

/** The lowest piece, from the byte `fromByte` of the fields on, that is in both and passes. */
export function firstOfBoth(
  pickable: Bitfield,
  field: Bitfield,
  fromByte: number,
  passes: (piece: PieceIndex) => boolean,
): PieceIndex | undefined {
  const ours = pickable.bytes;
  const theirs = field.bytes;
  for (let at = fromByte; at < ours.length; at++) {
    const both = (ours[at] as number) & (theirs[at] as number);
    if (both === 0) continue;
    for (let bit = 0; bit < 8; bit++) if ((both & (128 >> bit)) !== 0 && passes(at * 8 + bit)) return at * 8 + bit;
  }
  return undefined;
}

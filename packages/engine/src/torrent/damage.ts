/**
 * What is wrong when data that we only read is no longer what it was: nobody here may mend it, so it is said, by name.
 * @module
 */
import { HostError, type PieceIndex } from "@bittern/protocol/base";
import type { Layout } from "@bittern/protocol/metainfo";

/** Names the first file that lacks one of the pieces, and counts the others. */
export function damageFault(layout: Layout, lost: Iterable<PieceIndex>): HostError {
  const damaged = new Set<number>();
  for (const piece of lost) {
    for (const { fileIndex, length } of layout.spans(piece, 0, layout.pieceByteLength(piece))) {
      if (length > 0 && layout.files[fileIndex]?.isPad === false) damaged.add(fileIndex);
    }
  }
  const [first = 0] = [...damaged].sort((one, other) => one - other);
  const name = layout.files[first]?.path.join("/") ?? "";
  const others = damaged.size - 1;
  const message =
    others > 0 ? `${name} and ${others} more files are missing or damaged on the disk` : `${name} is missing or damaged on the disk`;
  return new HostError("DATA_DAMAGED", message);
}

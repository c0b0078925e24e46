/**
 * Joins the two halves of a hybrid torrent, after checking that they describe the same content (BEP 52, "upgrade path").
 *
 * Halves that disagree would let two peers hold different data under one torrent, so any difference refuses it: names, order,
 * lengths, a file that does not begin at the border of a piece, a pad that does not end at one.
 * @module
 */
import { ProtocolError } from "../base/index.ts";
import type { DraftFile } from "./file.ts";

/** Gives the files of the v1 list the roots of the v2 tree. */
export function joinHybrid(list: readonly DraftFile[], tree: readonly DraftFile[], pieceLength: number): void {
  let offset = 0;
  let treeIndex = 0;
  for (const file of list) {
    if (file.isPad) {
      checkPad(offset, file.length, pieceLength);
    } else {
      const twin = tree[treeIndex++];
      checkTwin(file, twin, offset, pieceLength);
      if (twin?.piecesRoot !== undefined) file.piecesRoot = twin.piecesRoot;
    }
    offset += file.length;
  }
  if (treeIndex !== tree.length) throw disagreement(`${treeIndex} files in the list and ${tree.length} in the tree`);
}

function checkPad(offset: number, length: number, pieceLength: number): void {
  if (length >= pieceLength || (offset + length) % pieceLength !== 0) throw disagreement(`a pad of ${length} bytes at ${offset}`);
}

function checkTwin(file: DraftFile, twin: DraftFile | undefined, offset: number, pieceLength: number): void {
  if (twin === undefined) throw disagreement("more files in the list than in the tree");
  if (file.length !== twin.length) throw disagreement(`a file of ${file.length} bytes in the list and ${twin.length} in the tree`);
  const isSamePath = file.path.length === twin.path.length && file.path.every((part, at) => part === twin.path[at]);
  if (!isSamePath) throw disagreement("a file with one path in the list and another in the tree");
  if (file.length > 0 && offset % pieceLength !== 0) throw disagreement(`a file that begins inside a piece, at ${offset}`);
}

function disagreement(what: string): ProtocolError {
  return new ProtocolError("METAINFO_HYBRID", `the v1 and v2 halves disagree: ${what}`);
}

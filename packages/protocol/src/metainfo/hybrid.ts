/**
 * Joins the two halves of a hybrid torrent, after checking that they describe the same content (BEP 52, "upgrade path").
 *
 * Halves that disagree would let two peers hold different data under one torrent, so any difference refuses it: names, order,
 * lengths, a file that does not begin at the border of a piece, a pad that does not end at one.
 * @module
 */
import { ProtocolError } from "../base/index.ts";
import type { RawFile } from "./file.ts";

/** The v1 list, pads included, with the roots of the v2 tree. */
export function joinHybrid(list: readonly RawFile[], tree: readonly RawFile[], pieceLength: number): RawFile[] {
  const joined: RawFile[] = [];
  let offset = 0;
  let treeIndex = 0;
  for (const file of list) {
    if (file.isPad) {
      checkPad(offset, file.length, pieceLength);
      joined.push(file);
    } else {
      const twin = tree[treeIndex++];
      checkTwin(file, twin, offset, pieceLength);
      joined.push(twin?.piecesRoot === undefined ? file : { ...file, piecesRoot: twin.piecesRoot });
    }
    offset += file.length;
  }
  if (treeIndex !== tree.length) throw disagreement(`${treeIndex} files in the list and ${tree.length} in the tree`);
  return joined;
}

function checkPad(offset: number, length: number, pieceLength: number): void {
  if (length >= pieceLength || (offset + length) % pieceLength !== 0) throw disagreement(`a pad of ${length} bytes at ${offset}`);
}

function checkTwin(file: RawFile, twin: RawFile | undefined, offset: number, pieceLength: number): void {
  if (twin === undefined) throw disagreement("more files in the list than in the tree");
  if (file.length !== twin.length) throw disagreement(`a file of ${file.length} bytes in the list and ${twin.length} in the tree`);
  const isSamePath = file.path.length === twin.path.length && file.path.every((part, at) => part === twin.path[at]);
  if (!isSamePath) throw disagreement("a file with one path in the list and another in the tree");
  if (file.length > 0 && offset % pieceLength !== 0) throw disagreement(`a file that begins inside a piece, at ${offset}`);
}

function disagreement(what: string): ProtocolError {
  return new ProtocolError("METAINFO_HYBRID", `the v1 and v2 halves disagree: ${what}`);
}

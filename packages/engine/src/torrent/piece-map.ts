/**
 * What is known of every piece at one moment: for a face that draws them, and for the diagnosis.
 * @module
 */
import type { PieceIndex } from "@bittern/protocol/base";
import type { PiecePicker } from "../picker/picker.ts";
import type { Body } from "./body.ts";

/** `unwanted`: missing, and nobody asked for it; `started`: some of its blocks are asked for or here. */
export const PIECE_STATE = { missing: 0, unwanted: 1, started: 2, verified: 3 } as const;

/** Every piece at one moment, by its index. A copy: it belongs to whoever asked. */
export interface PieceMap {
  /** A `PIECE_STATE` a piece. */
  readonly states: Uint8Array;
  /** Connected peers that have the piece. */
  readonly copies: Uint16Array;
}

/** A copy of its own. Walks all pieces: ask for it as often as people look, not as often as pieces come. */
export function pieceMap({ content, picker, requests }: Body): PieceMap {
  const have = content.shown;
  const states = new Uint8Array(have.length);
  const copies = new Uint16Array(have.length);
  for (let piece = 0; piece < have.length; piece++) {
    copies[piece] = picker.availability(piece);
    if (have.has(piece)) states[piece] = PIECE_STATE.verified;
    else if (requests.partials.has(piece)) states[piece] = PIECE_STATE.started;
    else if (!picker.wants(piece)) states[piece] = PIECE_STATE.unwanted;
  }
  return { states, copies };
}

/** Wanted pieces that are missing, and those of them that no connected peer has. */
export function missingPieces(picker: PiecePicker | undefined): {
  readonly missingCount: number;
  readonly absentCount: number;
  readonly absentPiece: PieceIndex | undefined;
} {
  let absentCount = 0;
  let absentPiece: PieceIndex | undefined;
  // Where there is a whole copy nothing can be absent, and the walk is spared.
  if (picker !== undefined && picker.distributedCopies() < 1) {
    for (let piece = 0; piece < picker.pieceCount; piece++) {
      if (!picker.wants(piece) || picker.availability(piece) > 0) continue;
      absentCount++;
      absentPiece ??= piece;
    }
  }
  return { missingCount: picker?.wantedMissing ?? 0, absentCount, absentPiece };
}

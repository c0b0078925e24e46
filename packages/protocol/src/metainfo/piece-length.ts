/**
 * The piece length of a new torrent when nobody chooses one. It is part of the info hash, so the table of docs/piece-length.md
 * is a promise: the same content gives the same torrent with every version of Bittern.
 * @module
 */
import { KIB, MIB } from "../base/index.ts";
import { METAINFO_LIMITS } from "./limits.ts";

const PIECE_LENGTH_MIN = 64 * KIB;
/** Larger pieces make a peer wait long for its first, so they must be forced. */
const PIECE_LENGTH_EASY = 16 * MIB;
/** Pieces of an ordinary torrent, at most: some 40 KB of hashes. */
const PIECES_EASY = 2048;

/** Bytes: a power of two from 64 KiB, the smallest that gives at most 2,048 pieces; past 32 GiB 16 MiB, until that gives a million pieces. */
export function automaticPieceLength(totalLength: number): number {
  let pieceLength = PIECE_LENGTH_MIN;
  while (pieceLength < PIECE_LENGTH_EASY && totalLength > pieceLength * PIECES_EASY) pieceLength *= 2;
  while (pieceLength < METAINFO_LIMITS.pieceLength && totalLength > pieceLength * (METAINFO_LIMITS.pieceCount / 2)) pieceLength *= 2;
  return pieceLength;
}

/**
 * Answers that are owed for requests that were taken back: with the fast extension each is still answered, by a block or by a reject (BEP 6),
 * and no block is to be taken for the answer to a later request.
 * @module
 */
import type { PieceIndex } from "@bittern/protocol/base";
import type { Peer } from "../../peers/peer.ts";

/** Blocks a fast peer may owe an answer for; who owes more does not answer what is taken back at all. */
const OWED_MAX = 4096;
/** More blocks than any piece has: a piece of 256 MiB has 16,384. */
const BLOCKS_PER_PIECE_MAX = 16_384;

/** Notes that `peer` still owes an answer for a block that was taken back. */
export function owe({ requests }: Peer, piece: PieceIndex, block: number): void {
  requests.owed ??= new Map();
  if (requests.owed.size >= OWED_MAX) requests.owed.clear();
  const key = piece * BLOCKS_PER_PIECE_MAX + block;
  requests.owed.set(key, (requests.owed.get(key) ?? 0) + 1);
}

/** Whether an answer that came is one that was owed; it is so no longer. */
export function settlesOwed({ requests: { owed } }: Peer, piece: PieceIndex, block: number): boolean {
  if (owed === undefined || owed.size === 0) return false;
  const key = piece * BLOCKS_PER_PIECE_MAX + block;
  const count = owed.get(key);
  if (count === undefined) return false;
  if (count > 1) owed.set(key, count - 1);
  else owed.delete(key);
  return true;
}

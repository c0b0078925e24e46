/**
 * Whether a piece is what the torrent says: SHA-1 (BEP 3), a tree of SHA-256 (BEP 52), or both.
 * @module
 */
import type { MerkleExpectation, PieceExpectation, PieceOutcome } from "@bittern/host";
import { BLOCK_LENGTH, concatBytes, equalBytes } from "@bittern/protocol/base";
import { sha1, sha256 } from "@bittern/protocol/crypto";

const LEAF_LENGTH = 32;

/** Judges a whole piece; for a bad v2 piece the leaves as found are told. */
export function judgePiece(bytes: Uint8Array, expected: PieceExpectation): PieceOutcome {
  const leaves = expected.merkle === undefined ? undefined : leavesOf(bytes, expected.merkle);
  const isMerkleGood =
    expected.merkle === undefined || leaves === undefined || equalBytes(rootOf(leaves, expected.merkle.leafCount), expected.merkle.root);
  const isSha1Good = expected.sha1 === undefined || equalBytes(sha1(bytes), expected.sha1);
  if (isMerkleGood && isSha1Good) return { good: true };
  return leaves === undefined ? { good: false } : { good: false, leaves: concatBytes(leaves) };
}

/** The hashes of the blocks, if they add up to what is expected. */
export function goodLeaves(bytes: Uint8Array, expected: MerkleExpectation): Uint8Array | undefined {
  const leaves = leavesOf(bytes, expected);
  return equalBytes(rootOf(leaves, expected.leafCount), expected.root) ? concatBytes(leaves) : undefined;
}

function leavesOf(bytes: Uint8Array, { dataLength }: MerkleExpectation): Uint8Array[] {
  const leaves: Uint8Array[] = [];
  for (let at = 0; at < dataLength; at += BLOCK_LENGTH) leaves.push(sha256(bytes.subarray(at, Math.min(at + BLOCK_LENGTH, dataLength))));
  return leaves;
}

function rootOf(leaves: readonly Uint8Array[], leafCount: number): Uint8Array {
  let layer = [...leaves];
  while (layer.length < leafCount) layer.push(new Uint8Array(LEAF_LENGTH));
  while (layer.length > 1) {
    layer = layer.flatMap((hash, at) => (at % 2 === 0 ? [sha256(concatBytes([hash, layer[at + 1] ?? new Uint8Array(LEAF_LENGTH)]))] : []));
  }
  return layer[0] as Uint8Array;
}

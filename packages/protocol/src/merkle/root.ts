/**
 * Roots of the hash trees of BEP 52.
 *
 *     level 2            root               a tree has a power of two leaves: those past the end of the file are 32 zero bytes,
 *     level 1       h          h            and a node is the SHA-256 of its two children, one behind the other
 *     level 0    leaf leaf  leaf  0         a leaf is the SHA-256 of 16 KiB of the file, the last may be of less
 *
 * Hashes of one level lie in one array, 32 bytes each, those that cover nothing but zeros left out at its end.
 * @module
 */
import { assert, BLOCK_LENGTH, ProtocolError } from "../base/index.ts";
import { sha256Node } from "../crypto/index.ts";

/** Bytes. */
export const HASH_LENGTH: number = 32;
/** Levels of any tree: 2^40 leaves are more than any torrent may hold. */
const LEVELS_MAX = 40;

const zeroHashes: Uint8Array[] = [new Uint8Array(HASH_LENGTH)];

/** The root of a tree of 2^`level` leaves that all lie past the end of the file. Shared: not to be changed. */
export function zeroHash(level: number): Uint8Array {
  assert(level >= 0 && level <= LEVELS_MAX, "a tree has at most 40 levels");
  for (let known = zeroHashes.length; known <= level; known++) {
    const below = zeroHashes[known - 1] as Uint8Array;
    const pair = new Uint8Array(2 * HASH_LENGTH);
    pair.set(below);
    pair.set(below, HASH_LENGTH);
    sha256Node(pair, 0, pair, 0);
    zeroHashes.push(pair.slice(0, HASH_LENGTH));
  }
  return zeroHashes[level] as Uint8Array;
}

/**
 * The root over hashes of one level. `hashCount` is a power of two; hashes missing at the end of `hashes` cover nothing but zeros.
 * `level` says how high above the leaves the hashes stand. Fresh bytes.
 */
export function merkleRoot(hashes: Uint8Array, hashCount: number, level = 0): Uint8Array<ArrayBuffer> {
  assert(hashes.length % HASH_LENGTH === 0 && hashes.length <= hashCount * HASH_LENGTH, "the hashes fit the level");
  assert(isPowerOfTwo(hashCount), "a level of a whole tree has a power of two hashes");
  if (hashes.length === 0) return zeroHash(level + log2(hashCount)).slice() as Uint8Array<ArrayBuffer>;
  let row = new Uint8Array(hashes);
  for (let count = hashCount; count > 1; count /= 2) row = parents(row, level + log2(hashCount / count));
  return row;
}

/** The level above, in place: a hash without a neighbour gets the zeros of its level beside it. */
export function parents(row: Uint8Array<ArrayBuffer>, level: number): Uint8Array<ArrayBuffer> {
  const count = row.length / HASH_LENGTH;
  const pairs = Math.floor(count / 2);
  for (let pair = 0; pair < pairs; pair++) sha256Node(row, pair * 2 * HASH_LENGTH, row, pair * HASH_LENGTH);
  if (count % 2 === 0) return row.subarray(0, pairs * HASH_LENGTH);
  const last = new Uint8Array(2 * HASH_LENGTH);
  last.set(row.subarray((count - 1) * HASH_LENGTH));
  last.set(zeroHash(level), HASH_LENGTH);
  sha256Node(last, 0, row, pairs * HASH_LENGTH);
  return row.subarray(0, (pairs + 1) * HASH_LENGTH);
}

/** The root of a file from its piece layer: one hash for each piece, as the "piece layers" of a .torrent hold them. */
export function pieceLayerRoot(layer: Uint8Array, pieceLength: number): Uint8Array<ArrayBuffer> {
  if (layer.length === 0 || layer.length % HASH_LENGTH !== 0) {
    throw new ProtocolError("MERKLE_LAYER_LENGTH", `a piece layer of ${layer.length} bytes`);
  }
  return merkleRoot(layer, powerOfTwoFrom(layer.length / HASH_LENGTH), pieceLevel(pieceLength));
}

/** How high above the leaves the hash of a whole piece stands. */
export function pieceLevel(pieceLength: number): number {
  return log2(pieceLength / BLOCK_LENGTH);
}

/** Leaves of the tree of a file, those past its end included; 0 for an empty file, which has no tree. */
export function leafCountOf(fileLength: number): number {
  return fileLength === 0 ? 0 : powerOfTwoFrom(Math.ceil(fileLength / BLOCK_LENGTH));
}

/** The smallest power of two that is not below `count`; exact up to 2^53, where shifts would not be. */
export function powerOfTwoFrom(count: number): number {
  let power = 1;
  while (power < count) power *= 2;
  return power;
}

export function isPowerOfTwo(count: number): boolean {
  return count >= 1 && powerOfTwoFrom(count) === count;
}

/** Of a power of two. */
export function log2(power: number): number {
  return Math.round(Math.log2(power));
}

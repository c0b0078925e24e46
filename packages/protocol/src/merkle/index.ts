/**
 * Hash trees of files (BEP 52).
 * @module
 */
export { HASHES_MAX, type HashRequest } from "./range.ts";
export {
  HASH_LENGTH,
  isPowerOfTwo,
  leafCountOf,
  log2,
  merkleRoot,
  pieceLayerRoot,
  pieceLevel,
  powerOfTwoFrom,
  zeroHash,
} from "./root.ts";
export { HashTree, type HashTreeOptions } from "./tree.ts";

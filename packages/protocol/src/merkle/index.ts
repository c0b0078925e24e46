/**
 * Hash trees of files (BEP 52).
 * @module
 */
export { HASH_LENGTH, isPowerOfTwo, leafCountOf, merkleRoot, pieceLayerRoot, pieceLevel, powerOfTwoFrom, zeroHash } from "./root.ts";

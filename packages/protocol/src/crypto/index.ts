/**
 * Small hashing, as arithmetic: a pure room cannot ask the host for every info hash.
 * @module
 */
export { SHA1_LENGTH, Sha1, sha1 } from "./sha1.ts";
export { SHA256_LENGTH, Sha256, sha256, sha256Node } from "./sha256.ts";

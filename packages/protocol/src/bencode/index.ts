/**
 * Bencoding (BEP 3): bytes to values and back.
 * @module
 */
export { type BencodePrefix, decode, decodePrefix } from "./decode.ts";
export { type Encodable, type EncodableRecord, encode, Raw } from "./encode.ts";
export { type BencodeLimits, LIMITS_KRPC, LIMITS_MESSAGE, LIMITS_TORRENT, LIMITS_TRACKER } from "./limits.ts";
export { BencodeDictionary, type BencodeValue } from "./value.ts";

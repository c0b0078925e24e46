/**
 * The ground everything else stands on: units, errors, the machine contract, and small shapes of bytes.
 * @module
 */
export { AssertionError, assert, unreachable } from "./assert.ts";
export { fromBase32 } from "./base32.ts";
export { Beginnings } from "./beginnings.ts";
export { Bitfield } from "./bitfield.ts";
export { compareBytes, concatBytes, equalBytes, fromLatin1, fromUtf8, latin1, NO_BYTES, utf8 } from "./bytes.ts";
export { HostError, type HostErrorCode, ProtocolError, UsageError } from "./errors.ts";
export { fromHex, toHex } from "./hex.ts";
export type { Machine } from "./machine.ts";
export { below, fillRandom, type Random, shuffle } from "./random.ts";
export { BLOCK_LENGTH, type FileIndex, type Flavour, KIB, MIB, type Millis, type PieceIndex, type Rate } from "./units.ts";
export { wantedUrl } from "./wanted-url.ts";

/**
 * Info hashes as people and links write them (BEP 3, 9, 52).
 *
 *     40 hex digits      v1                    32 base32 digits      v1, in old links
 *     64 hex digits      v2                    1220 and 64 hex       v2 as a multihash
 * @module
 */
import { fromBase32, ProtocolError, toHex } from "../base/index.ts";
import { type InfoHashes, infoHashesOf } from "../metainfo/info-hash.ts";
import { MULTIHASH_SHA256 } from "../metainfo/magnet-uri.ts";

const HEX_V1 = /^[0-9a-f]{40}$/;
const HEX_V2 = /^[0-9a-f]{64}$/;
const BASE32_V1 = /^[a-z2-7]{32}$/;
/** Characters of a wrong hash that an error repeats. */
const SHOWN_LENGTH_MAX = 80;
const FORMS = "one has 40 hex digits, or 32 of base32, or 64 hex digits for v2";

/** Reads a bare info hash in any of its forms, either case; throws MAGNET_INFO_HASH for anything else. */
export function parseInfoHash(text: string): InfoHashes {
  const digits = text.trim().toLowerCase();
  const v1 = readV1Hash(digits);
  if (v1 !== undefined) return infoHashesOf({ v1 });
  const v2 = HEX_V2.test(digits) ? digits : readMultihash(digits);
  if (v2 !== undefined) return infoHashesOf({ v2 });
  throw notAnInfoHash(text);
}

/** 40 lower-case hex digits from either form of a v1 hash; `undefined` for anything else. */
export function readV1Hash(text: string): string | undefined {
  const digits = text.toLowerCase();
  if (HEX_V1.test(digits)) return digits;
  const bytes = BASE32_V1.test(digits) ? fromBase32(digits) : undefined;
  return bytes === undefined ? undefined : toHex(bytes);
}

/** 64 lower-case hex digits from a SHA-256 multihash; `undefined` for anything else. */
export function readMultihash(text: string): string | undefined {
  const digits = text.toLowerCase();
  const hash = digits.slice(MULTIHASH_SHA256.length);
  return digits.startsWith(MULTIHASH_SHA256) && HEX_V2.test(hash) ? hash : undefined;
}

export function notAnInfoHash(text: string): ProtocolError {
  const shown = JSON.stringify(text.slice(0, SHOWN_LENGTH_MAX));
  return new ProtocolError("MAGNET_INFO_HASH", `${shown} is no info hash: ${FORMS}; copy the link again, all of it`);
}

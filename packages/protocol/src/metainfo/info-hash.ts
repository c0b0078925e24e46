/**
 * Names of torrents: the hashes of their info dictionaries (BEP 3, 52).
 * @module
 */
import { toHex } from "../base/index.ts";
import { sha1, sha256 } from "../crypto/index.ts";

/** Hex digits of a hash on the wire: a v2 hash is cut to the length of a v1 hash. */
export const WIRE_HASH_DIGITS: number = 40;

/** Lower-case hex. A hybrid has both. */
export interface InfoHashes {
  /** 40 digits: SHA-1. */
  readonly v1?: string;
  /** 64 digits: SHA-256. */
  readonly v2?: string;
  /** What handshakes, trackers and the DHT carry, 40 digits each: v1 first, then v2 cut short. */
  readonly wire: readonly string[];
}

/** Hash functions: the digest of some bytes. */
export interface Digests {
  sha1(bytes: Uint8Array): Uint8Array;
  sha256(bytes: Uint8Array): Uint8Array;
}

/** What there is in every world. */
export const OWN_DIGESTS: Digests = { sha1, sha256 };

/** Names a torrent by one hash or both; at least one must be given. */
export function infoHashesOf(hashes: { readonly v1?: string | undefined; readonly v2?: string | undefined }): InfoHashes {
  const { v1, v2 } = hashes;
  const wire = [v1, v2?.slice(0, WIRE_HASH_DIGITS)].filter((hash) => hash !== undefined);
  return { ...(v1 === undefined ? {} : { v1 }), ...(v2 === undefined ? {} : { v2 }), wire };
}

/** Hashes the exact bytes of an info dictionary. */
export function hashInfo(infoBytes: Uint8Array, version: "v1" | "v2" | "hybrid", digests: Digests): InfoHashes {
  const v1 = version === "v2" ? undefined : toHex(digests.sha1(infoBytes));
  const v2 = version === "v1" ? undefined : toHex(digests.sha256(infoBytes));
  return infoHashesOf({ v1, v2 });
}

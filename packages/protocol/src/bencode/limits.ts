/**
 * How much a bencoded document may ask of us. A document past a limit is refused while it is read, before anything is built.
 *
 * The four named sets bound what strangers send; their reasons stand in docs/limits.md.
 * @module
 */
import { KIB, MIB } from "../base/index.ts";

export interface BencodeLimits {
  /** Lists and dictionaries inside one another, the outermost counted; at most 500. */
  readonly depth: number;
  /** Values and keys together. */
  readonly tokens: number;
  /** Bytes in one string. */
  readonly stringLength: number;
  /** Refuses what BEP 3 calls invalid though its meaning is plain: leading zeros, `i-0e`, keys out of order. Default false: old torrents have them. */
  readonly canonical?: boolean;
  /** Integers past 2^53 become `bigint`, up to 64 bits with or without sign, instead of an error. Default false. */
  readonly bigIntegers?: boolean;
  /** Bytes after the document are left alone instead of being an error. Default false. */
  readonly allowTrailing?: boolean;
}

/** A .torrent file: 200,000 files, each named twice in a hybrid. */
export const LIMITS_TORRENT: BencodeLimits = { depth: 80, tokens: 8_000_000, stringLength: 64 * MIB };
/** The answer of a tracker. Some count below zero without a sign, up to 2^64: such a number counts as absent. */
export const LIMITS_TRACKER: BencodeLimits = { depth: 8, tokens: 20_000, stringLength: MIB, bigIntegers: true };
/** A message of the extension protocol (BEP 9, 10, 11). A number nobody could mean spoils its own key, and no more. */
export const LIMITS_MESSAGE: BencodeLimits = { depth: 8, tokens: 2_000, stringLength: 64 * KIB, bigIntegers: true };
/** A datagram of the DHT (BEP 5). Numbers that we do not know may have 64 bits, as the `seq` of BEP 44 has. */
export const LIMITS_KRPC: BencodeLimits = { depth: 8, tokens: 500, stringLength: 64 * KIB, bigIntegers: true };

/**
 * Bencoded bytes to values (BEP 3).
 *
 *     i<digits>e      <length>:<bytes>      l<values>e      d<keys and values>e
 *
 * The whole document is checked before anything is returned; every fault is a `ProtocolError` with one of the codes
 * BENCODE_END, _BYTE, _INTEGER, _INTEGER_RANGE, _STRING_LENGTH, _KEY_ORDER, _KEY_DUPLICATE, _NOT_CANONICAL, _DEPTH, _TOKENS, _TRAILING.
 * @module
 */
import { ProtocolError } from "../base/index.ts";
import { type BencodeLimits, LIMITS_TORRENT } from "./limits.ts";
import { scan, type Tape } from "./tape.ts";
import { type BencodeValue, valueOf } from "./value.ts";

/** A document and how far it reached. */
export interface BencodePrefix {
  readonly value: BencodeValue;
  /** Bytes of the document: what follows belongs to the caller. */
  readonly byteLength: number;
}

/** Reads one document that fills `bytes`. Strings are views of `bytes`: keep it unchanged while they are in use. */
export function decode(bytes: Uint8Array, limits: BencodeLimits = LIMITS_TORRENT): BencodeValue {
  const tape = scan(bytes, limits);
  const trailing = bytes.length - tape.byteLength;
  if (trailing > 0 && limits.allowTrailing !== true) throw new ProtocolError("BENCODE_TRAILING", `${trailing} bytes after the document`);
  return root(tape);
}

/** Reads the document at the start of `bytes`: messages of BEP 9 and 10 put raw bytes behind it. */
export function decodePrefix(bytes: Uint8Array, limits: BencodeLimits): BencodePrefix {
  const tape = scan(bytes, limits);
  return { value: root(tape), byteLength: tape.byteLength };
}

function root(tape: Tape): BencodeValue {
  return valueOf(tape, 0);
}

/**
 * Integers of bencoding: `i<digits>e` (BEP 3), exact or refused.
 * @module
 */
import { ProtocolError } from "../base/index.ts";

const END = 0x65;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/** Any number of this many digits is exact. */
const EXACT_DIGITS = 15;
/** Digits of 2^64. */
const DIGITS_MAX = 20;
const UNSIGNED_MAX = 2n ** 64n - 1n;
const SIGNED_MIN = -(2n ** 63n);

/** `value` is a `bigint` only past 2^53; `end` is the place behind the closing "e". */
export interface IntegerAt {
  readonly value: number | bigint;
  readonly end: number;
}

/** Reads the integer whose "i" stands at `begin`. Leading zeros and a negative zero mean what they seem to, unless `canonical`. */
export function integerAt(source: Uint8Array, begin: number, canonical: boolean): IntegerAt {
  const isNegative = source[begin + 1] === MINUS;
  const digitsBegin = isNegative ? begin + 2 : begin + 1;
  let at = digitsBegin;
  let magnitude = 0;
  let digits = 0;
  for (let byte = source[at] as number; byte >= ZERO && byte <= NINE; byte = source[++at] as number) {
    magnitude = magnitude * 10 + (byte - ZERO);
    if (magnitude > 0) digits++;
  }
  if (at === digitsBegin || source[at] !== END) throw malformed(source, at);
  if (canonical && source[digitsBegin] === ZERO && (isNegative || at > digitsBegin + 1)) {
    throw new ProtocolError("BENCODE_NOT_CANONICAL", `an integer with a leading zero at byte ${begin}`);
  }
  if (digits <= EXACT_DIGITS) return { value: isNegative && magnitude > 0 ? -magnitude : magnitude, end: at + 1 };
  if (digits > DIGITS_MAX) throw new ProtocolError("BENCODE_INTEGER_RANGE", `an integer of ${digits} digits`);
  return { value: exact(source, at - digits, at, isNegative), end: at + 1 };
}

function exact(source: Uint8Array, begin: number, end: number, isNegative: boolean): number | bigint {
  let magnitude = 0n;
  for (let at = begin; at < end; at++) magnitude = magnitude * 10n + BigInt((source[at] as number) - ZERO);
  const value = isNegative ? -magnitude : magnitude;
  if (value > UNSIGNED_MAX || value < SIGNED_MIN) throw new ProtocolError("BENCODE_INTEGER_RANGE", `the integer ${value} is past 64 bits`);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function malformed(source: Uint8Array, at: number): ProtocolError {
  const byte = source[at];
  if (byte === undefined) return new ProtocolError("BENCODE_END", "the document ends inside an integer");
  return new ProtocolError("BENCODE_INTEGER", `byte ${byte} at ${at} inside an integer`);
}

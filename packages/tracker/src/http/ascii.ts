/**
 * Text in byte arrays, read in place: the scanners make no string of what they only compare.
 * @module
 */

export const SPACE: number = 0x20;
export const PERCENT: number = 0x25;
export const AMPERSAND: number = 0x26;
export const SLASH: number = 0x2f;
export const ZERO: number = 0x30;
export const COLON: number = 0x3a;
export const EQUALS: number = 0x3d;
export const QUESTION: number = 0x3f;
export const RETURN: number = 0x0d;
export const NEWLINE: number = 0x0a;
const MINUS = 0x2d;

/** No number stands there. */
export const NO_NUMBER: number = Number.NaN;
/** Digits of 2^64. More are no honest counter. */
const DIGITS_MAX = 20;

/** Value of each hex digit; -1 for all other bytes. */
const HEX_VALUES: Int8Array = Int8Array.from({ length: 256 }, (_, byte) => {
  const digit = "0123456789abcdef".indexOf(String.fromCharCode(byte).toLowerCase());
  return byte < 128 ? digit : -1;
});

/** 0 to 15, or -1. */
export function hexValue(byte: number): number {
  return HEX_VALUES[byte] as number;
}

/** Whether exactly `word` stands in [from, to). Bytes and not a string: to read those of a string takes three times as long. Hot. */
export function isWord(bytes: Uint8Array, from: number, to: number, word: Uint8Array): boolean {
  if (to - from !== word.length) return false;
  for (let at = 0; at < word.length; at++) if (bytes[from + at] !== word[at]) return false;
  return true;
}

/** The same, whatever the case of ASCII letters; `word` is lower case and has letters and "-" only. */
export function isWordAnyCase(bytes: Uint8Array, from: number, to: number, word: string): boolean {
  if (to - from !== word.length) return false;
  for (let at = 0; at < word.length; at++) if (((bytes[from + at] as number) | 0x20) !== (word.charCodeAt(at) | 0x20)) return false;
  return true;
}

/**
 * A whole number in plain digits, 2^53 - 1 for any that is larger; -1 for any negative one, `NO_NUMBER` for anything else. Clients
 * send -1, and 2^64 - 1, for "I do not know".
 */
export function readNumber(bytes: Uint8Array, from: number, to: number): number {
  const isNegative = bytes[from] === MINUS && from < to;
  const start = isNegative ? from + 1 : from;
  if (start >= to || to - start > DIGITS_MAX) return NO_NUMBER;
  let value = 0;
  for (let at = start; at < to; at++) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) return NO_NUMBER;
    value = value * 10 + digit;
  }
  return isNegative ? -1 : Math.min(value, Number.MAX_SAFE_INTEGER);
}

/** `unescape`: a percent sign without two hex digits behind it. */
export const BAD_ESCAPE: number = -1;
/** `unescape`: more bytes than the target holds. */
export const TOO_LONG: number = -2;

/**
 * Decodes the percent escapes of [from, to) into `target` and returns how many bytes that makes. "+" stays what it is:
 * clients escape by RFC 3986, and those that leave a byte 2B unescaped are more than those that write a space so.
 */
export function unescape(bytes: Uint8Array, from: number, to: number, target: Uint8Array): number {
  let length = 0;
  for (let at = from; at < to; at++) {
    let byte = bytes[at] as number;
    if (byte === PERCENT) {
      if (at + 2 >= to) return BAD_ESCAPE;
      byte = (hexValue(bytes[at + 1] as number) << 4) | hexValue(bytes[at + 2] as number);
      if (byte < 0) return BAD_ESCAPE;
      at += 2;
    }
    if (length === target.length) return TOO_LONG;
    target[length++] = byte;
  }
  return length;
}

/** `decodeWhole`: what stands there is of another length, or has a bad escape. */
export const OTHERWISE: number = -1;

/**
 * Decodes a value that makes exactly as many bytes as the target has and ends at `to` or before an "&"; returns where, or
 * `OTHERWISE`, and then the target has whatever came first. Hot: one pass, for what nearly everybody sends.
 */
export function decodeWhole(bytes: Uint8Array, from: number, to: number, target: Uint8Array): number {
  let at = from;
  for (let length = 0; length < target.length; length++) {
    if (at >= to) return OTHERWISE;
    let byte = bytes[at] as number;
    if (byte === PERCENT) {
      if (at + 2 >= to) return OTHERWISE;
      byte = (hexValue(bytes[at + 1] as number) << 4) | hexValue(bytes[at + 2] as number);
      if (byte < 0) return OTHERWISE;
      at += 3;
    } else if (byte === AMPERSAND) return OTHERWISE;
    else at++;
    target[length] = byte;
  }
  return at === to || bytes[at] === AMPERSAND ? at : OTHERWISE;
}

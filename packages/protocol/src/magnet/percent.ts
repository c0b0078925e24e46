/**
 * Percent-encoding as links carry it (RFC 3986), read so that nothing is an error: half an escape stands for itself.
 * @module
 */
import { fromUtf8, utf8 } from "../base/index.ts";

const PERCENT = 0x25;

/** The text with its escapes decoded as UTF-8, what is not UTF-8 as U+FFFD. */
export function percentDecoded(text: string): string {
  if (!text.includes("%")) return text;
  const encoded = utf8(text);
  const decoded = new Uint8Array(encoded.length);
  let length = 0;
  for (let at = 0; at < encoded.length; at++) {
    const escaped = encoded[at] === PERCENT ? hexPair(encoded[at + 1], encoded[at + 2]) : undefined;
    if (escaped !== undefined) at += 2;
    decoded[length++] = escaped ?? (encoded[at] as number);
  }
  return fromUtf8(decoded.subarray(0, length));
}

function hexPair(high: number | undefined, low: number | undefined): number | undefined {
  const pair = hexDigit(high) * 16 + hexDigit(low);
  return Number.isNaN(pair) ? undefined : pair;
}

/** NaN for what is no digit. */
function hexDigit(byte: number | undefined): number {
  const digit = byte === undefined ? "" : String.fromCharCode(byte);
  return /^[0-9a-f]$/i.test(digit) ? Number.parseInt(digit, 16) : Number.NaN;
}

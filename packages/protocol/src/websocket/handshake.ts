/**
 * The proof that the other side speaks WebSocket and did not merely echo (RFC 6455, 4.2.2).
 *
 *     Sec-WebSocket-Key: <16 bytes in base 64>
 *     Sec-WebSocket-Accept: <base 64 of SHA-1 of the key's text and a fixed one>
 * @module
 */
import { utf8 } from "../base/index.ts";
import { sha1 } from "../crypto/index.ts";

const FIXED = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Whether a text can be a key: 16 bytes in base 64. */
export function isWebSocketKey(key: string): boolean {
  return /^[A-Za-z0-9+/]{22}==$/.test(key);
}

/** What a server answers to a key. */
export function acceptOf(key: string): string {
  return base64(sha1(utf8(key + FIXED)));
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
    const word = (first << 16) | (second << 8) | third;
    const digits = Math.min(4, bytes.length - at + 1);
    for (let digit = 0; digit < 4; digit++) text += digit < digits ? DIGITS[(word >>> (18 - 6 * digit)) & 63] : "=";
  }
  return text;
}

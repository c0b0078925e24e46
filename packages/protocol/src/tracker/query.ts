/**
 * Query strings as trackers know them: keys and raw bytes, percent-encoded (RFC 3986). A plus is a plus.
 *
 * Bytes, not text: an info hash is hardly ever UTF-8, so the encoders of the language do not fit.
 * @module
 */
import { fromLatin1, ProtocolError } from "../base/index.ts";

/** Characters. The longest honest announce has some 600, a scrape of 70 hashes 5,000. */
export const QUERY_LENGTH_MAX: number = 8192;
/** Keys and values in one query. */
const PAIRS_MAX = 128;

const ESCAPED: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return /[A-Za-z0-9._~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
});

/** Every byte that is not unreserved becomes `%XX`. */
export function escapeBytes(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += ESCAPED[byte];
  return text;
}

/** Values by key, in order, as latin1 text; `?` before and `#` behind are the caller's to cut. */
export function parseQuery(query: string): Map<string, string[]> {
  if (query.length > QUERY_LENGTH_MAX) throw new ProtocolError("QUERY_TOO_LONG", `query of ${query.length} characters`);
  const values = new Map<string, string[]>();
  const pairs = query.split("&");
  if (pairs.length > PAIRS_MAX) throw new ProtocolError("QUERY_TOO_LONG", `query of ${pairs.length} values`);
  for (const pair of pairs) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    if (!isEscaped(pair)) throw new ProtocolError("QUERY_ESCAPE_WRONG", "query with a broken percent escape");
    const key = unescapeText(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? "" : unescapeText(pair.slice(equals + 1));
    const known = values.get(key);
    if (known === undefined) values.set(key, [value]);
    else known.push(value);
  }
  return values;
}

/** The bytes of a value as `parseQuery` gives it. */
export function valueBytes(value: string): Uint8Array<ArrayBuffer> {
  return fromLatin1(value);
}

/** Replaces every whole escape by one character, a byte. */
export function unescapeText(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/** No percent sign without its two digits, and no character that is no byte. */
function isEscaped(text: string): boolean {
  return !/%(?![0-9A-Fa-f]{2})|[^\0-\xff]/.test(text);
}

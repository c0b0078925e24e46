/**
 * Headers as text, for the requests that are not on the hot path, and who asked through a proxy.
 * @module
 */
import { canonicalAddress, parseEndpoint } from "@bittern/protocol/address";
import { latin1 } from "@bittern/protocol/base";

/** Names in lower case, values of one name joined; the scanner has checked the lines in [from, to). */
export function headersOf(bytes: Uint8Array, from: number, to: number): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of latin1(bytes.subarray(from, to)).split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon < 0) continue;
    const name = line.slice(0, colon).toLowerCase();
    const value = withoutBlanks(line.slice(colon + 1));
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

/** Without the blanks at both ends. By hand: the expression that says so looks at every blank of a long run once for each. */
function withoutBlanks(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text, from)) from++;
  while (to > from && isBlank(text, to - 1)) to--;
  return text.slice(from, to);
}

function isBlank(text: string, at: number): boolean {
  return text[at] === " " || text[at] === "\t";
}

/**
 * Whom the nearest proxy names: the last address of X-Forwarded-For that is not a proxy of ours itself. What stands
 * before it was written by strangers. `undefined` when it names nobody.
 */
export function forwardedAddress(value: string, proxies: ReadonlySet<string>): string | undefined {
  for (const entry of value.split(",").reverse()) {
    const text = entry.trim();
    const address = canonicalAddress(text) ?? canonicalAddress(text.replace(/^\[(.*)\]$/, "$1")) ?? parseEndpoint(text)?.address;
    if (address === undefined) return undefined;
    if (!proxies.has(address)) return address;
  }
  return undefined;
}

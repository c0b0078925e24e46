/**
 * Addresses and endpoints as text: dotted IPv4, and IPv6 in the one form of RFC 5952.
 *
 * Reading is strict, because lenient readers are how `0x7f.1` and `127.1` slip past a filter: what is not plainly an
 * address is a name, and names are resolved before they are judged.
 * @module
 */
import type { Endpoint } from "./endpoint.ts";

/** Characters. The longest honest form is `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`. */
const ADDRESS_LENGTH_MAX = 45;
/** 255 of a DNS name, brackets, a colon and five digits. */
const ENDPOINT_LENGTH_MAX = 263;

const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

const IPV4_LENGTH = 4;
const IPV6_LENGTH = 16;

/** 4 or 16 bytes; `undefined` for anything else: leading zeros, hex, short forms, zones and brackets are no address. */
export function parseAddress(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length > ADDRESS_LENGTH_MAX) return undefined;
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

/** The canonical text of 4 or 16 bytes; an IPv4-mapped address comes out as the IPv4 address it is. */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === IPV4_LENGTH) return formatIpv4(bytes, 0);
  return isMapped(bytes) ? formatIpv4(bytes, 12) : formatIpv6(bytes);
}

/** The one spelling of an address, whatever the spelling that came; `undefined` when it is no address. */
export function canonicalAddress(text: string): string | undefined {
  const bytes = parseAddress(text);
  return bytes === undefined ? undefined : formatAddress(bytes);
}

/** `a.b.c.d:port` or `[v6]:port`, with an address and not a name; `undefined` for anything else, port 0 included. */
export function parseEndpoint(text: string): Endpoint | undefined {
  if (text.length > ENDPOINT_LENGTH_MAX) return undefined;
  const colon = text.lastIndexOf(":");
  const port = parsePort(text.slice(colon + 1));
  if (colon < 0 || port === undefined) return undefined;
  const isBracketed = text.startsWith("[") && text[colon - 1] === "]";
  const host = isBracketed ? text.slice(1, colon - 1) : text.slice(0, colon);
  if (isBracketed !== host.includes(":")) return undefined;
  const address = canonicalAddress(host);
  return address === undefined ? undefined : { address, port };
}

/** `a.b.c.d:port` or `[v6]:port`. */
export function formatEndpoint(endpoint: Endpoint): string {
  return endpoint.address.includes(":") ? `[${endpoint.address}]:${endpoint.port}` : `${endpoint.address}:${endpoint.port}`;
}

/** 1 to 65,535 in plain decimal digits. */
function parsePort(text: string): number | undefined {
  if (!/^[1-9][0-9]{0,4}$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65_535 ? port : undefined;
}

/** Hot: a tracker reads one for every connection and every datagram. */
function parseIpv4(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(IPV4_LENGTH);
  let part = 0;
  let digits = 0;
  let value = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = at === text.length ? DOT : text.charCodeAt(at);
    if (code === DOT) {
      if (digits === 0 || value > 255 || part === IPV4_LENGTH) return undefined;
      bytes[part++] = value;
      digits = 0;
      value = 0;
      continue;
    }
    // A zero stands alone.
    if (code < ZERO || code > NINE || digits === 3 || (digits > 0 && value === 0)) return undefined;
    value = value * 10 + code - ZERO;
    digits++;
  }
  return part === IPV4_LENGTH ? bytes : undefined;
}

function parseIpv6(text: string): Uint8Array<ArrayBuffer> | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] as string, halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] as string, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const folded = IPV6_LENGTH - head.length - tail.length;
  // "::" stands for at least one group of zeros; without it all eight groups have to be there.
  if (halves.length === 2 ? folded < 2 : folded !== 0) return undefined;
  const bytes = new Uint8Array(IPV6_LENGTH);
  bytes.set(head, 0);
  bytes.set(tail, IPV6_LENGTH - tail.length);
  return bytes;
}

/** The bytes of groups between colons; only the end of the whole address may be dotted. */
function parseGroups(text: string, isEnd: boolean): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [at, group] of groups.entries()) {
    if (isEnd && at === groups.length - 1 && group.includes(".")) {
      const dotted = parseIpv4(group);
      if (dotted === undefined) return undefined;
      bytes.push(...dotted);
      continue;
    }
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
    const value = Number.parseInt(group, 16);
    bytes.push(value >> 8, value & 255);
  }
  return bytes;
}

/** ::ffff:0:0/96. */
export function isMapped(bytes: Uint8Array): boolean {
  if (bytes.length !== IPV6_LENGTH || bytes[10] !== 255 || bytes[11] !== 255) return false;
  for (let at = 0; at < 10; at++) if (bytes[at] !== 0) return false;
  return true;
}

function formatIpv4(bytes: Uint8Array, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}

/** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups folded, the first of equals. */
function formatIpv6(bytes: Uint8Array): string {
  const groups: number[] = [];
  for (let at = 0; at < IPV6_LENGTH; at += 2) groups.push(((bytes[at] as number) << 8) | (bytes[at + 1] as number));
  const { start, length } = longestZeroRun(groups);
  if (length < 2) return hexGroups(groups);
  return `${hexGroups(groups.slice(0, start))}::${hexGroups(groups.slice(start + length))}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [at, group] of groups.entries()) {
    if (group !== 0) start = at + 1;
    else if (at + 1 - start > best.length) best = { start, length: at + 1 - start };
  }
  return best;
}

function hexGroups(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(":");
}

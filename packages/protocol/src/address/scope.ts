/**
 * How far an address reaches, which decides who may name it to us: a stranger on the internet must not send us into
 * our own network, and nobody may send us to a metadata service or a multicast group.
 *
 * After the special-purpose registries of IANA (RFC 6890), with the forms of IPv6 that carry an IPv4 address judged
 * by what they carry. Documentation ranges count as global: no route leads there, and examples may use them.
 * @module
 */
import { isMapped, parseAddress } from "./text.ts";

/** `denied`: never dialled, whoever names it. */
export type AddressScope = "global" | "private" | "loopback" | "link-local" | "denied";

interface Range {
  readonly start: Uint8Array;
  /** Leading bits that have to agree. */
  readonly prefixLength: number;
  readonly scope: AddressScope;
}

/** First match wins. */
const RANGES4: readonly Range[] = [
  range("0.0.0.0", 8, "denied"), // this network
  range("10.0.0.0", 8, "private"),
  range("100.100.100.200", 32, "denied"), // a metadata service that lives in the space of carriers
  range("100.64.0.0", 10, "private"), // carrier-grade NAT
  range("127.0.0.0", 8, "loopback"),
  range("169.254.0.0", 16, "denied"), // link-local, where most metadata services live
  range("172.16.0.0", 12, "private"),
  range("192.0.0.0", 24, "denied"), // protocol assignments
  range("192.88.99.0", 24, "denied"), // relays of 6to4, given back
  range("192.168.0.0", 16, "private"),
  range("198.18.0.0", 15, "private"), // benchmarking of networks: a laboratory's own
  range("224.0.0.0", 4, "denied"), // multicast
  range("240.0.0.0", 4, "denied"), // reserved, broadcast
];

/** First match wins; what is in none of them and not in 2000::/3 is reserved. */
const RANGES6: readonly Range[] = [
  range("::1", 128, "loopback"),
  range("64:ff9b:1::", 48, "private"), // NAT64 of a site's own
  range("2001:2::", 48, "private"), // benchmarking
  range("2001:10::", 28, "denied"), // ORCHID: names, not places
  range("2001:20::", 28, "denied"),
  range("2000::", 3, "global"),
  range("fd00:ec2::254", 128, "denied"), // a metadata service among the unique local addresses
  range("fc00::", 7, "private"), // unique local
  range("fe80::", 10, "link-local"),
  range("fec0::", 10, "private"), // site-local, given back
];

const NAT64 = range("64:ff9b::", 96, "denied");
const SIX_TO_FOUR = range("2002::", 16, "denied");
const TEREDO = range("2001::", 32, "denied");

/** Where an address lies; a text that is no address is denied. */
export function addressScope(address: string): AddressScope {
  const bytes = parseAddress(address);
  if (bytes === undefined) return "denied";
  return bytes.length === 4 ? scope4(bytes) : scope6(bytes);
}

function scope4(bytes: Uint8Array): AddressScope {
  for (const candidate of RANGES4) if (isIn(bytes, candidate)) return candidate.scope;
  return "global";
}

function scope6(bytes: Uint8Array): AddressScope {
  if (isMapped(bytes) || isIn(bytes, NAT64)) return scope4(bytes.subarray(12));
  if (isIn(bytes, SIX_TO_FOUR)) return scope4(bytes.subarray(2, 6));
  if (isIn(bytes, TEREDO)) return teredoScope(bytes);
  for (const candidate of RANGES6) if (isIn(bytes, candidate)) return candidate.scope;
  return "denied";
}

/** Teredo carries two addresses, the server's and, with all bits turned over, the client's: both have to be global. */
function teredoScope(bytes: Uint8Array): AddressScope {
  const server = scope4(bytes.subarray(4, 8));
  return server === "global" ? scope4(bytes.subarray(12).map((byte) => byte ^ 255)) : server;
}

function range(start: string, prefixLength: number, scope: AddressScope): Range {
  return { start: parseAddress(start) as Uint8Array, prefixLength, scope };
}

function isIn(bytes: Uint8Array, { start, prefixLength }: Range): boolean {
  const whole = prefixLength >> 3;
  for (let at = 0; at < whole; at++) if (bytes[at] !== start[at]) return false;
  const bits = prefixLength & 7;
  return bits === 0 || (((bytes[whole] as number) ^ (start[whole] as number)) & (255 << (8 - bits)) & 255) === 0;
}

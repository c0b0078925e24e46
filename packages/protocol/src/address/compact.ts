/**
 * Peers packed without a separator (BEP 23 for IPv4, BEP 7 and 32 for IPv6).
 *
 *     <address: 4 or 16 bytes> <port: u16>        6 or 18 bytes a peer
 *
 * Trackers, PEX and the DHT share this form. Bytes that make no whole entry and entries with port 0 are left out:
 * one careless entry must not cost the others.
 * @module
 */
import type { Endpoint } from "./endpoint.ts";
import { formatAddress, parseAddress } from "./text.ts";

/** Bytes of one IPv4 entry. */
export const COMPACT4_LENGTH: number = 6;
/** Bytes of one IPv6 entry. */
export const COMPACT6_LENGTH: number = 18;

/** The endpoints of a packed IPv4 list. */
export function decodeCompact4(bytes: Uint8Array): Endpoint[] {
  return decodeCompact(bytes, COMPACT4_LENGTH);
}

/** The endpoints of a packed IPv6 list; a mapped address comes out as IPv4. */
export function decodeCompact6(bytes: Uint8Array): Endpoint[] {
  return decodeCompact(bytes, COMPACT6_LENGTH);
}

/** Packs the IPv4 endpoints among `endpoints`; those of the other family are left out. */
export function encodeCompact4(endpoints: readonly Endpoint[]): Uint8Array<ArrayBuffer> {
  return encodeCompact(endpoints, COMPACT4_LENGTH);
}

/** Packs the IPv6 endpoints among `endpoints`; those of the other family are left out. */
export function encodeCompact6(endpoints: readonly Endpoint[]): Uint8Array<ArrayBuffer> {
  return encodeCompact(endpoints, COMPACT6_LENGTH);
}

/** The one entry of `entryLength` bytes at `at`; its port may be 0. For lists that run beside another, as the flags of PEX do. */
export function compactEndpointAt(bytes: Uint8Array, at: number, entryLength: number): Endpoint {
  const end = at + entryLength;
  return { address: formatAddress(bytes.subarray(at, end - 2)), port: ((bytes[end - 2] as number) << 8) | (bytes[end - 1] as number) };
}

function decodeCompact(bytes: Uint8Array, entryLength: number): Endpoint[] {
  const endpoints: Endpoint[] = [];
  for (let at = 0; at + entryLength <= bytes.length; at += entryLength) {
    const endpoint = compactEndpointAt(bytes, at, entryLength);
    if (endpoint.port !== 0) endpoints.push(endpoint);
  }
  return endpoints;
}

function encodeCompact(endpoints: readonly Endpoint[], entryLength: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(endpoints.length * entryLength);
  let at = 0;
  for (const { address, port } of endpoints) {
    const packed = parseAddress(address);
    if (packed?.length !== entryLength - 2) continue;
    bytes.set(packed, at);
    at += entryLength;
    bytes[at - 2] = port >> 8;
    bytes[at - 1] = port & 255;
  }
  return at === bytes.length ? bytes : bytes.slice(0, at);
}

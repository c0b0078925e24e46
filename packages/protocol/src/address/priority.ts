/**
 * Canonical peer priority (BEP 40): both ends of a link compute the same number, and full clients keep the highest.
 *
 *     priority = crc32c(sort(masked ours, masked theirs)), of the ports when the addresses are the same
 *
 * The mask keeps the network and every second bit of the rest; the more the addresses share, the more of it is kept.
 * @module
 */
import { assert, compareBytes, concatBytes } from "../base/index.ts";
import { crc32c } from "./crc32c.ts";
import type { Endpoint } from "./endpoint.ts";
import { parseAddress } from "./text.ts";

/** Bytes always kept: a /16 of IPv4, a /48 of IPv6. */
const NETWORK4_LENGTH = 2;
const NETWORK6_LENGTH = 6;
const MASK = 0x55;

/**
 * An unsigned 32-bit number, the same whichever end asks; higher is better. `ours` has to be the endpoint the other
 * side sees, or the two ends disagree.
 */
export function peerPriority(ours: Endpoint, theirs: Endpoint): number {
  if (ours.address === theirs.address) return crcOfPair(portBytes(ours.port), portBytes(theirs.port));
  const our = parseAddress(ours.address);
  const their = parseAddress(theirs.address);
  assert(our !== undefined && their !== undefined, "an endpoint holds an address");
  const shared = sharedLength(our, their);
  return crcOfPair(masked(our, shared), masked(their, shared));
}

function portBytes(port: number): Uint8Array {
  return Uint8Array.of(port >> 8, port & 255);
}

/** Whole bytes both begin with; 0 for two families. */
function sharedLength(left: Uint8Array, right: Uint8Array): number {
  if (left.length !== right.length) return 0;
  let at = 0;
  while (at < left.length && left[at] === right[at]) at++;
  return at;
}

function masked(address: Uint8Array, shared: number): Uint8Array {
  const network = address.length === 4 ? NETWORK4_LENGTH : NETWORK6_LENGTH;
  const kept = shared < network ? network : shared + 1;
  return address.map((byte, at) => (at < kept ? byte : byte & MASK));
}

function crcOfPair(left: Uint8Array, right: Uint8Array): number {
  return crc32c(concatBytes(compareBytes(left, right) <= 0 ? [left, right] : [right, left]));
}

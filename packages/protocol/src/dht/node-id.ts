/**
 * Node ids: 20 bytes, near to one another where their XOR is small (BEP 5), and tied to the address of their node (BEP 42).
 *
 *     <21 bits of crc32c(masked address with r)> <random bits> <last byte: its lower three bits are r>
 *
 * Whoever wants to sit around one info hash then needs many addresses. Nodes of private networks are exempt.
 * @module
 */
import { addressScope, crc32c, parseAddress } from "../address/index.ts";
import { assert, fillRandom, type Random } from "../base/index.ts";

/** Bytes of a node id, and of an info hash. */
export const NODE_ID_LENGTH: number = 20;

const MASK4 = [0x03, 0x0f, 0x3f, 0xff];
const MASK6 = [0x01, 0x03, 0x07, 0x0f, 0x1f, 0x3f, 0x7f, 0xff];

/** Any id: for a node that does not know its address yet, and for targets. */
export function randomNodeId(random: Random): Uint8Array<ArrayBuffer> {
  return fillRandom(random, new Uint8Array(NODE_ID_LENGTH));
}

/** An id that a node at `address` may have. */
export function nodeIdFor(address: string, random: Random): Uint8Array<ArrayBuffer> {
  const id = randomNodeId(random);
  const prefix = prefixOf(address, id);
  id[0] = prefix >>> 24;
  id[1] = prefix >>> 16;
  id[2] = ((prefix >>> 8) & 0xf8) | ((id[2] as number) & 0x07);
  return id;
}

/** Whether a node at `address` may have this id; addresses that are not global may have any. */
export function isNodeIdOf(id: Uint8Array, address: string): boolean {
  if (addressScope(address) !== "global") return true;
  const prefix = prefixOf(address, id);
  return id[0] === prefix >>> 24 && id[1] === ((prefix >>> 16) & 255) && ((id[2] as number) & 0xf8) === ((prefix >>> 8) & 0xf8);
}

function prefixOf(address: string, id: Uint8Array): number {
  const bytes = parseAddress(address);
  assert(bytes !== undefined && id.length === NODE_ID_LENGTH, "an address and a node id");
  const mask = bytes.length === 4 ? MASK4 : MASK6;
  const masked = Uint8Array.from(mask, (bits, at) => (bytes[at] as number) & bits);
  masked[0] = (masked[0] as number) | (((id[NODE_ID_LENGTH - 1] as number) & 7) << 5);
  return crc32c(masked);
}

/** Negative when `left` is nearer to `target` than `right`, 0 when they are the same. */
export function compareDistance(target: Uint8Array, left: Uint8Array, right: Uint8Array): number {
  for (let at = 0; at < NODE_ID_LENGTH; at++) {
    const goal = target[at] as number;
    const difference = ((left[at] as number) ^ goal) - ((right[at] as number) ^ goal);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Leading bits that two ids share: 0 to 160. */
export function sharedPrefixLength(left: Uint8Array, right: Uint8Array): number {
  for (let at = 0; at < NODE_ID_LENGTH; at++) {
    const difference = (left[at] as number) ^ (right[at] as number);
    if (difference !== 0) return 8 * at + Math.clz32(difference) - 24;
  }
  return 8 * NODE_ID_LENGTH;
}

/** A random id that shares at least `prefixLength` bits with `id`, and with `isExact` no more than those. */
export function idNear(id: Uint8Array, prefixLength: number, isExact: boolean, random: Random): Uint8Array<ArrayBuffer> {
  const near = randomNodeId(random);
  for (let bit = 0; bit < prefixLength; bit++) setBit(near, bit, bitOf(id, bit));
  if (isExact && prefixLength < 8 * NODE_ID_LENGTH) setBit(near, prefixLength, 1 - bitOf(id, prefixLength));
  return near;
}

function bitOf(id: Uint8Array, bit: number): number {
  return ((id[bit >>> 3] as number) >>> (7 - (bit & 7))) & 1;
}

function setBit(id: Uint8Array, bit: number, value: number): void {
  const mask = 128 >>> (bit & 7);
  const byte = id[bit >>> 3] as number;
  id[bit >>> 3] = value === 1 ? byte | mask : byte & ~mask;
}

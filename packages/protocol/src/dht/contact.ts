/**
 * Nodes packed without a separator: compact node info (BEP 5 for IPv4, BEP 32 for IPv6).
 *
 *     <node id: 20 bytes> <address: 4 or 16 bytes> <port: u16>        26 or 38 bytes a node
 * @module
 */
import {
  type AddressFamily,
  COMPACT4_LENGTH,
  COMPACT6_LENGTH,
  compactEndpointAt,
  type Endpoint,
  encodeCompact4,
  encodeCompact6,
  familyOf,
} from "../address/index.ts";
import { concatBytes } from "../base/index.ts";
import { NODE_ID_LENGTH } from "./node-id.ts";

/** Where a node is, and what it calls itself. */
export interface NodeContact {
  /** 20 bytes, a copy. */
  readonly id: Uint8Array;
  readonly endpoint: Endpoint;
}

/** Nodes read of one list: what one datagram may lead us to. */
export const CONTACTS_READ_MAX: number = 20;

/** Bytes of one node in a list of the family. */
export function contactLength(family: AddressFamily): number {
  return NODE_ID_LENGTH + (family === 4 ? COMPACT4_LENGTH : COMPACT6_LENGTH);
}

/** Packs the nodes of the family; the others are left out. */
export function encodeContacts(contacts: readonly NodeContact[], family: AddressFamily): Uint8Array<ArrayBuffer> {
  const encodeCompact = family === 4 ? encodeCompact4 : encodeCompact6;
  return concatBytes(
    contacts.filter(({ endpoint }) => familyOf(endpoint) === family).flatMap(({ id, endpoint }) => [id, encodeCompact([endpoint])]),
  );
}

/** Nodes with port 0, bytes that make no whole node, and what comes after the first twenty are left out. */
export function decodeContacts(bytes: Uint8Array, family: AddressFamily, max: number = CONTACTS_READ_MAX): NodeContact[] {
  const entryLength = contactLength(family);
  const contacts: NodeContact[] = [];
  for (let at = 0; at + entryLength <= bytes.length && contacts.length < max; at += entryLength) {
    const endpoint = compactEndpointAt(bytes, at + NODE_ID_LENGTH, entryLength - NODE_ID_LENGTH);
    // An IPv6 list that carries IPv4 addresses is of neither network.
    if (endpoint.port === 0 || familyOf(endpoint) !== family) continue;
    contacts.push({ id: Uint8Array.from(bytes.subarray(at, at + NODE_ID_LENGTH)), endpoint });
  }
  return contacts;
}

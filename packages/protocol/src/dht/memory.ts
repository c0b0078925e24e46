/**
 * The record of a node between two runs: its ids and whom it knew (BEP 5, "saved between invocations").
 *
 *     d 2:id <id> 3:id6 <id> 5:nodes <26 bytes a node> 6:nodes6 <38 bytes a node> e
 *
 * It is ours, and yet any file may be damaged.
 * @module
 */
import { type AddressFamily } from "../address/index.ts";
import { ProtocolError } from "../base/index.ts";
import { BencodeDictionary, decode, encode, LIMITS_KRPC } from "../bencode/index.ts";
import { decodeContacts, encodeContacts } from "./contact.ts";
import type { DhtMemory } from "./input.ts";
import { NODE_ID_LENGTH } from "./node-id.ts";

/** Nodes of a family that are kept: who is asked first at the next start. */
const REMEMBERED_MAX = 300;

export function encodeMemory({ ids, contacts }: DhtMemory): Uint8Array<ArrayBuffer> {
  const of = (family: AddressFamily): Uint8Array =>
    encodeContacts(contacts.filter(({ endpoint }) => endpoint.address.includes(":") === (family === 6)).slice(0, REMEMBERED_MAX), family);
  return encode({ id: ids[4], id6: ids[6], nodes: of(4), nodes6: of(6) });
}

/** Throws `ProtocolError` for what is no such record. */
export function decodeMemory(bytes: Uint8Array): DhtMemory {
  const record = decode(bytes, LIMITS_KRPC);
  if (!(record instanceof BencodeDictionary)) throw new ProtocolError("DHT_RECORD", "the record of the DHT is no dictionary");
  const id4 = idIn(record, "id");
  const id6 = idIn(record, "id6");
  return {
    ids: { ...(id4 === undefined ? {} : { 4: id4 }), ...(id6 === undefined ? {} : { 6: id6 }) },
    contacts: ([4, 6] as const).flatMap((family) => {
      const packed = record.bytes(family === 4 ? "nodes" : "nodes6");
      return packed === undefined ? [] : decodeContacts(packed, family, REMEMBERED_MAX);
    }),
  };
}

function idIn(record: BencodeDictionary, key: string): Uint8Array | undefined {
  const id = record.bytes(key);
  return id?.length === NODE_ID_LENGTH ? Uint8Array.from(id) : undefined;
}

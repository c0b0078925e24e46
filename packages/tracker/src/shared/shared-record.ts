/**
 * How trackers tell each other of announces: one record each, everything in it, so that none depends on another.
 *
 *     <op: u8> <age: u16> <info hash: 20> <endpoint: 6 or 18> [<peer id: 20> <key: u32>]
 *
 *     op: bits 0-1 zone, or 3 for a peer that stopped; bit 2 IPv6; bit 3 id and key follow
 *
 * `age`: seconds between the announce and the writing of the record, which is 0 but where everything is told again.
 * @module
 */
import { INFO_HASH_LENGTH } from "../swarms/torrent-table.ts";

export const STOPPED_ZONE = 3;
const ZONE_MASK = 3;
const IPV6 = 4;
const WITH_ID = 8;
const OP_MASK = 15;
const HASH_AT = 3;
const ENDPOINT_AT: number = HASH_AT + INFO_HASH_LENGTH;
const PEER_ID_LENGTH = 20;
const AGE_MAX = 65_535;

/** Bytes of the longest record. */
export const SHARED_RECORD_MAX: number = ENDPOINT_AT + 18 + PEER_ID_LENGTH + 4;

/** One announce; views. */
export interface SharedRecord {
  readonly infoHash: Uint8Array;
  readonly family: 4 | 6;
  /** At least 6 or 18 bytes. */
  readonly endpoint: Uint8Array;
  /** 0 to 2, or `STOPPED_ZONE`. */
  readonly zone: number;
  /** 20 bytes where they are kept. */
  readonly peerId: Uint8Array | undefined;
  readonly key: number;
  /** Seconds. */
  readonly age: number;
}

/** Writes a record at a place of a buffer that has room; returns where the next one goes. */
export function writeShared(record: SharedRecord, bytes: Uint8Array, at: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = record.family === 6 ? 18 : 6;
  bytes[at] = record.zone | (record.family === 6 ? IPV6 : 0) | (record.peerId === undefined ? 0 : WITH_ID);
  view.setUint16(at + 1, Math.min(AGE_MAX, record.age));
  bytes.set(record.infoHash, at + HASH_AT);
  for (let byte = 0; byte < length; byte++) bytes[at + ENDPOINT_AT + byte] = record.endpoint[byte] as number;
  const end = at + ENDPOINT_AT + length;
  if (record.peerId === undefined) return end;
  bytes.set(record.peerId, end);
  view.setUint32(end + PEER_ID_LENGTH, record.key);
  return end + PEER_ID_LENGTH + 4;
}

/** Reads records up to the first that makes no sense; views of `bytes`. */
export function* readShared(bytes: Uint8Array): Generator<SharedRecord> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const op = bytes[at] as number;
    const family = (op & IPV6) !== 0 ? 6 : 4;
    const idAt = at + ENDPOINT_AT + (family === 6 ? 18 : 6);
    const withId = (op & WITH_ID) !== 0;
    const end = withId ? idAt + PEER_ID_LENGTH + 4 : idAt;
    if ((op & ~OP_MASK) !== 0 || end > bytes.length) return;
    yield {
      infoHash: bytes.subarray(at + HASH_AT, at + ENDPOINT_AT),
      family,
      endpoint: bytes.subarray(at + ENDPOINT_AT, idAt),
      zone: op & ZONE_MASK,
      peerId: withId ? bytes.subarray(idAt, idAt + PEER_ID_LENGTH) : undefined,
      key: withId ? view.getUint32(idAt + PEER_ID_LENGTH) : 0,
      age: view.getUint16(at + 1),
    };
    at = end;
  }
}

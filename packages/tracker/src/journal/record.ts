/**
 * What frames of swarms are filled with: one record for each change, saying how things are now and not what was done, so
 * that a record too many does no harm.
 *
 *     <op: u8> [<info hash: 20>] <endpoint: 6 or 18> [<peer id: 20> <key: u32>]      a peer, or (zone 3) its end
 *     <op: u8> [<info hash: 20>] <completions: u32>                                  how often a torrent was completed
 *     <op: u8> [<info hash: 20>]                                                     a torrent is forgotten
 *
 *     op: bits 0-1 zone, bit 2 IPv6, bit 3 id and key follow, bit 4 hash follows (else that of the record before), bits 5-6 kind
 * @module
 */
import { assert } from "@bittern/protocol/base";
import { PEER_ID_LENGTH } from "../swarms/block-layout.ts";
import type { PeerTable } from "../swarms/peer-table.ts";
import { INFO_HASH_LENGTH, type TorrentTable } from "../swarms/torrent-table.ts";
import { DOWNLOADER, type Zone } from "../swarms/zone.ts";

const ZONE_MASK = 3;
const GONE = 3;
const IPV6 = 4;
const WITH_ID = 8;
const WITH_HASH = 16;
const KIND_PEER = 0;
const KIND_COMPLETED = 32;
const KIND_FORGOTTEN = 64;
const KIND_MASK = 96;

/** Bytes of records in a frame, at most. A frame is what a flipped bit costs, so it is as short as its head allows: some ninety peers. */
const RECORDS_LENGTH = 4096;

/** Bytes of the longest record. */
export const RECORD_LENGTH_MAX: number = 1 + INFO_HASH_LENGTH + 18 + PEER_ID_LENGTH + 4;

/** Writes records one after the other. Its memory is used again. */
export class RecordWriter {
  readonly #bytes = new Uint8Array(RECORDS_LENGTH);
  readonly #view = new DataView(this.#bytes.buffer);
  #length = 0;
  #torrent = -1;

  get isEmpty(): boolean {
    return this.#length === 0;
  }
  /** Whether another record fits. */
  get hasRoom(): boolean {
    return this.#length + RECORD_LENGTH_MAX <= this.#bytes.length;
  }

  /** What was written; a view that lives until the next record. Begins anew. */
  take(): Uint8Array {
    const payload = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    this.#torrent = -1;
    return payload;
  }

  peer(torrents: TorrentTable, torrent: number, table: PeerTable, position: number, isGone: boolean): void {
    const withId = table.keepsIds && !isGone;
    const zone = isGone ? GONE : table.zoneAt(position);
    this.#begin(torrents, torrent, KIND_PEER | zone | (table.endpointLength === 18 ? IPV6 : 0) | (withId ? WITH_ID : 0));
    table.copyEndpoint(position, this.#bytes, this.#length);
    this.#length += table.endpointLength;
    if (!withId) return;
    table.copyId(position, this.#bytes, this.#length);
    this.#length += PEER_ID_LENGTH;
    this.#u32(table.keyAt(position));
  }

  completed(torrents: TorrentTable, torrent: number): void {
    this.#begin(torrents, torrent, KIND_COMPLETED);
    this.#u32(torrents.completed(torrent));
  }

  forgotten(torrents: TorrentTable, torrent: number): void {
    this.#begin(torrents, torrent, KIND_FORGOTTEN);
    // The number may be another torrent's in the next record.
    this.#torrent = -1;
  }

  #begin(torrents: TorrentTable, torrent: number, op: number): void {
    assert(this.hasRoom, "whoever writes has looked for room");
    const isSame = torrent === this.#torrent;
    this.#bytes[this.#length++] = isSame ? op : op | WITH_HASH;
    if (isSame) return;
    torrents.copyHash(torrent, this.#bytes, this.#length);
    this.#length += INFO_HASH_LENGTH;
    this.#torrent = torrent;
  }

  #u32(value: number): void {
    this.#view.setUint32(this.#length, value);
    this.#length += 4;
  }
}

/** What is done with records that are read; views are valid until the call returns. */
export interface RecordHandler {
  peer(infoHash: Uint8Array, peer: RecordedPeer): void;
  gone(infoHash: Uint8Array, family: 4 | 6, endpoint: Uint8Array): void;
  completed(infoHash: Uint8Array, count: number): void;
  forgotten(infoHash: Uint8Array): void;
}

export interface RecordedPeer {
  readonly family: 4 | 6;
  /** 6 or 18 bytes. */
  readonly endpoint: Uint8Array;
  readonly zone: Zone;
  /** 20 bytes, and a key, where they were kept. */
  readonly peerId: Uint8Array | undefined;
  readonly key: number;
}

/** Reads the records of a payload, up to the first that makes no sense; false when there was one. */
export function readRecords(payload: Uint8Array, handler: RecordHandler): boolean {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  let infoHash: Uint8Array | undefined;
  for (let at = 0; at < payload.length; ) {
    const op = payload[at++] as number;
    if ((op & WITH_HASH) !== 0) {
      infoHash = payload.subarray(at, at + INFO_HASH_LENGTH);
      at += INFO_HASH_LENGTH;
    }
    const kind = op & KIND_MASK;
    const length = lengthOf(op, kind);
    if (infoHash?.length !== INFO_HASH_LENGTH || length < 0 || at + length > payload.length) return false;
    if (kind === KIND_PEER) readPeer(payload, view, at, op, infoHash, handler);
    else if (kind === KIND_COMPLETED) handler.completed(infoHash, view.getUint32(at));
    else handler.forgotten(infoHash);
    at += length;
  }
  return true;
}

/** Bytes behind op and hash; -1 for an op that is none. */
function lengthOf(op: number, kind: number): number {
  if (kind === KIND_PEER && op < 32) return ((op & IPV6) !== 0 ? 18 : 6) + ((op & WITH_ID) !== 0 ? PEER_ID_LENGTH + 4 : 0);
  if (kind === KIND_COMPLETED && (op & ~WITH_HASH) === KIND_COMPLETED) return 4;
  return (op & ~WITH_HASH) === KIND_FORGOTTEN ? 0 : -1;
}

function readPeer(payload: Uint8Array, view: DataView, at: number, op: number, infoHash: Uint8Array, handler: RecordHandler): void {
  const family = (op & IPV6) !== 0 ? 6 : 4;
  const idAt = at + (family === 6 ? 18 : 6);
  const endpoint = payload.subarray(at, idAt);
  const zone = op & ZONE_MASK;
  if (zone === GONE) return handler.gone(infoHash, family, endpoint);
  const withId = (op & WITH_ID) !== 0;
  handler.peer(infoHash, {
    family,
    endpoint,
    zone: zone <= DOWNLOADER ? (zone as Zone) : DOWNLOADER,
    peerId: withId ? payload.subarray(idAt, idAt + PEER_ID_LENGTH) : undefined,
    key: withId ? view.getUint32(idAt + PEER_ID_LENGTH) : 0,
  });
}

/**
 * How the peers of one torrent and family lie in memory: a block of one of some ninety sizes.
 *
 *     <owner u32> <peers u32> <seeds u32> <partial seeds u32>      header
 *     <position + 1: u32> x slots                                  index by endpoint, only from 33 peers on
 *     <key: u32> x capacity                                        only where peer ids are kept
 *     <endpoint: 6 or 18 bytes> x capacity                         as compact answers carry it (BEP 23, BEP 7)
 *     <seen: u16 seconds> x capacity
 *     <peer id: 20 bytes> x capacity                               only where peer ids are kept
 *     <reach: u8> x capacity                                       only where peers are dialled back
 *
 * Sections instead of records: an answer reads endpoints only. Sizes grow by a quarter of an octave, so that a block is
 * a tenth empty on average.
 * @module
 */
import { AREA_LENGTH } from "./area.ts";

/** Words of the header, by position. */
export const OWNER: number = 0;
export const PEERS: number = 1;
export const SEEDS: number = 2;
export const PARTIAL_SEEDS: number = 3;
/** Bytes. */
export const HEADER_LENGTH: number = 16;

/** Bytes. A longer block has an area of its own; the end of a shared area that no block fits into is at most this. */
const SHARED_LENGTH_MAX = 8 * 1024;
/** Peers. Below, a scan over the endpoints is faster than hashing. */
export const INDEXED_FROM: number = 33;
export const PEER_ID_LENGTH: number = 20;

export interface BlockLayout {
  /** Peers the block has room for. */
  readonly capacity: number;
  /** Slots of the index, a power of two; 0 where there is none. */
  readonly slots: number;
  /** Byte offsets of the sections in the block. */
  readonly indexAt: number;
  readonly keysAt: number;
  readonly endpointsAt: number;
  readonly seenAt: number;
  readonly idsAt: number;
  readonly reachAt: number;
  /** Bytes of a block, a multiple of four. */
  readonly byteLength: number;
  /** Blocks in one area; 1 means that the area is the block's own and has its length. */
  readonly perArea: number;
}

/** 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, … */
export function capacityOf(sizeIndex: number): number {
  const step = sizeIndex + 1;
  return step < 4 ? step : (4 + (step & 3)) * 2 ** ((step >> 2) - 1);
}

/** What a table keeps of each peer besides its endpoint and time. */
export interface Kept {
  readonly keepsIds: boolean;
  readonly keepsReach: boolean;
}

export function layoutOf(sizeIndex: number, endpointLength: number, { keepsIds, keepsReach }: Kept): BlockLayout {
  const capacity = capacityOf(sizeIndex);
  const slots = capacity < INDEXED_FROM ? 0 : 2 ** Math.ceil(Math.log2(capacity * 1.4));
  const indexAt = HEADER_LENGTH;
  const keysAt = indexAt + 4 * slots;
  const endpointsAt = keysAt + (keepsIds ? 4 * capacity : 0);
  const seenAt = endpointsAt + endpointLength * capacity;
  const idsAt = seenAt + 2 * capacity;
  const reachAt = idsAt + (keepsIds ? PEER_ID_LENGTH * capacity : 0);
  const byteLength = Math.ceil((reachAt + (keepsReach ? capacity : 0)) / 4) * 4;
  const perArea = byteLength > SHARED_LENGTH_MAX ? 1 : Math.floor(AREA_LENGTH / byteLength);
  return { capacity, slots, indexAt, keysAt, endpointsAt, seenAt, idsAt, reachAt, byteLength, perArea };
}

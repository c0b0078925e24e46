/**
 * How the peers of one torrent and family lie in memory: a block of one of some sixty sizes.
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
 *
 * Blocks of more than 16,384 peers have header and index alone, an octave a size. Their peers lie on pages of 4,096, each of which has the
 * five sections: a swarm grows by pages and nobody is copied, which took 20 ms with a million peers.
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

/** Sizes whose peers lie in the block itself; the largest of them holds 16,384. */
const WHOLE_SIZES = 52;
/** Slots of the index of the least block on pages; a size more has twice as many. */
const PAGED_SLOTS_LEAST = 2 ** 15;
/** Of the slots of a block on pages. */
const PAGED_LOAD_MAX = 0.7;

export const PAGE_SHIFT: number = 12;
/** Peers of a page. */
export const PAGE_PEERS: number = 2 ** PAGE_SHIFT;
export const PAGE_MASK: number = PAGE_PEERS - 1;

/** Byte offsets of the sections in a block or a page. */
export interface Sections {
  readonly keysAt: number;
  readonly endpointsAt: number;
  readonly seenAt: number;
  readonly idsAt: number;
  readonly reachAt: number;
  /** Bytes up to the end of the last section, a multiple of four. */
  readonly byteLength: number;
}

export interface BlockLayout extends Sections {
  /** Peers the block has room for, on pages or not. */
  readonly capacity: number;
  /** Slots of the index, a power of two; 0 where there is none. */
  readonly slots: number;
  readonly indexAt: number;
  /** Blocks in one area; 1 means that the area is the block's own and has its length. */
  readonly perArea: number;
  /** How a page lies, where the peers lie on pages; the sections of the block itself are then empty. */
  readonly page: Sections | undefined;
}

/** 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, … 16384, 22937, 45875, … */
export function capacityOf(sizeIndex: number): number {
  if (sizeIndex >= WHOLE_SIZES) return Math.floor(PAGED_LOAD_MAX * pagedSlots(sizeIndex));
  const step = sizeIndex + 1;
  return step < 4 ? step : (4 + (step & 3)) * 2 ** ((step >> 2) - 1);
}

function pagedSlots(sizeIndex: number): number {
  return PAGED_SLOTS_LEAST * 2 ** (sizeIndex - WHOLE_SIZES);
}

/** What a table keeps of each peer besides its endpoint and time. */
export interface Kept {
  readonly keepsIds: boolean;
  readonly keepsReach: boolean;
}

export function layoutOf(sizeIndex: number, endpointLength: number, kept: Kept): BlockLayout {
  const capacity = capacityOf(sizeIndex);
  const isPaged = sizeIndex >= WHOLE_SIZES;
  const slots = isPaged ? pagedSlots(sizeIndex) : capacity < INDEXED_FROM ? 0 : 2 ** Math.ceil(Math.log2(capacity * 1.4));
  const indexAt = HEADER_LENGTH;
  const sections = sectionsOf(indexAt + 4 * slots, isPaged ? 0 : capacity, endpointLength, kept);
  const perArea = sections.byteLength > SHARED_LENGTH_MAX ? 1 : Math.floor(AREA_LENGTH / sections.byteLength);
  const page = isPaged ? sectionsOf(0, PAGE_PEERS, endpointLength, kept) : undefined;
  return { ...sections, capacity, slots, indexAt, perArea, page };
}

/** The sections of so many peers, from a byte on. */
function sectionsOf(keysAt: number, capacity: number, endpointLength: number, { keepsIds, keepsReach }: Kept): Sections {
  const endpointsAt = keysAt + (keepsIds ? 4 * capacity : 0);
  const seenAt = endpointsAt + endpointLength * capacity;
  const idsAt = seenAt + 2 * capacity;
  const reachAt = idsAt + (keepsIds ? PEER_ID_LENGTH * capacity : 0);
  const byteLength = Math.ceil((reachAt + (keepsReach ? capacity : 0)) / 4) * 4;
  return { keysAt, endpointsAt, seenAt, idsAt, reachAt, byteLength };
}

/**
 * How many WebTorrent peers a tracker has in which swarms, as it tells the trackers that share them with it.
 *
 *     <255: u8> <tracker: 8> then any number of <info hash: 20> <seeds: u32> <partial seeds: u32> <downloaders: u32>
 *     <254: u8> <tracker: 8>     it ends, and what it told is void
 *
 * Other signals begin with a number of offers (see shared-signal.ts), which is never so high. What is told of a swarm takes the
 * place of what was told of it before; without a record a message says that its tracker is there.
 * @module
 */
import { latin1 } from "@bittern/protocol/base";
import type { GuestCounts } from "../swarms/guests.ts";
import { INFO_HASH_LENGTH } from "../swarms/torrent-table.ts";

const COUNTS = 255;
const FAREWELL = 254;
export const TRACKER_ID_LENGTH = 8;
const RECORDS_AT: number = 1 + TRACKER_ID_LENGTH;
const RECORD_LENGTH: number = INFO_HASH_LENGTH + 12;

/** Swarms of one message: 32 KiB. */
export const COUNTS_PER_MESSAGE_MAX = 1000;

/** Of one swarm, whose hash is 20 characters, a byte each. */
export interface SwarmGuests {
  readonly infoHash: string;
  readonly counts: GuestCounts;
}

export interface SharedCounts {
  /** Who tells it: 8 characters, a byte each. */
  readonly tracker: string;
  readonly isFarewell: boolean;
  readonly swarms: readonly SwarmGuests[];
}

export function writeSharedCounts(tracker: Uint8Array, swarms: readonly SwarmGuests[]): Uint8Array {
  const bytes = new Uint8Array(RECORDS_AT + RECORD_LENGTH * swarms.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = COUNTS;
  bytes.set(tracker, 1);
  let at = RECORDS_AT;
  for (const { infoHash, counts } of swarms) {
    for (let byte = 0; byte < INFO_HASH_LENGTH; byte++) bytes[at + byte] = infoHash.charCodeAt(byte);
    view.setUint32(at + INFO_HASH_LENGTH, counts.seeds);
    view.setUint32(at + INFO_HASH_LENGTH + 4, counts.partialSeeds);
    view.setUint32(at + INFO_HASH_LENGTH + 8, counts.downloaders);
    at += RECORD_LENGTH;
  }
  return bytes;
}

export function writeFarewell(tracker: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(RECORDS_AT);
  bytes[0] = FAREWELL;
  bytes.set(tracker, 1);
  return bytes;
}

/** `undefined` for what is another signal, or none. */
export function readSharedCounts(bytes: Uint8Array): SharedCounts | undefined {
  const isFarewell = bytes[0] === FAREWELL;
  const count = (bytes.length - RECORDS_AT) / RECORD_LENGTH;
  if (!(isFarewell || bytes[0] === COUNTS) || !Number.isInteger(count) || count < 0 || count > COUNTS_PER_MESSAGE_MAX) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const swarms = Array.from({ length: count }, (_, index) => {
    const at = RECORDS_AT + RECORD_LENGTH * index;
    const numbersAt = at + INFO_HASH_LENGTH;
    return {
      infoHash: latin1(bytes.subarray(at, numbersAt)),
      counts: {
        seeds: view.getUint32(numbersAt),
        partialSeeds: view.getUint32(numbersAt + 4),
        downloaders: view.getUint32(numbersAt + 8),
      },
    };
  });
  return { tracker: latin1(bytes.subarray(1, RECORDS_AT)), isFarewell, swarms };
}

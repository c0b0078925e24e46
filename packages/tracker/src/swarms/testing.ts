/**
 * Peers and torrents by number, for the tests of swarms.
 * @module
 */
import { type Paired, paired } from "./keyed-hash.ts";
import type { PeerRecord, Swarms, SwarmsOptions } from "./swarms.ts";
import type { Zone } from "./zone.ts";

/** Room for all that tests bring. */
export const ROOM: Omit<SwarmsOptions, "random"> = {
  keepsIds: true,
  torrentsMax: 1000,
  peersMax: 100_000,
  peersPerTorrentMax: 50_000,
  emptySeconds: 100,
};

/** An info hash. */
export function hash(number: number): Paired {
  const key = paired(20);
  key.bytes.fill(number & 255);
  key.bytes[3] = number >> 8;
  return key;
}

/** A peer whose endpoint, id and key follow from its number. */
export function peer(number: number, family: 4 | 6, zone: Zone): PeerRecord {
  const endpoint = paired(18);
  for (let byte = 0; byte < (family === 4 ? 6 : 18); byte++) endpoint.bytes[byte] = number >> (8 * (byte % 3));
  return { family, endpoint, zone, peerId: new Uint8Array(20).fill(number), key: number };
}

/** What the peer was before. */
export function announce(swarms: Swarms, torrent: number, record: PeerRecord, seconds = 0): number {
  swarms.open(swarms.admit(hash(torrent), seconds));
  return swarms.put(record, seconds);
}

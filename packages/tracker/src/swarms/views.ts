/**
 * What pages show of the swarms. Nothing here is for the hot path; what costs more than a page's worth says so.
 * @module
 */
import { latin1, toHex } from "@bittern/protocol/base";
import type { PeerTable } from "./peer-table.ts";
import type { Swarms } from "./swarms.ts";
import { INFO_HASH_LENGTH } from "./torrent-table.ts";
import { SEED } from "./zone.ts";

/** Peers however they came. */
export interface TorrentSummary {
  /** 40 lower-case hex digits. */
  readonly infoHash: string;
  readonly seeds: number;
  readonly downloaders: number;
  /** Incomplete, wanting nothing more (BEP 21). */
  readonly partialSeeds: number;
  readonly completed: number;
}

/** A part of the list of torrents; `next` is where the following part begins, absent at the end. */
export interface TorrentPage {
  readonly torrents: readonly TorrentSummary[];
  readonly next?: number;
}

/** Up to `count` torrents from place `from` on, in no order but a lasting one. Moves the finger. */
export function listTorrents(swarms: Swarms, from: number, count: number): TorrentPage {
  const torrents: TorrentSummary[] = [];
  let torrent = Math.max(0, Math.floor(from));
  for (; torrent < swarms.torrents.end && torrents.length < count; torrent++) {
    if (swarms.torrents.isUsed(torrent)) torrents.push(summaryOf(swarms, torrent));
  }
  return torrent < swarms.torrents.end ? { torrents, next: torrent } : { torrents };
}

/** Moves the finger. */
export function summaryOf(swarms: Swarms, torrent: number): TorrentSummary {
  const infoHash = new Uint8Array(INFO_HASH_LENGTH);
  swarms.torrents.copyHash(torrent, infoHash, 0);
  swarms.open(torrent);
  const { seeds, partialSeeds, peers, completed } = swarms;
  const guests = swarms.guestsOf(torrent);
  return {
    infoHash: toHex(infoHash),
    seeds: seeds + (guests?.seeds ?? 0),
    partialSeeds: partialSeeds + (guests?.partialSeeds ?? 0),
    downloaders: peers - seeds - partialSeeds + (guests?.downloaders ?? 0),
    completed,
  };
}

/** How many different addresses seed, and how many do anything else: the classic page shows both. Costs a look at every peer. */
export function countAddresses(swarms: Swarms): { readonly complete: number; readonly downloading: number } {
  const complete = new Set<string>();
  const downloading = new Set<string>();
  for (let torrent = 0; torrent < swarms.torrents.end; torrent++) {
    swarms.open(torrent);
    for (const table of [swarms.ipv4, swarms.ipv6]) gather(table, complete, downloading);
  }
  return { complete: complete.size, downloading: downloading.size };
}

function gather(table: PeerTable, complete: Set<string>, downloading: Set<string>): void {
  const endpoint = new Uint8Array(table.endpointLength);
  for (let position = 0; position < table.peers; position++) {
    table.copyEndpoint(position, endpoint, 0);
    (table.zoneAt(position) === SEED ? complete : downloading).add(latin1(endpoint.subarray(0, -2)));
  }
}

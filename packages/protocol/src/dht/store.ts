/**
 * Peers that others announced to us (BEP 5): two thousand torrents, two hundred peers each, kept for an hour.
 * @module
 */
import { type AddressFamily, type Endpoint, familyOf, formatEndpoint } from "../address/index.ts";
import { latin1, type Millis, type Random, shuffle } from "../base/index.ts";

/** Clients announce every 15 to 30 minutes. */
const PEER_LIFE_MILLIS: Millis = 60 * 60_000;
const TORRENTS_MAX = 2000;
/** Of each family. */
const PEERS_OF_TORRENT_MAX = 200;

interface StoredPeer {
  readonly endpoint: Endpoint;
  readonly announcedAt: Millis;
}

/** Peers by their text, who announced longest ago first. */
type StoredPeers = Map<string, StoredPeer>;

export class PeerStore {
  /** By info hash, as latin1; the torrent that was announced longest ago first. */
  readonly #torrents = new Map<string, Record<AddressFamily, StoredPeers>>();

  get torrentCount(): number {
    return this.#torrents.size;
  }

  get peerCount(): number {
    let count = 0;
    for (const peers of this.#torrents.values()) count += peers[4].size + peers[6].size;
    return count;
  }

  announced(infoHash: Uint8Array, endpoint: Endpoint, now: Millis): void {
    const key = latin1(infoHash);
    const torrent = this.#torrents.get(key) ?? { 4: new Map(), 6: new Map() };
    this.#torrents.delete(key);
    this.#torrents.set(key, torrent);
    const peers = torrent[familyOf(endpoint)];
    const name = formatEndpoint(endpoint);
    peers.delete(name);
    peers.set(name, { endpoint, announcedAt: now });
    dropOldest(peers, PEERS_OF_TORRENT_MAX);
    dropOldest(this.#torrents, TORRENTS_MAX);
  }

  /** At most `count` of the torrent's peers, chosen by chance. */
  peersOf(infoHash: Uint8Array, family: AddressFamily, count: number, now: Millis, random: Random): Endpoint[] {
    const peers = this.#torrents.get(latin1(infoHash))?.[family] ?? new Map<string, StoredPeer>();
    dropExpired(peers, now);
    const endpoints = [...peers.values()].map(({ endpoint }) => endpoint);
    return (endpoints.length > count ? shuffle(random, endpoints) : endpoints).slice(0, count);
  }

  /** Lets go of what nobody has announced for an hour. */
  sweep(now: Millis): void {
    for (const [key, peers] of this.#torrents) {
      dropExpired(peers[4], now);
      dropExpired(peers[6], now);
      if (peers[4].size + peers[6].size === 0) this.#torrents.delete(key);
    }
  }
}

function dropExpired(peers: StoredPeers, now: Millis): void {
  for (const [name, { announcedAt }] of peers) {
    if (now - announcedAt < PEER_LIFE_MILLIS) return;
    peers.delete(name);
  }
}

function dropOldest(map: Map<string, unknown>, max: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= max) return;
    map.delete(oldest);
  }
}

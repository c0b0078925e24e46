/**
 * Makes room where a maximum is reached: lets the oldest of a few peers go, or the smallest of a few torrents.
 * @module
 */
import { NOBODY } from "./open-block.ts";
import type { PeerTable } from "./peer-table.ts";
import type { Dice } from "./sample.ts";
import type { SwarmWatcher } from "./swarm-watcher.ts";
import { NO_TORRENT, type TorrentTable } from "./torrent-table.ts";

/** Times of peers are kept modulo 65,536 seconds. */
const SEEN_MASK = 0xffff;
/** How many are looked at to find one that may go: enough that an old one is nearly always among them. */
const SHED_SAMPLES = 8;
/** Peers. A torrent with more than this is never shed for another. */
const SHED_PEERS_MAX = 64;

/** Swarms, as far as somebody has to go from them. */
interface Shed {
  readonly torrents: TorrentTable;
  readonly dice: Dice;
  readonly watcher: SwarmWatcher | undefined;
  /** Of all torrents together. */
  readonly peerCount: number;
  /** Of the open torrent. */
  readonly peers: number;
  readonly ipv4: PeerTable;
  readonly ipv6: PeerTable;
  open(torrent: number): void;
  /** Keeps the counts of the open torrent in step with its peers. */
  noteCounts(): void;
  forget(torrent: number): void;
}

export interface ShedOptions {
  readonly torrentsMax: number;
  /** Peers of both families, all torrents together. */
  readonly peersMax: number;
  readonly peersPerTorrentMax: number;
}

export class Shedder {
  readonly #swarms: Shed;
  readonly #options: ShedOptions;
  /** Peers and torrents that had to go. */
  count = 0;

  constructor(swarms: Shed, options: ShedOptions) {
    this.#swarms = swarms;
    this.#options = options;
  }

  /** Makes sure that one more torrent fits in; false when none can go. Moves the finger. */
  makeRoomForTorrent(): boolean {
    return this.#swarms.torrents.count < this.#options.torrentsMax || this.#shedTorrent(NO_TORRENT);
  }

  /** Makes sure that one more peer fits into the open torrent; false when nobody can go. Hot where there is room. */
  makeRoomForPeer(torrent: number, seconds: number): boolean {
    const swarms = this.#swarms;
    const isFull = swarms.peerCount >= this.#options.peersMax;
    if (!isFull && swarms.peers < this.#options.peersPerTorrentMax) return true;
    if (swarms.peers > 0) {
      this.#shedPeer(seconds);
      return true;
    }
    const hasRoom = this.#shedTorrent(torrent);
    swarms.open(torrent);
    return hasRoom;
  }

  /** Drops the oldest of a few peers drawn from both families. */
  #shedPeer(seconds: number): void {
    const swarms = this.#swarms;
    let table = swarms.ipv4;
    let oldest = NOBODY;
    let age = -1;
    for (let draw = 0; draw < SHED_SAMPLES; draw++) {
      const drawn = swarms.dice.below(swarms.peers);
      const from = drawn < swarms.ipv4.peers ? swarms.ipv4 : swarms.ipv6;
      const position = drawn < swarms.ipv4.peers ? drawn : drawn - swarms.ipv4.peers;
      const drawnAge = (seconds - from.seenAt(position)) & SEEN_MASK;
      if (drawnAge <= age) continue;
      table = from;
      oldest = position;
      age = drawnAge;
    }
    swarms.watcher?.gone(table.torrent, table, oldest);
    table.remove(oldest);
    table.fit();
    swarms.noteCounts();
    this.count++;
  }

  /**
   * Forgets the smallest of a few torrents drawn by chance. A flood of invented hashes, one peer each, thus drives out
   * itself and not the swarms that live. Moves the finger.
   */
  #shedTorrent(spared: number): boolean {
    const swarms = this.#swarms;
    let smallest = NO_TORRENT;
    let peers = SHED_PEERS_MAX + 1;
    for (let draw = 0; draw < SHED_SAMPLES; draw++) {
      const torrent = swarms.dice.below(swarms.torrents.end);
      if (torrent === spared || !swarms.torrents.isUsed(torrent)) continue;
      swarms.open(torrent);
      if (swarms.peers >= peers) continue;
      smallest = torrent;
      peers = swarms.peers;
    }
    if (smallest === NO_TORRENT) return false;
    swarms.forget(smallest);
    this.count++;
    return true;
  }
}

/**
 * Every swarm this tracker knows: torrents, their peers of both families, the running totals, and who must go.
 *
 * `open` puts the finger on one torrent; `put`, `remove` and the counts speak of it. No call costs more than the
 * answer it is for, whatever the number of torrents; `sweep` takes a budget.
 * @module
 */
import { assert, latin1, type Random } from "@bittern/protocol/base";
import { AreaPool } from "./area.ts";
import type { GuestCounts, Guests } from "./guests.ts";
import type { Paired } from "./keyed-hash.ts";
import { NOBODY } from "./open-block.ts";
import { PeerTable } from "./peer-table.ts";
import { Dice } from "./sample.ts";
import { Shedder, type ShedOptions } from "./shedder.ts";
import type { SwarmWatcher } from "./swarm-watcher.ts";
import { Sweeper, type SweepOptions } from "./sweeper.ts";
import { INFO_HASH_LENGTH, NO_TORRENT, TorrentTable } from "./torrent-table.ts";
import type { Zone } from "./zone.ts";

/** Whole seconds on the machine's clock; times in the tables are these modulo 65,536. */
export type Seconds = number;
const SEEN_MASK = 0xffff;

export interface SwarmsOptions extends SweepOptions, ShedOptions {
  readonly random: Random;
  /** Keeps peer ids and keys. */
  readonly keepsIds: boolean;
  /** Keeps whether peers can be reached; not when absent. */
  readonly keepsReach?: boolean;
}

/** A peer as an announce describes it. One object serves all announces. */
export interface PeerRecord {
  family: 4 | 6;
  /** 18 bytes; the first 6 count for IPv4. */
  readonly endpoint: Paired;
  zone: Zone;
  /** 20 bytes. */
  readonly peerId: Uint8Array;
  /** 0: none was given. */
  key: number;
}

export class Swarms {
  readonly torrents: TorrentTable;
  readonly #ipv4: PeerTable;
  readonly #ipv6: PeerTable;
  readonly dice: Dice;
  /** Completions of torrents counted since the start, those of forgotten torrents included. */
  completedTotal = 0;
  /** Completions of the torrents that are known now, those of earlier runs included. */
  completedKnown = 0;
  /** Set by whoever keeps a journal. */
  watcher: SwarmWatcher | undefined;

  /** Set by whoever has peers that stand in no table: a torrent stays as long as it has some. */
  guests: Guests | undefined;

  #open: number = NO_TORRENT;

  readonly #sweeper: Sweeper;
  readonly #shedder: Shedder;

  constructor(options: SwarmsOptions) {
    this.torrents = new TorrentTable(options.random);
    const { random, keepsIds, keepsReach = false } = options;
    const pool = new AreaPool();
    this.#ipv4 = new PeerTable({ random, pool, endpointLength: 6, keepsIds, keepsReach });
    this.#ipv6 = new PeerTable({ random, pool, endpointLength: 18, keepsIds, keepsReach });
    this.dice = new Dice(options.random);
    this.#sweeper = new Sweeper(this, options);
    this.#shedder = new Shedder(this, options);
  }

  /** Peers and torrents that had to go before their time because a maximum was reached. */
  get shedCount(): number {
    return this.#shedder.count;
  }
  get peerCount(): number {
    return this.#ipv4.peerCount + this.#ipv6.peerCount;
  }
  get seedCount(): number {
    return this.#ipv4.seedCount + this.#ipv6.seedCount;
  }
  get partialSeedCount(): number {
    return this.#ipv4.partialSeedCount + this.#ipv6.partialSeedCount;
  }
  /** Bytes of all tables. */
  get byteLength(): number {
    return this.torrents.byteLength + this.#ipv4.byteLength + this.#ipv6.byteLength;
  }

  /** Peers of a family, all torrents together. */
  peerCountOf(family: 4 | 6): number {
    return family === 4 ? this.#ipv4.peerCount : this.#ipv6.peerCount;
  }

  // A family's table is opened when somebody asks for it: most requests are about one family.
  /** The IPv4 peers, with the finger on the open torrent. */
  get ipv4(): PeerTable {
    if (this.#ipv4.torrent !== this.#open) this.#ipv4.open(this.#open);
    return this.#ipv4;
  }
  /** The IPv6 peers, with the finger on the open torrent. */
  get ipv6(): PeerTable {
    if (this.#ipv6.torrent !== this.#open) this.#ipv6.open(this.#open);
    return this.#ipv6;
  }
  table(family: 4 | 6): PeerTable {
    return family === 4 ? this.ipv4 : this.ipv6;
  }

  /** The number of a torrent, new if need be; `NO_TORRENT` when there is no place for one more. */
  admit(infoHash: Paired, seconds: Seconds): number {
    const known = this.torrents.find(infoHash);
    if (known !== NO_TORRENT) return known;
    if (!this.#shedder.makeRoomForTorrent()) return NO_TORRENT;
    return this.torrents.add(infoHash, seconds);
  }

  /** Puts the finger on a torrent. */
  open(torrent: number): void {
    this.#open = torrent;
  }

  /** Of the open torrent, both families together. */
  get peers(): number {
    return this.torrents.seeds(this.#open) + this.torrents.incomplete(this.#open);
  }
  get seeds(): number {
    return this.torrents.seeds(this.#open);
  }
  get partialSeeds(): number {
    return this.ipv4.partialSeeds + this.ipv6.partialSeeds;
  }
  get completed(): number {
    return this.torrents.completed(this.#open);
  }

  /** One more completion of the open torrent. */
  complete(): void {
    this.torrents.setCompleted(this.#open, this.torrents.completed(this.#open) + 1);
    this.completedTotal++;
    this.completedKnown++;
    this.watcher?.completed(this.#open);
  }

  /** How often the open torrent was completed, from whoever remembers. */
  setCompleted(count: number): void {
    this.completedKnown += count - this.torrents.completed(this.#open);
    this.torrents.setCompleted(this.#open, count);
    this.watcher?.completed(this.#open);
  }

  /** Adds or renews a peer of the open torrent, which may have changed its port; returns what it was before, `NOBODY` for a new one. */
  put(peer: PeerRecord, seconds: Seconds): Zone | -1 {
    const endpoint = peer.endpoint.halves;
    let table = this.table(peer.family);
    let position = table.find(endpoint);
    let before: Zone | -1 = -1;
    const isNew = position === NOBODY;
    if (isNew) {
      this.position = NOBODY;
      before = this.#takeMoved(table, peer, seconds);
      if (!this.#shedder.makeRoomForPeer(this.#open, seconds)) return -1;
      // Making room may have moved the finger.
      table = this.table(peer.family);
      if (this.peers === 0) this.torrents.setEmptiedAt(this.#open, undefined);
      position = table.add(endpoint, peer.zone);
    } else {
      before = table.zoneAt(position);
      position = table.rezone(position, peer.zone);
    }
    const isChange = isNew || before !== peer.zone || (table.keepsIds && table.keyAt(position) !== peer.key);
    table.touch(position, seconds & SEEN_MASK, peer.peerId, peer.key);
    this.position = position;
    if (isNew || before !== peer.zone) this.noteCounts();
    if (isChange) this.watcher?.put(this.#open, table, position);
    return before;
  }
  /** Takes out who has come back by another port, so that it does not stand there twice until it is too old. */
  #takeMoved(table: PeerTable, { endpoint, peerId, key }: PeerRecord, seconds: Seconds): Zone | -1 {
    const position = table.findMoved(endpoint.halves, peerId, key);
    if (position === NOBODY) return -1;
    const zone = table.zoneAt(position);
    this.#takeOut(table, position, seconds);
    return zone;
  }

  #takeOut(table: PeerTable, position: number, seconds: Seconds): void {
    this.watcher?.gone(this.#open, table, position);
    table.remove(position);
    table.fit();
    this.noteGone(seconds);
  }

  /** Where `put` left its peer, in the table of its family; `NOBODY` when there was no room for it. */
  position: number = NOBODY;

  /**
   * Takes a peer out of the open torrent; returns what it was, `NOBODY` when it was not there. Where keys are kept, one
   * that was given at the start is asked for at the end: nobody else behind the same address may end the peer.
   */
  remove(peer: PeerRecord, seconds: Seconds): Zone | -1 {
    const table = this.table(peer.family);
    const position = table.find(peer.endpoint.halves);
    if (position === NOBODY) return -1;
    const key = table.keyAt(position);
    if (key !== 0 && key !== peer.key) return -1;
    const zone = table.zoneAt(position);
    this.#takeOut(table, position, seconds);
    return zone;
  }

  /** Whether the open torrent knows this peer, id and all, and by another key: somebody else speaks for it. */
  hasOtherKey({ family, endpoint, peerId, key }: PeerRecord): boolean {
    const table = this.table(family);
    const position = table.keepsIds ? table.find(endpoint.halves) : NOBODY;
    if (position === NOBODY || !table.hasId(position, peerId)) return false;
    const before = table.keyAt(position);
    return before !== 0 && before !== key;
  }

  /** Takes a peer out of the open torrent whatever its key, for whoever knows that it is gone. */
  expel(peer: PeerRecord, seconds: Seconds): void {
    const table = this.table(peer.family);
    const position = table.find(peer.endpoint.halves);
    if (position !== NOBODY) this.#takeOut(table, position, seconds);
  }

  /**
   * Lets peers go that were not seen for `ageMax` seconds, and torrents nobody is left in. Looks at about `budget`
   * peers and torrents and goes on there the next time; true at the end of a whole round. Moves the finger.
   */
  sweep(seconds: Seconds, ageMax: number, budget: number): boolean {
    return this.#sweeper.sweep(seconds, ageMax, budget);
  }

  /** Peers of a torrent that stand in no table. */
  guestsOf(torrent: number): GuestCounts | undefined {
    if (this.guests === undefined || this.guests.peerCount === 0) return undefined;
    this.torrents.copyHash(torrent, this.#hash, 0);
    return this.guests.countsOf(latin1(this.#hash));
  }
  readonly #hash = new Uint8Array(INFO_HASH_LENGTH);

  /** Keeps the counts in the torrent's record in step with its peers. */
  noteCounts(): void {
    const seeds = this.ipv4.seeds + this.ipv6.seeds;
    this.torrents.setCounts(this.#open, seeds, this.ipv4.peers + this.ipv6.peers - seeds);
  }

  /** Notes that peers of the open torrent went, perhaps the last. */
  noteGone(seconds: Seconds): void {
    this.noteCounts();
    if (this.peers > 0 || this.torrents.emptiedAt(this.#open) !== undefined) return;
    this.torrents.setEmptiedAt(this.#open, seconds);
  }

  /** Forgets a torrent and whoever is left in it. Moves the finger. */
  forget(torrent: number): void {
    this.open(torrent);
    this.watcher?.forgotten(torrent);
    this.ipv4.clear();
    this.ipv6.clear();
    this.completedKnown -= this.torrents.completed(torrent);
    this.torrents.remove(torrent);
    this.#open = NO_TORRENT;
  }

  /** Our own law; for tests, which call it after every step. Moves the finger. */
  check(): void {
    this.torrents.check();
    const sums = { peers: 0, seeds: 0, partialSeeds: 0 };
    for (let torrent = 0; torrent < this.torrents.end; torrent++) {
      this.open(torrent);
      this.ipv4.check();
      this.ipv6.check();
      const peers = this.ipv4.peers + this.ipv6.peers;
      const seeds = this.ipv4.seeds + this.ipv6.seeds;
      assert(
        !this.torrents.isUsed(torrent) || (peers === this.peers && seeds === this.seeds),
        "the record's counts are those of the tables",
      );
      sums.peers += peers;
      sums.seeds += seeds;
      sums.partialSeeds += this.partialSeeds;
      assert(this.torrents.isUsed(torrent) || peers === 0, "a forgotten torrent has no peers");
      assert(
        !this.torrents.isUsed(torrent) || (peers === 0) === (this.torrents.emptiedAt(torrent) !== undefined),
        "empty torrents are marked",
      );
    }
    assert(sums.peers === this.peerCount, "peers are counted right");
    assert(sums.seeds === this.seedCount, "seeds are counted right");
    assert(sums.partialSeeds === this.partialSeedCount, "partial seeds are counted right");
  }
}

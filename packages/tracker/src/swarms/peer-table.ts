/**
 * The peers of one address family, of all torrents, in typed arrays.
 *
 * A peer is its endpoint: two addresses of one client are two peers (BEP 7). The peers of a torrent lie dense in one
 * block, seeds first, then partial seeds (BEP 21), then downloaders, so that counts are borders and a sample is a range.
 *
 * `open` puts a finger on one torrent's block; everything else speaks of that block. Hot: nothing here allocates but
 * the growth of a block.
 * @module
 */
import { assert, type Random } from "@bittern/protocol/base";
import { type Area, type AreaPool, copyBytes, makeArea } from "./area.ts";
import { type BlockLayout, capacityOf, HEADER_LENGTH, OWNER, PARTIAL_SEEDS, PEER_ID_LENGTH, PEERS, SEEDS } from "./block-layout.ts";
import { Blocks, NO_BLOCK, numberOf, sizeIndexOf } from "./blocks.ts";
import { EndpointIndex, type OutgrownIndex } from "./endpoint-index.ts";

/** What a peer is to its swarm; the order in which the blocks hold them. */
export type Zone = 0 | 1 | 2;
export const SEED: Zone = 0;
/** Incomplete, wants nothing more (BEP 21). */
export const PARTIAL_SEED: Zone = 1;
export const DOWNLOADER: Zone = 2;

/** `reachAt` of a peer that answered when it was dialled. */
export const REACHABLE: number = 255;

/** No such peer. */
export const NOBODY: number = -1;

/** Peers. A block with more of them is not moved to a smaller one: that would take more than some five milliseconds. */
const SHRUNK_PEERS_MAX = 100_000;
/** Peers. When a block with more of them grows, its index is made again a little with every announce; fewer take a millisecond. */
const ENTERED_AT_ONCE_MAX = 20_000;
/** Slots of an outgrown index that an announce takes care of: some ten microseconds, and done long before the block grows again. */
const ADVANCED_SLOTS = 256;

export interface PeerTableOptions {
  readonly random: Random;
  /** Where memory comes from; shared with other tables. */
  readonly pool: AreaPool;
  /** Bytes of an endpoint: 6 for IPv4, 18 for IPv6. */
  readonly endpointLength: 6 | 18;
  /** Keeps peer ids and keys, 24 bytes a peer. */
  readonly keepsIds: boolean;
  /** Keeps whether a peer can be reached, a byte a peer. */
  readonly keepsReach: boolean;
}

export class PeerTable {
  readonly endpointLength: 6 | 18;
  readonly keepsIds: boolean;
  readonly keepsReach: boolean;
  /** Running totals over all torrents. */
  peerCount = 0;
  seedCount = 0;
  partialSeedCount = 0;

  readonly #halfCount: number;
  readonly #index: EndpointIndex;
  readonly #blocks: Blocks;
  /** By torrent, of the few whose index is being made again. */
  readonly #outgrown: Map<number, OutgrownIndex> = new Map();

  // The open block; a size of -1 means that there is none.
  #torrent = -1;
  #sizeIndex = -1;
  #number = 0;
  #layout: BlockLayout;
  #area: Area;
  #base = 0;
  /** Word of the header. */
  #head = 0;
  /** Half where endpoints begin. */
  #endpoints = 0;
  /** Half where times begin. */
  #seen = 0;

  constructor(options: PeerTableOptions) {
    this.endpointLength = options.endpointLength;
    this.keepsIds = options.keepsIds;
    this.keepsReach = options.keepsReach;
    this.#halfCount = options.endpointLength / 2;
    this.#index = new EndpointIndex(options.random, this.#halfCount);
    this.#blocks = new Blocks(options.endpointLength, this, options.pool);
    this.#layout = this.#blocks.vector(0).layout;
    this.#area = makeArea(0);
  }

  /** Bytes allocated for blocks and places. */
  get byteLength(): number {
    let total = this.#blocks.byteLength;
    for (const { slots } of this.#outgrown.values()) total += slots.byteLength;
    return total;
  }

  /** The torrent the finger is on; -1 for none. */
  get torrent(): number {
    return this.#torrent;
  }

  /** Puts the finger on a torrent; false when it has no peer of this family (then nothing but `put` may follow). */
  open(torrent: number): boolean {
    this.#torrent = torrent;
    const place = this.#blocks.find(torrent);
    if (place === NO_BLOCK) {
      this.#sizeIndex = -1;
      return false;
    }
    this.#point(sizeIndexOf(place), numberOf(place));
    return true;
  }

  /** Peers of the open torrent; 0 when it has none. */
  get peers(): number {
    return this.#sizeIndex < 0 ? 0 : (this.#area.words[this.#head + PEERS] as number);
  }
  get seeds(): number {
    return this.#sizeIndex < 0 ? 0 : (this.#area.words[this.#head + SEEDS] as number);
  }
  get partialSeeds(): number {
    return this.#sizeIndex < 0 ? 0 : (this.#area.words[this.#head + PARTIAL_SEEDS] as number);
  }

  /** The position of an endpoint in the open torrent, or `NOBODY`. */
  find(endpoint: Uint16Array): number {
    if (this.#sizeIndex < 0) return NOBODY;
    const slots = this.#layout.slots;
    if (slots > 0) return this.#index.find(endpoint);
    const halves = this.#area.halves;
    const count = this.#area.words[this.#head + PEERS] as number;
    const width = this.#halfCount;
    // The port and the end of the address differ most: compare from behind.
    const last = endpoint[width - 1] as number;
    const end = this.#endpoints + count * width;
    for (let at = this.#endpoints, position = 0; at < end; at += width, position++) {
      if (halves[at + width - 1] === last && this.#matches(halves, at, endpoint)) return position;
    }
    return NOBODY;
  }

  /** What the peer at a position is. */
  zoneAt(position: number): Zone {
    const seeds = this.seeds;
    if (position < seeds) return SEED;
    return position < seeds + this.partialSeeds ? PARTIAL_SEED : DOWNLOADER;
  }

  /** Seconds, modulo 65,536. */
  seenAt(position: number): number {
    return this.#area.halves[this.#seen + position] as number;
  }

  /** 0 where none is kept. */
  keyAt(position: number): number {
    return this.keepsIds ? (this.#area.words[(this.#base + this.#layout.keysAt) / 4 + position] as number) : 0;
  }

  /** Whether a peer was reached: `REACHABLE`, or how often that was tried in vain. */
  reachAt(position: number): number {
    return this.keepsReach ? (this.#area.bytes[this.#base + this.#layout.reachAt + position] as number) : 0;
  }

  setReach(position: number, reach: number): void {
    if (this.keepsReach) this.#area.bytes[this.#base + this.#layout.reachAt + position] = reach;
  }

  /** Writes the compact form of a peer. Hot. */
  copyEndpoint(position: number, target: Uint8Array, at: number): void {
    const bytes = this.#area.bytes;
    const from = 2 * this.#endpoints + position * this.endpointLength;
    for (let byte = 0; byte < this.endpointLength; byte++) target[at + byte] = bytes[from + byte] as number;
  }

  /** Writes the 20 bytes of a peer's id; only where ids are kept. */
  copyId(position: number, target: Uint8Array, at: number): void {
    assert(this.keepsIds, "ids are kept");
    const bytes = this.#area.bytes;
    const from = this.#base + this.#layout.idsAt + position * PEER_ID_LENGTH;
    for (let byte = 0; byte < PEER_ID_LENGTH; byte++) target[at + byte] = bytes[from + byte] as number;
  }

  /** Whether a peer has this id; only where ids are kept. */
  hasId(position: number, peerId: Uint8Array): boolean {
    const bytes = this.#area.bytes;
    const from = this.#base + this.#layout.idsAt + position * PEER_ID_LENGTH;
    // Ids begin alike (the client's name) and end at random: compare from behind.
    for (let byte = PEER_ID_LENGTH - 1; byte >= 0; byte--) if (bytes[from + byte] !== peerId[byte]) return false;
    return true;
  }

  /** Adds a peer that `find` did not find to the open torrent, and returns its position. */
  add(endpoint: Uint16Array, zone: Zone): number {
    this.#makeRoom();
    const words = this.#area.words;
    const head = this.#head;
    let hole = words[head + PEERS] as number;
    words[head + PEERS] = hole + 1;
    this.peerCount++;
    if (zone !== DOWNLOADER) {
      const border = (words[head + SEEDS] as number) + (words[head + PARTIAL_SEEDS] as number);
      this.#moveTo(border, hole);
      hole = border;
      if (zone === SEED) {
        const seeds = words[head + SEEDS] as number;
        this.#moveTo(seeds, hole);
        hole = seeds;
        words[head + SEEDS] = seeds + 1;
        this.seedCount++;
      } else {
        words[head + PARTIAL_SEEDS] = (words[head + PARTIAL_SEEDS] as number) + 1;
        this.partialSeedCount++;
      }
    }
    const halves = this.#area.halves;
    const at = this.#endpoints + hole * this.#halfCount;
    for (let half = 0; half < this.#halfCount; half++) halves[at + half] = endpoint[half] as number;
    if (this.#layout.slots > 0) this.#index.insert(hole);
    this.setReach(hole, 0);
    return hole;
  }

  /** Marks a peer as seen, and keeps its id and key where they are kept. */
  touch(position: number, seconds: number, peerId: Uint8Array, key: number): void {
    this.#area.halves[this.#seen + position] = seconds;
    if (this.#outgrown.size > 0) this.#advance(ADVANCED_SLOTS);
    if (!this.keepsIds) return;
    this.#area.words[(this.#base + this.#layout.keysAt) / 4 + position] = key;
    const bytes = this.#area.bytes;
    const to = this.#base + this.#layout.idsAt + position * PEER_ID_LENGTH;
    for (let byte = 0; byte < PEER_ID_LENGTH; byte++) bytes[to + byte] = peerId[byte] as number;
  }

  /** Gives a peer another zone and returns its new position; id, key and time come along. */
  rezone(position: number, zone: Zone): number {
    if (this.zoneAt(position) === zone) return position;
    const { halves, words, bytes } = this.#area;
    const from = this.#endpoints + position * this.#halfCount;
    for (let half = 0; half < this.#halfCount; half++) this.#heldEndpoint[half] = halves[from + half] as number;
    const seen = this.seenAt(position);
    const key = this.keyAt(position);
    const reach = this.reachAt(position);
    if (this.keepsIds) this.copyId(position, this.#heldId, 0);
    this.remove(position);
    // The hole left at the end takes the peer back in: no block grows or shrinks in between.
    assert((words[this.#head + PEERS] as number) < this.#layout.capacity && bytes === this.#area.bytes, "the same block has room");
    const added = this.add(this.#heldEndpoint, zone);
    this.touch(added, seen, this.#heldId, key);
    this.setReach(added, reach);
    return added;
  }
  readonly #heldEndpoint = new Uint16Array(9);
  readonly #heldId = new Uint8Array(PEER_ID_LENGTH);

  /** Takes a peer out; `fit` must follow when all that go are gone. Positions before it stay what they are. */
  remove(position: number): void {
    const words = this.#area.words;
    const head = this.#head;
    const peers = words[head + PEERS] as number;
    assert(position < peers, "the peer is there");
    if (this.#layout.slots > 0) this.#index.erase(position);
    const seeds = words[head + SEEDS] as number;
    const border = seeds + (words[head + PARTIAL_SEEDS] as number);
    let hole = position;
    if (position < seeds) {
      words[head + SEEDS] = seeds - 1;
      this.seedCount--;
      this.#moveTo(seeds - 1, hole);
      hole = seeds - 1;
    } else if (position < border) {
      words[head + PARTIAL_SEEDS] = border - seeds - 1;
      this.partialSeedCount--;
    }
    if (position < border) {
      this.#moveTo(border - 1, hole);
      hole = border - 1;
    }
    this.#moveTo(peers - 1, hole);
    words[head + PEERS] = peers - 1;
    this.peerCount--;
  }

  /** Gives memory back after removals; a block with nobody in it is closed. */
  fit(): void {
    if (this.#sizeIndex < 0) return;
    const count = this.peers;
    if (count === 0) return this.#dropBlock();
    if (count > SHRUNK_PEERS_MAX) return;
    let sizeIndex = this.#sizeIndex;
    // One size of slack, so that a swarm at the border does not move on every announce.
    while (sizeIndex >= 2 && count <= capacityOf(sizeIndex - 2)) sizeIndex--;
    if (sizeIndex !== this.#sizeIndex) this.#resize(sizeIndex);
  }

  /** Takes everybody out of the open torrent at once. */
  clear(): void {
    if (this.#sizeIndex < 0) return;
    this.peerCount -= this.peers;
    this.seedCount -= this.seeds;
    this.partialSeedCount -= this.partialSeeds;
    this.#dropBlock();
  }

  /** Copies a peer to a free position; the index follows. */
  #moveTo(from: number, to: number): void {
    if (from === to) return;
    const { halves, words, bytes } = this.#area;
    const width = this.#halfCount;
    if (this.#layout.slots > 0) this.#index.replace(from, to);
    const fromHalf = this.#endpoints + from * width;
    const toHalf = this.#endpoints + to * width;
    for (let half = 0; half < width; half++) halves[toHalf + half] = halves[fromHalf + half] as number;
    halves[this.#seen + to] = halves[this.#seen + from] as number;
    this.setReach(to, this.reachAt(from));
    if (!this.keepsIds) return;
    const keys = (this.#base + this.#layout.keysAt) / 4;
    words[keys + to] = words[keys + from] as number;
    const ids = this.#base + this.#layout.idsAt;
    for (let byte = 0; byte < PEER_ID_LENGTH; byte++) {
      bytes[ids + to * PEER_ID_LENGTH + byte] = bytes[ids + from * PEER_ID_LENGTH + byte] as number;
    }
  }

  #point(sizeIndex: number, number: number): void {
    const vector = this.#blocks.vector(sizeIndex);
    const layout = vector.layout;
    this.#sizeIndex = sizeIndex;
    this.#number = number;
    this.#layout = layout;
    this.#area = vector.area(number);
    this.#base = vector.offset(number);
    this.#head = this.#base / 4;
    this.#endpoints = (this.#base + layout.endpointsAt) / 2;
    this.#seen = (this.#base + layout.seenAt) / 2;
    if (layout.slots === 0) return;
    const outgrown = this.#outgrown.size > 0 ? this.#outgrown.get(this.#torrent) : undefined;
    this.#index.point(this.#area, (this.#base + layout.indexAt) / 4, layout.slots, this.#endpoints, outgrown);
  }

  /** Goes on making the index of the open block again. */
  #advance(slotCount: number): void {
    if (this.#outgrown.has(this.#torrent) && this.#index.advance(slotCount)) this.#outgrown.delete(this.#torrent);
  }

  #makeRoom(): void {
    if (this.#sizeIndex < 0) {
      const number = this.#blocks.vector(0).push();
      this.#point(0, number);
      this.#area.words[this.#head + OWNER] = this.#torrent;
      this.#blocks.place(this.#torrent, 0, number);
    } else if ((this.#area.words[this.#head + PEERS] as number) === this.#layout.capacity) {
      this.#resize(this.#sizeIndex + 1);
    }
  }

  /** Moves the open block to another size. */
  #resize(sizeIndex: number): void {
    const area = this.#area;
    const base = this.#base;
    const layout = this.#layout;
    const oldSize = this.#sizeIndex;
    const oldNumber = this.#number;
    const count = area.words[this.#head + PEERS] as number;
    const vector = this.#blocks.vector(sizeIndex);
    const now = vector.layout;
    if (now.slots !== layout.slots) {
      this.#advance(Number.MAX_SAFE_INTEGER);
      if (now.slots > layout.slots && count > ENTERED_AT_ONCE_MAX) this.#outgrow();
    }
    const number = vector.push();
    this.#point(sizeIndex, number);
    assert(count <= now.capacity, "the peers fit into the new block");
    const bytes = this.#area.bytes;
    const to = this.#base;
    copyBytes(area.bytes, base, bytes, to, HEADER_LENGTH);
    copyBytes(area.bytes, base + layout.endpointsAt, bytes, to + now.endpointsAt, count * this.endpointLength);
    copyBytes(area.bytes, base + layout.seenAt, bytes, to + now.seenAt, count * 2);
    if (this.keepsIds) {
      copyBytes(area.bytes, base + layout.keysAt, bytes, to + now.keysAt, count * 4);
      copyBytes(area.bytes, base + layout.idsAt, bytes, to + now.idsAt, count * PEER_ID_LENGTH);
    }
    if (this.keepsReach) copyBytes(area.bytes, base + layout.reachAt, bytes, to + now.reachAt, count);
    // An index of the same length has everybody at the same slot.
    if (now.slots === layout.slots) copyBytes(area.bytes, base + layout.indexAt, bytes, to + now.indexAt, 4 * now.slots);
    else if (now.slots > 0 && !this.#outgrown.has(this.#torrent))
      for (let position = 0; position < count; position++) this.#index.insert(position);
    this.#blocks.place(this.#torrent, sizeIndex, number);
    this.#blocks.drop(oldSize, oldNumber);
  }

  /** Keeps the index of the open block for the one it grows into. */
  #outgrow(): void {
    const first = (this.#base + this.#layout.indexAt) / 4;
    this.#outgrown.set(this.#torrent, { slots: this.#area.words.slice(first, first + this.#layout.slots), next: 0 });
  }

  #dropBlock(): void {
    this.#outgrown.delete(this.#torrent);
    this.#blocks.forget(this.#torrent);
    this.#blocks.drop(this.#sizeIndex, this.#number);
    this.#sizeIndex = -1;
  }

  #matches(halves: Uint16Array, at: number, endpoint: Uint16Array): boolean {
    for (let half = 0; half < this.#halfCount; half++) if (halves[at + half] !== endpoint[half]) return false;
    return true;
  }

  /** Our own law of the open block; for tests, which call it after every step. */
  check(): void {
    if (this.#sizeIndex < 0) return;
    assert(this.#area.words[this.#head + OWNER] === this.#torrent, "the block knows its torrent");
    assert(this.peers > 0 && this.peers <= this.#layout.capacity, "a block is neither empty nor over-full");
    assert(this.seeds + this.partialSeeds <= this.peers, "zones lie inside the block");
    const seen = new Set<string>();
    for (let position = 0; position < this.peers; position++) {
      const at = this.#endpoints + position * this.#halfCount;
      const endpoint = this.#area.halves.slice(at, at + this.#halfCount);
      assert(this.find(endpoint) === position, "every peer is found where it lies");
      seen.add(endpoint.join());
    }
    assert(seen.size === this.peers, "no endpoint stands twice");
    assert(this.#layout.slots === 0 || this.#index.count() === this.peers, "the index holds each peer once");
  }
}

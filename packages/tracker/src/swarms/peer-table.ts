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
import { assert } from "@bittern/protocol/base";
import { type AreaPool, copyBytes } from "./area.ts";
import { capacityOf, HEADER_LENGTH, OWNER, PARTIAL_SEEDS, PEER_ID_LENGTH, PEERS, SEEDS } from "./block-layout.ts";
import { Blocks, NO_BLOCK, numberOf, sizeIndexOf } from "./blocks.ts";
import type { OutgrownIndex } from "./endpoint-index.ts";
import { type BlockOptions, OpenBlock } from "./open-block.ts";
import { DOWNLOADER, SEED, type Zone } from "./zone.ts";

/** Peers. A block with more of them is not moved to a smaller one: that would take more than some five milliseconds. */
const SHRUNK_PEERS_MAX = 100_000;
/** Peers. When a block with more of them grows, its index is made again a little with every announce; fewer take a millisecond. */
const ENTERED_AT_ONCE_MAX = 20_000;
/** Slots of an outgrown index that an announce takes care of: some ten microseconds, and done long before the block grows again. */
const ADVANCED_SLOTS = 256;

export interface PeerTableOptions extends BlockOptions {
  /** Where memory comes from; shared with other tables. */
  readonly pool: AreaPool;
}

export class PeerTable extends OpenBlock {
  /** Running totals over all torrents. */
  peerCount = 0;
  seedCount = 0;
  partialSeedCount = 0;

  readonly #blocks: Blocks;
  /** By torrent, of the few whose index is being made again. */
  readonly #outgrown: Map<number, OutgrownIndex> = new Map();

  constructor(options: PeerTableOptions) {
    const blocks = new Blocks(options.endpointLength, options, options.pool);
    super(options, blocks.vector(0).layout);
    this.#blocks = blocks;
  }

  /** Bytes allocated for blocks and places. */
  get byteLength(): number {
    let total = this.#blocks.byteLength;
    for (const { slots } of this.#outgrown.values()) total += slots.byteLength;
    return total;
  }

  /** Puts the finger on a torrent; false when it has no peer of this family (then nothing but `put` may follow). */
  open(torrent: number): boolean {
    this.openTorrent = torrent;
    const place = this.#blocks.find(torrent);
    if (place === NO_BLOCK) {
      this.sizeIndex = -1;
      return false;
    }
    this.#point(sizeIndexOf(place), numberOf(place));
    return true;
  }

  /** Adds a peer that `find` did not find to the open torrent, and returns its position. */
  add(endpoint: Uint16Array, zone: Zone): number {
    this.#makeRoom();
    const words = this.area.words;
    const head = this.head;
    let hole = words[head + PEERS] as number;
    words[head + PEERS] = hole + 1;
    this.peerCount++;
    if (zone !== DOWNLOADER) {
      const border = (words[head + SEEDS] as number) + (words[head + PARTIAL_SEEDS] as number);
      this.moveTo(border, hole);
      hole = border;
      if (zone === SEED) {
        const seeds = words[head + SEEDS] as number;
        this.moveTo(seeds, hole);
        hole = seeds;
        words[head + SEEDS] = seeds + 1;
        this.seedCount++;
      } else {
        words[head + PARTIAL_SEEDS] = (words[head + PARTIAL_SEEDS] as number) + 1;
        this.partialSeedCount++;
      }
    }
    this.setEndpoint(hole, endpoint);
    if (this.layout.slots > 0) this.index.insert(hole);
    this.setReach(hole, 0);
    return hole;
  }

  /** Marks a peer as seen, and keeps its id and key where they are kept. */
  touch(position: number, seconds: number, peerId: Uint8Array, key: number): void {
    this.setSeen(position, seconds, peerId, key);
    if (this.#outgrown.size > 0) this.#advance(ADVANCED_SLOTS);
  }

  /** Gives a peer another zone and returns its new position; id, key and time come along. */
  rezone(position: number, zone: Zone): number {
    if (this.zoneAt(position) === zone) return position;
    const { halves, words, bytes } = this.area;
    const from = this.endpoints + position * this.halfCount;
    for (let half = 0; half < this.halfCount; half++) this.#heldEndpoint[half] = halves[from + half] as number;
    const seen = this.seenAt(position);
    const key = this.keyAt(position);
    const reach = this.reachAt(position);
    if (this.keepsIds) this.copyId(position, this.#heldId, 0);
    this.remove(position);
    // The hole left at the end takes the peer back in: no block grows or shrinks in between.
    assert((words[this.head + PEERS] as number) < this.layout.capacity && bytes === this.area.bytes, "the same block has room");
    const added = this.add(this.#heldEndpoint, zone);
    this.touch(added, seen, this.#heldId, key);
    this.setReach(added, reach);
    return added;
  }
  readonly #heldEndpoint = new Uint16Array(9);
  readonly #heldId = new Uint8Array(PEER_ID_LENGTH);

  /** Takes a peer out; `fit` must follow when all that go are gone. Positions before it stay what they are. */
  remove(position: number): void {
    const words = this.area.words;
    const head = this.head;
    const peers = words[head + PEERS] as number;
    assert(position < peers, "the peer is there");
    if (this.layout.slots > 0) this.index.erase(position);
    const seeds = words[head + SEEDS] as number;
    const border = seeds + (words[head + PARTIAL_SEEDS] as number);
    let hole = position;
    if (position < seeds) {
      words[head + SEEDS] = seeds - 1;
      this.seedCount--;
      this.moveTo(seeds - 1, hole);
      hole = seeds - 1;
    } else if (position < border) {
      words[head + PARTIAL_SEEDS] = border - seeds - 1;
      this.partialSeedCount--;
    }
    if (position < border) {
      this.moveTo(border - 1, hole);
      hole = border - 1;
    }
    this.moveTo(peers - 1, hole);
    words[head + PEERS] = peers - 1;
    this.peerCount--;
  }

  /** Gives memory back after removals; a block with nobody in it is closed. */
  fit(): void {
    if (this.sizeIndex < 0) return;
    const count = this.peers;
    if (count === 0) return this.#dropBlock();
    if (count > SHRUNK_PEERS_MAX) return;
    let sizeIndex = this.sizeIndex;
    // One size of slack, so that a swarm at the border does not move on every announce.
    while (sizeIndex >= 2 && count <= capacityOf(sizeIndex - 2)) sizeIndex--;
    if (sizeIndex !== this.sizeIndex) this.#resize(sizeIndex);
  }

  /** Takes everybody out of the open torrent at once. */
  clear(): void {
    if (this.sizeIndex < 0) return;
    this.peerCount -= this.peers;
    this.seedCount -= this.seeds;
    this.partialSeedCount -= this.partialSeeds;
    this.#dropBlock();
  }

  #point(sizeIndex: number, number: number): void {
    const outgrown = this.#outgrown.size > 0 ? this.#outgrown.get(this.openTorrent) : undefined;
    this.point(this.#blocks.vector(sizeIndex), sizeIndex, number, outgrown);
  }

  /** Goes on making the index of the open block again. */
  #advance(slotCount: number): void {
    if (this.#outgrown.has(this.openTorrent) && this.index.advance(slotCount)) this.#outgrown.delete(this.openTorrent);
  }

  #makeRoom(): void {
    if (this.sizeIndex < 0) {
      const number = this.#blocks.vector(0).push();
      this.#point(0, number);
      this.area.words[this.head + OWNER] = this.openTorrent;
      this.#blocks.place(this.openTorrent, 0, number);
    } else if ((this.area.words[this.head + PEERS] as number) === this.layout.capacity) {
      this.#resize(this.sizeIndex + 1);
    }
  }

  /** Moves the open block to another size. */
  #resize(sizeIndex: number): void {
    const area = this.area;
    const base = this.base;
    const layout = this.layout;
    const oldSize = this.sizeIndex;
    const oldNumber = this.number;
    const count = area.words[this.head + PEERS] as number;
    const vector = this.#blocks.vector(sizeIndex);
    const now = vector.layout;
    if (now.slots !== layout.slots) {
      this.#advance(Number.MAX_SAFE_INTEGER);
      if (now.slots > layout.slots && count > ENTERED_AT_ONCE_MAX) this.#outgrow();
    }
    const number = vector.push();
    this.#point(sizeIndex, number);
    assert(count <= now.capacity, "the peers fit into the new block");
    const bytes = this.area.bytes;
    const to = this.base;
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
    else if (now.slots > 0 && !this.#outgrown.has(this.openTorrent))
      for (let position = 0; position < count; position++) this.index.insert(position);
    this.#blocks.place(this.openTorrent, sizeIndex, number);
    this.#blocks.drop(oldSize, oldNumber);
  }

  /** Keeps the index of the open block for the one it grows into. */
  #outgrow(): void {
    const first = (this.base + this.layout.indexAt) / 4;
    this.#outgrown.set(this.openTorrent, { slots: this.area.words.slice(first, first + this.layout.slots), next: 0 });
  }

  #dropBlock(): void {
    this.#outgrown.delete(this.openTorrent);
    this.#blocks.forget(this.openTorrent);
    this.#blocks.drop(this.sizeIndex, this.number);
    this.sizeIndex = -1;
  }
}

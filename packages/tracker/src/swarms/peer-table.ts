/**
 * The peers of one address family, of all torrents, in typed arrays.
 *
 * A peer is its endpoint: two addresses of one client are two peers (BEP 7), and `findMoved` tells who has only changed its port. The peers of a torrent lie dense in one
 * block, seeds first, then partial seeds (BEP 21), then downloaders, so that counts are borders and a sample is a range.
 *
 * `open` puts a finger on one torrent's block; everything else speaks of that block. Hot: nothing here allocates but
 * the growth of a block.
 * @module
 */
import { assert } from "@bittern/protocol/base";
import { type Area, type AreaPool, copyBytes, makeArea } from "./area.ts";
import { capacityOf, HEADER_LENGTH, OWNER, PAGE_PEERS, PAGE_SHIFT, PARTIAL_SEEDS, PEER_ID_LENGTH, PEERS, SEEDS } from "./block-layout.ts";
import { Blocks, NO_BLOCK, numberOf, sizeIndexOf } from "./blocks.ts";
import type { OutgrownIndex } from "./endpoint-index.ts";
import { type BlockOptions, OpenBlock } from "./open-block.ts";
import { copyPeers, type Stretch } from "./stretch.ts";
import { DOWNLOADER, SEED, type Zone } from "./zone.ts";

/** Peers. When a block with more of them changes its size, its index is made again a little with every change; fewer take a millisecond. */
const ENTERED_AT_ONCE_MAX = 20_000;
/** Slots of an outgrown index that an announce takes care of: some ten microseconds, and done long before the block grows again. */
const ADVANCED_SLOTS = 256;
/** The same of a peer that goes: of those, many go at once. Done when a third of the peers that were left have gone. */
const ADVANCED_SLOTS_GOING = 12;

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
  /** By torrent, of the few that have so many peers. */
  readonly #pages: Map<number, Area[]> = new Map();
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
    for (const pages of this.#pages.values()) for (const page of pages) total += page.bytes.length;
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
    const words = this.trunk.words;
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
    const { words } = this.trunk;
    this.copyHalves(position, this.#heldEndpoint);
    const seen = this.seenAt(position);
    const key = this.keyAt(position);
    const reach = this.reachAt(position);
    if (this.keepsIds) this.copyId(position, this.#heldId, 0);
    this.remove(position);
    // The hole left at the end takes the peer back in: no block grows or shrinks in between.
    assert((words[this.head + PEERS] as number) < this.layout.capacity && words === this.trunk.words, "the same block has room");
    const added = this.add(this.#heldEndpoint, zone);
    this.touch(added, seen, this.#heldId, key);
    this.setReach(added, reach);
    return added;
  }
  readonly #heldEndpoint = new Uint16Array(9);
  readonly #heldId = new Uint8Array(PEER_ID_LENGTH);

  /** Takes a peer out; `fit` must follow when all that go are gone. Positions before it stay what they are. */
  remove(position: number): void {
    const words = this.trunk.words;
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
    if (this.#outgrown.size > 0) this.#advance(ADVANCED_SLOTS_GOING);
  }

  /** Gives memory back after removals; a block with nobody in it is closed. */
  fit(): void {
    if (this.sizeIndex < 0) return;
    const count = this.peers;
    if (count === 0) return this.#dropBlock();
    // One page of slack, for the same reason as below.
    while (this.pages !== undefined && (this.pages.length - 2) * PAGE_PEERS >= count) this.pages.pop();
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
    const vector = this.#blocks.vector(sizeIndex);
    const pages = vector.layout.page === undefined ? undefined : this.#pages.get(this.openTorrent);
    const outgrown = this.#outgrown.size > 0 ? this.#outgrown.get(this.openTorrent) : undefined;
    this.point(vector, sizeIndex, number, pages, outgrown);
  }

  /** Goes on making the index of the open block again. */
  #advance(slotCount: number): void {
    if (this.#outgrown.has(this.openTorrent) && this.index.advance(slotCount)) this.#outgrown.delete(this.openTorrent);
  }

  #makeRoom(): void {
    if (this.sizeIndex < 0) {
      const number = this.#blocks.vector(0).push();
      this.#point(0, number);
      this.trunk.words[this.head + OWNER] = this.openTorrent;
      this.#blocks.place(this.openTorrent, 0, number);
      return;
    }
    const peers = this.trunk.words[this.head + PEERS] as number;
    if (peers === this.layout.capacity) this.#resize(this.sizeIndex + 1);
    if (this.pages?.length === peers >>> PAGE_SHIFT) this.pages.push(this.#makePage());
  }

  #makePage(): Area {
    assert(this.layout.page !== undefined, "the block has pages");
    return makeArea(this.layout.page.byteLength);
  }

  /** Moves the open block to another size. Pages stay where they are. */
  #resize(sizeIndex: number): void {
    const { trunk, base, layout, sizeIndex: oldSize, number: oldNumber } = this;
    const count = trunk.words[this.head + PEERS] as number;
    const vector = this.#blocks.vector(sizeIndex);
    const now = vector.layout;
    const moves = layout.page === undefined || now.page === undefined;
    const from = moves ? this.#stretches(count) : [];
    if (now.slots !== layout.slots) {
      this.#advance(Number.MAX_SAFE_INTEGER);
      if (count > ENTERED_AT_ONCE_MAX) this.#outgrow();
    }
    if (now.page === undefined) this.#pages.delete(this.openTorrent);
    else if (layout.page === undefined) this.#pages.set(this.openTorrent, []);
    const number = vector.push();
    this.#point(sizeIndex, number);
    assert(count <= now.capacity, "the peers fit into the new block");
    copyBytes(trunk.bytes, base, this.trunk.bytes, this.base, HEADER_LENGTH);
    if (moves) {
      while (this.pages !== undefined && this.pages.length * PAGE_PEERS < count) this.pages.push(this.#makePage());
      this.#stretches(count).forEach((to, page) =>
        copyPeers(from[page] as Stretch, to, Math.min(PAGE_PEERS, count - page * PAGE_PEERS), this.endpointLength, this),
      );
    }
    // An index of the same length has everybody at the same slot.
    if (now.slots === layout.slots) copyBytes(trunk.bytes, base + layout.indexAt, this.trunk.bytes, this.base + now.indexAt, 4 * now.slots);
    else if (now.slots > 0 && !this.#outgrown.has(this.openTorrent))
      for (let position = 0; position < count; position++) this.index.insert(position);
    this.#blocks.place(this.openTorrent, sizeIndex, number);
    this.#blocks.drop(oldSize, oldNumber);
  }

  /** Where the peers of the open block lie, a page of them each, whether it has pages or not. */
  #stretches(count: number): Stretch[] {
    return Array.from({ length: Math.ceil(count / PAGE_PEERS) }, (_, page) => this.stretch(page * PAGE_PEERS));
  }

  /** Keeps the index of the open block for the one it becomes. */
  #outgrow(): void {
    assert(this.layout.perArea === 1, "nobody else writes where the index lies");
    const first = (this.base + this.layout.indexAt) / 4;
    this.#outgrown.set(this.openTorrent, { slots: this.trunk.words.subarray(first, first + this.layout.slots), next: 0 });
  }

  #dropBlock(): void {
    this.#outgrown.delete(this.openTorrent);
    this.#pages.delete(this.openTorrent);
    this.#blocks.forget(this.openTorrent);
    this.#blocks.drop(this.sizeIndex, this.number);
    this.sizeIndex = -1;
  }
}

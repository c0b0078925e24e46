/**
 * One torrent's peers of one address family, as the finger of a table is on them: who lies at which position.
 *
 * Reading and writing single peers, and nothing that changes how many there are: that is the table's (peer-table.ts). Hot: nothing here
 * allocates.
 * @module
 */
import { assert, type Random } from "@bittern/protocol/base";
import { type Area, makeArea } from "./area.ts";
import { type BlockLayout, OWNER, PARTIAL_SEEDS, PEER_ID_LENGTH, PEERS, SEEDS } from "./block-layout.ts";
import type { BlockVector } from "./block-vector.ts";
import { EndpointIndex, type OutgrownIndex } from "./endpoint-index.ts";
import { DOWNLOADER, PARTIAL_SEED, SEED, type Zone } from "./zone.ts";

/** `reachAt` of a peer that answered when it was dialled. */
export const REACHABLE: number = 255;

/** No such peer. */
export const NOBODY: number = -1;

/** What a table is to hold. */
export interface BlockOptions {
  readonly random: Random;
  /** Bytes of an endpoint: 6 for IPv4, 18 for IPv6. */
  readonly endpointLength: 6 | 18;
  /** Keeps peer ids and keys, 24 bytes a peer. */
  readonly keepsIds: boolean;
  /** Keeps whether a peer can be reached, a byte a peer. */
  readonly keepsReach: boolean;
}

export abstract class OpenBlock {
  readonly endpointLength: 6 | 18;
  readonly keepsIds: boolean;
  readonly keepsReach: boolean;

  /** Halves of an endpoint. */
  protected readonly halfCount: number;
  protected readonly index: EndpointIndex;
  // The open block; a size of -1 means that there is none.
  protected openTorrent = -1;
  protected sizeIndex = -1;
  protected number = 0;
  protected layout: BlockLayout;
  protected area: Area = makeArea(0);
  /** Bytes of the area before the block. */
  protected base = 0;
  /** Word of the header. */
  protected head = 0;
  /** Half where endpoints begin. */
  protected endpoints = 0;
  /** Half where times begin. */
  protected seen = 0;

  constructor({ random, endpointLength, keepsIds, keepsReach }: BlockOptions, layout: BlockLayout) {
    this.endpointLength = endpointLength;
    this.keepsIds = keepsIds;
    this.keepsReach = keepsReach;
    this.halfCount = endpointLength / 2;
    this.index = new EndpointIndex(random, this.halfCount);
    this.layout = layout;
  }

  /** The torrent the finger is on; -1 for none. */
  get torrent(): number {
    return this.openTorrent;
  }

  /** Puts the finger on block `number` of the blocks of a size. */
  protected point(vector: BlockVector, sizeIndex: number, number: number, outgrown: OutgrownIndex | undefined): void {
    const layout = vector.layout;
    this.sizeIndex = sizeIndex;
    this.number = number;
    this.layout = layout;
    this.area = vector.area(number);
    this.base = vector.offset(number);
    this.head = this.base / 4;
    this.endpoints = (this.base + layout.endpointsAt) / 2;
    this.seen = (this.base + layout.seenAt) / 2;
    if (layout.slots > 0) this.index.point(this.area, (this.base + layout.indexAt) / 4, layout.slots, this.endpoints, outgrown);
  }

  /** Peers of the open torrent; 0 when it has none. */
  get peers(): number {
    return this.sizeIndex < 0 ? 0 : (this.area.words[this.head + PEERS] as number);
  }
  get seeds(): number {
    return this.sizeIndex < 0 ? 0 : (this.area.words[this.head + SEEDS] as number);
  }
  get partialSeeds(): number {
    return this.sizeIndex < 0 ? 0 : (this.area.words[this.head + PARTIAL_SEEDS] as number);
  }

  /** The position of an endpoint in the open torrent, or `NOBODY`. */
  find(endpoint: Uint16Array): number {
    if (this.sizeIndex < 0) return NOBODY;
    const slots = this.layout.slots;
    if (slots > 0) return this.index.find(endpoint);
    const halves = this.area.halves;
    const count = this.area.words[this.head + PEERS] as number;
    const width = this.halfCount;
    // The port and the end of the address differ most: compare from behind.
    const last = endpoint[width - 1] as number;
    const end = this.endpoints + count * width;
    for (let at = this.endpoints, position = 0; at < end; at += width, position++) {
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
    return this.area.halves[this.seen + position] as number;
  }

  /** 0 where none is kept. */
  keyAt(position: number): number {
    return this.keepsIds ? (this.area.words[(this.base + this.layout.keysAt) / 4 + position] as number) : 0;
  }

  /** Whether a peer was reached: `REACHABLE`, or how often that was tried in vain. */
  reachAt(position: number): number {
    return this.keepsReach ? (this.area.bytes[this.base + this.layout.reachAt + position] as number) : 0;
  }

  setReach(position: number, reach: number): void {
    if (this.keepsReach) this.area.bytes[this.base + this.layout.reachAt + position] = reach;
  }

  /** Writes the compact form of a peer. Hot. */
  copyEndpoint(position: number, target: Uint8Array, at: number): void {
    const bytes = this.area.bytes;
    const from = 2 * this.endpoints + position * this.endpointLength;
    for (let byte = 0; byte < this.endpointLength; byte++) target[at + byte] = bytes[from + byte] as number;
  }

  /** Writes the 20 bytes of a peer's id; only where ids are kept. */
  copyId(position: number, target: Uint8Array, at: number): void {
    assert(this.keepsIds, "ids are kept");
    const bytes = this.area.bytes;
    const from = this.base + this.layout.idsAt + position * PEER_ID_LENGTH;
    for (let byte = 0; byte < PEER_ID_LENGTH; byte++) target[at + byte] = bytes[from + byte] as number;
  }

  /** Whether a peer has this id; only where ids are kept. */
  hasId(position: number, peerId: Uint8Array): boolean {
    const bytes = this.area.bytes;
    const from = this.base + this.layout.idsAt + position * PEER_ID_LENGTH;
    // Ids begin alike (the client's name) and end at random: compare from behind.
    for (let byte = PEER_ID_LENGTH - 1; byte >= 0; byte--) if (bytes[from + byte] !== peerId[byte]) return false;
    return true;
  }

  /** Writes where a peer is reached. */
  protected setEndpoint(position: number, endpoint: Uint16Array): void {
    const halves = this.area.halves;
    const at = this.endpoints + position * this.halfCount;
    for (let half = 0; half < this.halfCount; half++) halves[at + half] = endpoint[half] as number;
  }

  /** Writes when a peer was seen, and its id and key where they are kept. */
  protected setSeen(position: number, seconds: number, peerId: Uint8Array, key: number): void {
    this.area.halves[this.seen + position] = seconds;
    if (!this.keepsIds) return;
    this.area.words[(this.base + this.layout.keysAt) / 4 + position] = key;
    const bytes = this.area.bytes;
    const to = this.base + this.layout.idsAt + position * PEER_ID_LENGTH;
    for (let byte = 0; byte < PEER_ID_LENGTH; byte++) bytes[to + byte] = peerId[byte] as number;
  }

  /** Copies a peer to a free position; the index follows. */
  protected moveTo(from: number, to: number): void {
    if (from === to) return;
    const { halves, words, bytes } = this.area;
    const width = this.halfCount;
    if (this.layout.slots > 0) this.index.replace(from, to);
    const fromHalf = this.endpoints + from * width;
    const toHalf = this.endpoints + to * width;
    for (let half = 0; half < width; half++) halves[toHalf + half] = halves[fromHalf + half] as number;
    halves[this.seen + to] = halves[this.seen + from] as number;
    this.setReach(to, this.reachAt(from));
    if (!this.keepsIds) return;
    const keys = (this.base + this.layout.keysAt) / 4;
    words[keys + to] = words[keys + from] as number;
    const ids = this.base + this.layout.idsAt;
    for (let byte = 0; byte < PEER_ID_LENGTH; byte++) {
      bytes[ids + to * PEER_ID_LENGTH + byte] = bytes[ids + from * PEER_ID_LENGTH + byte] as number;
    }
  }

  #matches(halves: Uint16Array, at: number, endpoint: Uint16Array): boolean {
    for (let half = 0; half < this.halfCount; half++) if (halves[at + half] !== endpoint[half]) return false;
    return true;
  }

  /** Our own law of the open block; for tests, which call it after every step. */
  check(): void {
    if (this.sizeIndex < 0) return;
    assert(this.area.words[this.head + OWNER] === this.openTorrent, "the block knows its torrent");
    assert(this.peers > 0 && this.peers <= this.layout.capacity, "a block is neither empty nor over-full");
    assert(this.seeds + this.partialSeeds <= this.peers, "zones lie inside the block");
    const seen = new Set<string>();
    for (let position = 0; position < this.peers; position++) {
      const at = this.endpoints + position * this.halfCount;
      const endpoint = this.area.halves.slice(at, at + this.halfCount);
      assert(this.find(endpoint) === position, "every peer is found where it lies");
      seen.add(endpoint.join());
    }
    assert(seen.size === this.peers, "no endpoint stands twice");
    assert(this.layout.slots === 0 || this.index.count() === this.peers, "the index holds each peer once");
  }
}

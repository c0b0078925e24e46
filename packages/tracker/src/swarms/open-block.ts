/**
 * One torrent's peers of one address family, as the finger of a table is on them: who lies at which position.
 *
 * Reading and writing single peers, and nothing that changes how many there are: that is the table's (peer-table.ts). Hot: nothing here
 * allocates.
 * @module
 */
import { assert, type Random } from "@bittern/protocol/base";
import { type Area, makeArea } from "./area.ts";
import {
  type BlockLayout,
  OWNER,
  PAGE_MASK,
  PAGE_SHIFT,
  PARTIAL_SEEDS,
  PEER_ID_LENGTH,
  PEERS,
  SEEDS,
  type Sections,
} from "./block-layout.ts";
import type { BlockVector } from "./block-vector.ts";
import { EndpointIndex, type OutgrownIndex } from "./endpoint-index.ts";
import type { Stretch } from "./stretch.ts";
import { DOWNLOADER, PARTIAL_SEED, SEED, type Zone } from "./zone.ts";

/** `reachAt` of a peer that answered when it was dialled. */
export const REACHABLE: number = 255;

/** No such peer. */
export const NOBODY: number = -1;

/** Peers among which one is looked for that has changed its port: one word each, some hundred nanoseconds of an announce. */
export const MOVED_AMONG_MAX: number = 256;

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
  /** Where header and index lie, and everything else of a block without pages. */
  protected trunk: Area = makeArea(0);
  /** Bytes of the trunk before the block. */
  protected base = 0;
  /** Word of the header. */
  protected head = 0;
  /** Where the peers of a large block lie. */
  protected pages: Area[] | undefined;
  #sections: Sections;
  /** Bytes before the sections, in the trunk or on each page. */
  #sectionsBase = 0;
  /** Half where endpoints begin. */
  #endpoints = 0;
  /** Half where times begin. */
  #seen = 0;

  constructor({ random, endpointLength, keepsIds, keepsReach }: BlockOptions, layout: BlockLayout) {
    this.endpointLength = endpointLength;
    this.keepsIds = keepsIds;
    this.keepsReach = keepsReach;
    this.halfCount = endpointLength / 2;
    this.index = new EndpointIndex(random, this.halfCount);
    this.layout = layout;
    this.#sections = layout;
  }

  /** The torrent the finger is on; -1 for none. */
  get torrent(): number {
    return this.openTorrent;
  }

  /** Puts the finger on block `number` of the blocks of a size; `pages` of one that has some. */
  protected point(
    vector: BlockVector,
    sizeIndex: number,
    number: number,
    pages: Area[] | undefined,
    outgrown: OutgrownIndex | undefined,
  ): void {
    const layout = vector.layout;
    const sections = layout.page ?? layout;
    this.sizeIndex = sizeIndex;
    this.number = number;
    this.layout = layout;
    this.trunk = vector.area(number);
    this.base = vector.offset(number);
    this.head = this.base / 4;
    this.pages = pages;
    this.#sections = sections;
    this.#sectionsBase = pages === undefined ? this.base : 0;
    this.#endpoints = (this.#sectionsBase + sections.endpointsAt) / 2;
    this.#seen = (this.#sectionsBase + sections.seenAt) / 2;
    if (layout.slots > 0) this.index.point(this.trunk, (this.base + layout.indexAt) / 4, layout.slots, this.#endpoints, pages, outgrown);
  }

  /** Where the peer at a position and those behind it lie, up to the end of its page. */
  protected stretch(position: number): Stretch {
    return {
      area: this.#areaOf(position),
      base: this.#sectionsBase,
      sections: this.#sections,
      place: this.#placeOf(position),
    };
  }

  /** Where the peer at a position lies. Hot. */
  #areaOf(position: number): Area {
    return this.pages === undefined ? this.trunk : (this.pages[position >>> PAGE_SHIFT] as Area);
  }

  /** Its place there. Hot. */
  #placeOf(position: number): number {
    return this.pages === undefined ? position : position & PAGE_MASK;
  }

  /** Peers of the open torrent; 0 when it has none. */
  get peers(): number {
    return this.sizeIndex < 0 ? 0 : (this.trunk.words[this.head + PEERS] as number);
  }
  get seeds(): number {
    return this.sizeIndex < 0 ? 0 : (this.trunk.words[this.head + SEEDS] as number);
  }
  get partialSeeds(): number {
    return this.sizeIndex < 0 ? 0 : (this.trunk.words[this.head + PARTIAL_SEEDS] as number);
  }

  /** The position of an endpoint in the open torrent, or `NOBODY`. */
  find(endpoint: Uint16Array): number {
    if (this.sizeIndex < 0) return NOBODY;
    const slots = this.layout.slots;
    if (slots > 0) return this.index.find(endpoint);
    // So few that they are on no page.
    const halves = this.trunk.halves;
    const count = this.trunk.words[this.head + PEERS] as number;
    const width = this.halfCount;
    // The port and the end of the address differ most: compare from behind.
    const last = endpoint[width - 1] as number;
    const end = this.#endpoints + count * width;
    for (let at = this.#endpoints, position = 0; at < end; at += width, position++) {
      if (halves[at + width - 1] === last && this.#matches(halves, at, endpoint)) return position;
    }
    return NOBODY;
  }

  /**
   * The position of who is at the same address by another port, with the same id and key; `NOBODY` also where no ids are kept, or
   * too many peers are here to look for it. Whoever has another address may have both (BEP 7).
   */
  findMoved(endpoint: Uint16Array, peerId: Uint8Array, key: number): number {
    const count = this.peers;
    if (!this.keepsIds || key === 0 || count > MOVED_AMONG_MAX || this.pages !== undefined) return NOBODY;
    const { words, halves } = this.trunk;
    const keys = this.#keysWord;
    for (let position = 0; position < count; position++) {
      if (words[keys + position] !== key || !this.hasId(position, peerId)) continue;
      const at = this.#endpoints + position * this.halfCount;
      let half = 0;
      while (half < this.halfCount - 1 && halves[at + half] === endpoint[half]) half++;
      if (half === this.halfCount - 1) return position;
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
    return this.#areaOf(position).halves[this.#seen + this.#placeOf(position)] as number;
  }

  /** 0 where none is kept. */
  keyAt(position: number): number {
    return this.keepsIds ? (this.#areaOf(position).words[this.#keysWord + this.#placeOf(position)] as number) : 0;
  }

  /** Whether a peer was reached: `REACHABLE`, or how often that was tried in vain. */
  reachAt(position: number): number {
    return this.keepsReach ? (this.#areaOf(position).bytes[this.#reachByte + this.#placeOf(position)] as number) : 0;
  }

  setReach(position: number, reach: number): void {
    if (this.keepsReach) this.#areaOf(position).bytes[this.#reachByte + this.#placeOf(position)] = reach;
  }

  // Rare beside endpoints and times: reckoned when they are needed.
  /** Word where keys begin. */
  get #keysWord(): number {
    return (this.#sectionsBase + this.#sections.keysAt) / 4;
  }
  /** Byte where ids begin. */
  get #idsByte(): number {
    return this.#sectionsBase + this.#sections.idsAt;
  }
  /** Byte where it begins to say who was reached. */
  get #reachByte(): number {
    return this.#sectionsBase + this.#sections.reachAt;
  }

  /** Writes the compact form of a peer. Hot. */
  copyEndpoint(position: number, target: Uint8Array, at: number): void {
    const { bytes } = this.#areaOf(position);
    const from = 2 * this.#endpoints + this.#placeOf(position) * this.endpointLength;
    for (let byte = 0; byte < this.endpointLength; byte++) target[at + byte] = bytes[from + byte] as number;
  }

  /** Writes the 20 bytes of a peer's id; only where ids are kept. */
  copyId(position: number, target: Uint8Array, at: number): void {
    assert(this.keepsIds, "ids are kept");
    const { bytes } = this.#areaOf(position);
    const from = this.#idsByte + this.#placeOf(position) * PEER_ID_LENGTH;
    for (let byte = 0; byte < PEER_ID_LENGTH; byte++) target[at + byte] = bytes[from + byte] as number;
  }

  /** Whether a peer has this id; only where ids are kept. */
  hasId(position: number, peerId: Uint8Array): boolean {
    const { bytes } = this.#areaOf(position);
    const from = this.#idsByte + this.#placeOf(position) * PEER_ID_LENGTH;
    // Ids begin alike (the client's name) and end at random: compare from behind.
    for (let byte = PEER_ID_LENGTH - 1; byte >= 0; byte--) if (bytes[from + byte] !== peerId[byte]) return false;
    return true;
  }

  /** Writes where a peer is reached. */
  protected setEndpoint(position: number, endpoint: Uint16Array): void {
    const { halves } = this.#areaOf(position);
    const at = this.#endpoints + this.#placeOf(position) * this.halfCount;
    for (let half = 0; half < this.halfCount; half++) halves[at + half] = endpoint[half] as number;
  }

  /** Reads it. */
  protected copyHalves(position: number, target: Uint16Array): void {
    const { halves } = this.#areaOf(position);
    const at = this.#endpoints + this.#placeOf(position) * this.halfCount;
    for (let half = 0; half < this.halfCount; half++) target[half] = halves[at + half] as number;
  }

  /** Writes when a peer was seen, and its id and key where they are kept. */
  protected setSeen(position: number, seconds: number, peerId: Uint8Array, key: number): void {
    const { halves, words, bytes } = this.#areaOf(position);
    const place = this.#placeOf(position);
    halves[this.#seen + place] = seconds;
    if (!this.keepsIds) return;
    words[this.#keysWord + place] = key;
    const to = this.#idsByte + place * PEER_ID_LENGTH;
    for (let byte = 0; byte < PEER_ID_LENGTH; byte++) bytes[to + byte] = peerId[byte] as number;
  }

  /** Copies a peer to a free position; the index follows. */
  protected moveTo(from: number, to: number): void {
    if (from === to) return;
    if (this.layout.slots > 0) this.index.replace(from, to);
    const source = this.#areaOf(from);
    const target = this.#areaOf(to);
    const fromPlace = this.#placeOf(from);
    const toPlace = this.#placeOf(to);
    const width = this.halfCount;
    const fromHalf = this.#endpoints + fromPlace * width;
    const toHalf = this.#endpoints + toPlace * width;
    for (let half = 0; half < width; half++) target.halves[toHalf + half] = source.halves[fromHalf + half] as number;
    target.halves[this.#seen + toPlace] = source.halves[this.#seen + fromPlace] as number;
    this.setReach(to, this.reachAt(from));
    if (!this.keepsIds) return;
    const keys = this.#keysWord;
    target.words[keys + toPlace] = source.words[keys + fromPlace] as number;
    const ids = this.#idsByte;
    for (let byte = 0; byte < PEER_ID_LENGTH; byte++) {
      target.bytes[ids + toPlace * PEER_ID_LENGTH + byte] = source.bytes[ids + fromPlace * PEER_ID_LENGTH + byte] as number;
    }
  }

  #matches(halves: Uint16Array, at: number, endpoint: Uint16Array): boolean {
    for (let half = 0; half < this.halfCount; half++) if (halves[at + half] !== endpoint[half]) return false;
    return true;
  }

  /** Our own law of the open block; for tests, which call it after every step. */
  check(): void {
    if (this.sizeIndex < 0) return;
    assert(this.trunk.words[this.head + OWNER] === this.openTorrent, "the block knows its torrent");
    assert(this.peers > 0 && this.peers <= this.layout.capacity, "a block is neither empty nor over-full");
    assert(this.seeds + this.partialSeeds <= this.peers, "zones lie inside the block");
    assert((this.pages === undefined) === (this.layout.page === undefined), "large blocks lie on pages");
    const seen = new Set<string>();
    const endpoint = new Uint16Array(this.halfCount);
    for (let position = 0; position < this.peers; position++) {
      this.copyHalves(position, endpoint);
      assert(this.find(endpoint) === position, "every peer is found where it lies");
      seen.add(endpoint.join());
    }
    assert(seen.size === this.peers, "no endpoint stands twice");
    assert(this.layout.slots === 0 || this.index.count() === this.peers, "the index holds each peer once");
  }
}

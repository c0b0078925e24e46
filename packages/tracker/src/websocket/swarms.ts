/**
 * Who is in which swarm over a WebSocket. These peers have no address that anybody could dial: they are reached through
 * their connection to us, and by other such peers only. So they stand apart from those of the tables, and are counted apart.
 *
 * A peer wants what others have (a downloader), or nothing any more (a seed, or a partial seed, BEP 21).
 * @module
 */
import { assert } from "@bittern/protocol/base";
import { signalAnnouncedHead } from "@bittern/protocol/tracker";
import type { LinkId } from "../input.ts";
import type { GuestCounts, Guests } from "../swarms/guests.ts";
import { type Dice, sample } from "../swarms/sample.ts";
import { DOWNLOADER, SEED, type Zone } from "../swarms/zone.ts";

/** One peer of one swarm. */
export interface WebSocketPeer {
  /** 20 characters, a byte each. */
  readonly peerId: string;
  readonly link: LinkId;
  readonly swarm: WebSocketSwarm;
  zone: Zone;
  /** How the offers end that are passed on from it; made for the first of them. */
  offerEnd: Uint8Array | undefined;
  /** Its place among those that want, or want nothing. */
  place: number;
}

/** Whoever makes offers to a swarm: a peer of it, or one of another tracker's, whose place is `NOWHERE`. */
export type OfferMaker = Pick<WebSocketPeer, "swarm" | "zone" | "place" | "offerEnd">;

/** The place of a maker of offers that is no peer here. */
export const NOWHERE: number = -1;

export interface WebSocketSwarm {
  /** 20 characters, a byte each. */
  readonly infoHash: string;
  /** How answers about it begin. */
  readonly head: Uint8Array;
  readonly wanting: WebSocketPeer[];
  readonly sated: WebSocketPeer[];
  /** Those of the sated who have everything. */
  seeds: number;
  readonly byId: Map<string, WebSocketPeer>;
}

export class WebSocketSwarms implements Guests {
  readonly #dice: Dice;
  readonly #swarms: Map<string, WebSocketSwarm> = new Map();
  readonly #chosen: Uint32Array;
  /** Hashes of the swarms whose counts have changed, for whoever tells others of them. */
  #changed: Set<string> | undefined;
  /** Of all swarms together. */
  peerCount = 0;
  seedCount = 0;
  partialSeedCount = 0;

  /** `chosenMax`: peers that `sample` is asked for at most. */
  constructor(dice: Dice, chosenMax: number) {
    this.#dice = dice;
    this.#chosen = new Uint32Array(chosenMax);
  }

  /** From now on the hashes of swarms whose counts change stand in this set; whoever reads it clears it. */
  noteChanges(): Set<string> {
    this.#changed ??= new Set();
    return this.#changed;
  }

  get swarmCount(): number {
    return this.#swarms.size;
  }

  /** A swarm by its info hash; `undefined` while nobody is in it. */
  get(infoHash: string): WebSocketSwarm | undefined {
    return this.#swarms.get(infoHash);
  }

  /** Adds a peer whose id is not in the swarm yet. */
  add(infoHash: string, peerId: string, link: LinkId, zone: Zone): WebSocketPeer {
    let swarm = this.#swarms.get(infoHash);
    if (swarm === undefined) {
      swarm = { infoHash, head: signalAnnouncedHead(infoHash), wanting: [], sated: [], seeds: 0, byId: new Map() };
      this.#swarms.set(infoHash, swarm);
    }
    assert(!swarm.byId.has(peerId), "a peer id comes once in a swarm");
    const peer: WebSocketPeer = { peerId, link, swarm, zone, offerEnd: undefined, place: 0 };
    swarm.byId.set(peerId, peer);
    this.#enter(peer);
    this.peerCount++;
    return peer;
  }

  countsOf(infoHash: string): GuestCounts | undefined {
    const swarm = this.#swarms.get(infoHash);
    if (swarm === undefined) return undefined;
    const { seeds, sated, wanting } = swarm;
    return { seeds, partialSeeds: sated.length - seeds, downloaders: wanting.length };
  }

  /** The hashes of all swarms. */
  get infoHashes(): Iterable<string> {
    return this.#swarms.keys();
  }

  rezone(peer: WebSocketPeer, zone: Zone): void {
    if (peer.zone === zone) return;
    this.#leave(peer);
    peer.zone = zone;
    this.#enter(peer);
  }

  remove(peer: WebSocketPeer): void {
    const { swarm } = peer;
    this.#leave(peer);
    swarm.byId.delete(peer.peerId);
    this.peerCount--;
    if (swarm.byId.size === 0) this.#swarms.delete(swarm.infoHash);
  }

  /**
   * Writes up to `count` others by chance to `chosen` and returns how many: anybody for who wants something, those that want something for
   * who does not. Hot.
   */
  sample({ swarm: { wanting, sated }, zone, place }: OfferMaker, count: number): number {
    const isWanting = zone === DOWNLOADER;
    // A downloader draws from both lists, one behind the other, without its own place.
    const total = wanting.length + (isWanting ? sated.length : 0);
    const found = sample(this.#dice, 0, total, isWanting ? place : NOWHERE, count, this.#chosen);
    for (let index = 0; index < found; index++) {
      const at = this.#chosen[index] as number;
      this.chosen[index] = (at < wanting.length ? wanting[at] : sated[at - wanting.length]) as WebSocketPeer;
    }
    return found;
  }
  /** Whom the last `sample` drew. */
  readonly chosen: WebSocketPeer[] = [];

  #enter(peer: WebSocketPeer): void {
    const list = listOf(peer);
    peer.place = list.length;
    list.push(peer);
    this.#countSated(peer, 1);
    this.#changed?.add(peer.swarm.infoHash);
  }

  /** The last one of the list takes the place. */
  #leave(peer: WebSocketPeer): void {
    const list = listOf(peer);
    const last = list.pop() as WebSocketPeer;
    if (last !== peer) {
      list[peer.place] = last;
      last.place = peer.place;
    }
    this.#countSated(peer, -1);
    this.#changed?.add(peer.swarm.infoHash);
  }

  #countSated({ zone, swarm }: WebSocketPeer, change: 1 | -1): void {
    if (zone === SEED) {
      swarm.seeds += change;
      this.seedCount += change;
    } else if (zone !== DOWNLOADER) this.partialSeedCount += change;
  }

  /** Our own law; for tests. */
  check(): void {
    const sums = { peers: 0, seeds: 0, sated: 0 };
    for (const { wanting, sated, byId, seeds } of this.#swarms.values()) {
      assert(wanting.length + sated.length === byId.size && byId.size > 0, "every peer stands in one list, and no swarm is empty");
      for (const list of [wanting, sated]) for (const [at, peer] of list.entries()) assert(peer.place === at, "peers know their place");
      assert(sated.filter(({ zone }) => zone === SEED).length === seeds, "seeds are counted right");
      sums.peers += byId.size;
      sums.seeds += seeds;
      sums.sated += sated.length;
    }
    assert(sums.peers === this.peerCount && sums.seeds === this.seedCount, "the running counts are right");
    assert(sums.sated - sums.seeds === this.partialSeedCount, "partial seeds are counted right");
  }
}

function listOf({ swarm, zone }: WebSocketPeer): WebSocketPeer[] {
  return zone === DOWNLOADER ? swarm.wanting : swarm.sated;
}

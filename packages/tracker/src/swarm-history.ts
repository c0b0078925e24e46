/**
 * How single swarms did over two days: a sample of each every quarter of an hour, for the largest of them.
 *
 * All swarms of a round have the same time, so a swarm is two columns of numbers. A round is walked a little at a time.
 * @module
 */
import { latin1 } from "@bittern/protocol/base";
import type { GuestCounts } from "./swarms/guests.ts";
import type { Swarms } from "./swarms/swarms.ts";
import { INFO_HASH_LENGTH } from "./swarms/torrent-table.ts";

/** Seconds between two rounds, and rounds that are kept. */
const ROUND_SECONDS = 900;
const ROUNDS = 2 * 24 * 4;
/** Swarms that are followed: at 1.6 KiB each some three megabytes. */
export const SWARMS_FOLLOWED_MAX: number = 2000;
/** A round is looked through in so many ticks. */
const ROUND_TICKS = 600;
const STEP_LEAST = 256;
/** Bytes of one swarm in a written round. */
const ENTRY_LENGTH = INFO_HASH_LENGTH + 8;

interface Followed {
  /** By round, modulo their number. */
  readonly seeds: Uint32Array;
  readonly downloaders: Uint32Array;
  /** First and last round it has a sample of. */
  readonly since: number;
  until: number;
}

/** How a swarm was at some time. */
export interface SwarmSample {
  /** Since 1970. */
  readonly wallSeconds: number;
  readonly seeds: number;
  readonly downloaders: number;
}

const NO_GUESTS: GuestCounts = { seeds: 0, partialSeeds: 0, downloaders: 0 };

export class SwarmHistory {
  /** By info hash, one character a byte. */
  readonly #followed: Map<string, Followed> = new Map();
  /** When each round began, by round modulo their number. */
  readonly #times: number[] = [];
  /** The round at hand; 0 before the first. */
  #round = 0;
  #at = -1;
  #startedAt = 0;
  /** Peers of the smallest swarm that is followed. */
  #least = 0;
  /** Rounds that no journal has yet, in their written form. */
  readonly fresh: Uint8Array[] = [];

  /** Goes on with the round at hand, or begins one when it is time. Counts come from the torrents' records alone. */
  tick(wallSeconds: number, swarms: Swarms): void {
    if (this.#at < 0) {
      const isBack = wallSeconds < this.#startedAt;
      if (wallSeconds - this.#startedAt < ROUND_SECONDS && !isBack) return;
      this.#begin(wallSeconds);
    }
    const { torrents } = swarms;
    const end = Math.min(torrents.end, this.#at + Math.max(STEP_LEAST, Math.ceil(torrents.end / ROUND_TICKS)));
    const hash = new Uint8Array(INFO_HASH_LENGTH);
    for (; this.#at < end; this.#at++) {
      if (!torrents.isUsed(this.#at)) continue;
      torrents.copyHash(this.#at, hash, 0);
      const guests = swarms.guestsOf(this.#at) ?? NO_GUESTS;
      const downloaders = torrents.incomplete(this.#at) + guests.partialSeeds + guests.downloaders;
      this.#note(latin1(hash), torrents.seeds(this.#at) + guests.seeds, downloaders);
    }
    if (end >= torrents.end) this.#end();
  }

  /** What is known of a swarm, oldest first. */
  samples(infoHash: Uint8Array): readonly SwarmSample[] {
    const followed = this.#followed.get(latin1(infoHash));
    if (followed === undefined) return [];
    const samples: SwarmSample[] = [];
    for (let round = Math.max(followed.since, this.#round - ROUNDS + 1); round <= followed.until; round++) {
      const place = round % ROUNDS;
      const wallSeconds = this.#times[place] as number;
      samples.push({ wallSeconds, seeds: followed.seeds[place] as number, downloaders: followed.downloaders[place] as number });
    }
    return samples;
  }

  /** All rounds in their written form, oldest first. */
  *written(): Generator<Uint8Array> {
    const last = this.#at >= 0 ? this.#round - 1 : this.#round;
    for (let round = Math.max(1, this.#round - ROUNDS + 1); round <= last; round++) {
      // Whoever reads may take its time, and rounds go meanwhile.
      if (round > this.#round - ROUNDS) yield this.#encode(round);
    }
  }

  /** Takes a round that was written earlier; rounds come in their order, and what makes no sense is passed over. */
  restore(bytes: Uint8Array): void {
    if (bytes.length < 8 || (bytes.length - 8) % ENTRY_LENGTH !== 0) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const wallSeconds = view.getFloat64(0);
    if (!(wallSeconds > this.#startedAt && wallSeconds < Number.MAX_SAFE_INTEGER)) return;
    this.#begin(wallSeconds);
    for (let at = 8; at < bytes.length; at += ENTRY_LENGTH) {
      const countsAt = at + INFO_HASH_LENGTH;
      this.#note(latin1(bytes.subarray(at, countsAt)), view.getUint32(countsAt), view.getUint32(countsAt + 4));
    }
    this.#forget();
    this.#at = -1;
  }

  #begin(wallSeconds: number): void {
    this.#startedAt = wallSeconds;
    this.#round++;
    this.#times[this.#round % ROUNDS] = wallSeconds;
    this.#at = 0;
  }

  #end(): void {
    this.#at = -1;
    this.#forget();
    this.fresh.push(this.#encode(this.#round));
    // Nobody may be writing a journal.
    if (this.fresh.length > ROUNDS) this.fresh.shift();
  }

  #note(infoHash: string, seeds: number, downloaders: number): void {
    let followed = this.#followed.get(infoHash);
    if (followed === undefined) {
      if (seeds + downloaders === 0 || !this.#hasRoom(seeds + downloaders)) return;
      followed = { seeds: new Uint32Array(ROUNDS), downloaders: new Uint32Array(ROUNDS), since: this.#round, until: this.#round };
      this.#followed.set(infoHash, followed);
    }
    // Rounds it was missing in: nobody was there.
    for (let round = Math.max(followed.until + 1, this.#round - ROUNDS + 1); round < this.#round; round++) {
      followed.seeds[round % ROUNDS] = 0;
      followed.downloaders[round % ROUNDS] = 0;
    }
    followed.until = this.#round;
    followed.seeds[this.#round % ROUNDS] = seeds;
    followed.downloaders[this.#round % ROUNDS] = downloaders;
  }

  /** Whether one more may be followed; a larger one drives out the smallest. */
  #hasRoom(peers: number): boolean {
    if (this.#followed.size < SWARMS_FOLLOWED_MAX) return true;
    if (peers <= this.#least) return false;
    let smallest: string | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const [infoHash, followed] of this.#followed) {
      const size = this.#sizeOf(followed);
      if (size >= least) continue;
      smallest = infoHash;
      least = size;
    }
    this.#least = least;
    if (smallest === undefined || peers <= least) return false;
    this.#followed.delete(smallest);
    return true;
  }

  #sizeOf({ seeds, downloaders, until }: Followed): number {
    return (seeds[until % ROUNDS] as number) + (downloaders[until % ROUNDS] as number);
  }

  /** Lets those go that have had nobody for as long as samples are kept. */
  #forget(): void {
    for (const [infoHash, { until }] of this.#followed) if (until <= this.#round - ROUNDS) this.#followed.delete(infoHash);
  }

  #encode(round: number): Uint8Array<ArrayBuffer> {
    const place = round % ROUNDS;
    const there = [...this.#followed].filter(([, { since, until }]) => since <= round && round <= until);
    const bytes = new Uint8Array(8 + ENTRY_LENGTH * there.length);
    const view = new DataView(bytes.buffer);
    view.setFloat64(0, this.#times[place] as number);
    for (const [index, [infoHash, { seeds, downloaders }]] of there.entries()) {
      const at = 8 + ENTRY_LENGTH * index;
      for (let byte = 0; byte < INFO_HASH_LENGTH; byte++) bytes[at + byte] = infoHash.charCodeAt(byte);
      view.setUint32(at + INFO_HASH_LENGTH, seeds[place] as number);
      view.setUint32(at + INFO_HASH_LENGTH + 4, downloaders[place] as number);
    }
    return bytes;
  }
}

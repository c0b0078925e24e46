/**
 * What an announce does to its swarm, and which peers it gets (BEPs 3, 7, 21 and 23).
 *
 * The peers are a random sample of the swarm without the asker. Who wants nothing, a seed or a partial seed, gets
 * downloaders only. Peers of the asker's own family come first; the other family fills up where the answer can hold it.
 * @module
 */
import type { Millis, Random } from "@bittern/protocol/base";
import type { Announce } from "./announce.ts";
import type { FailureCode } from "./failure.ts";
import { NatCheck } from "./nat-check/nat-check.ts";
import type { TrackerSettings } from "./settings.ts";
import { SharedSwarms } from "./shared/shared-swarms.ts";
import { COMPLETED, PAUSED, STOPPED } from "./statistics.ts";
import { paired } from "./swarms/keyed-hash.ts";
import { NOBODY, REACHABLE } from "./swarms/open-block.ts";
import type { PeerTable } from "./swarms/peer-table.ts";
import { sample } from "./swarms/sample.ts";
import { type PeerRecord, Swarms } from "./swarms/swarms.ts";
import { NO_TORRENT } from "./swarms/torrent-table.ts";
import { DOWNLOADER, PARTIAL_SEED, SEED, type Zone } from "./swarms/zone.ts";

/** A peer is forgotten when it missed two announces, and a minute. */
const MISSED_ANNOUNCES = 2;
const GRACE_SECONDS = 60;
/** Peers looked at for each one given out, where it matters whether they were reached. */
const REACH_DRAWS = 4;

export class Announcer {
  readonly swarms: Swarms;
  /** Dials peers back, where that is wanted. */
  readonly natCheck: NatCheck | undefined;
  /** Tells other trackers, where there are any. */
  readonly shared: SharedSwarms | undefined;

  // The answer to the last announce: positions in the tables of the open torrent, and its numbers.
  readonly chosenIpv4: Uint32Array;
  readonly chosenIpv6: Uint32Array;
  countIpv4 = 0;
  countIpv6 = 0;
  seeds = 0;
  incomplete = 0;
  completed = 0;
  /** Seconds, with jitter. */
  interval = 0;

  readonly #settings: TrackerSettings;
  /** Seconds without jitter; follows the load. */
  #intervalBase: number;

  constructor(settings: TrackerSettings, random: Random) {
    this.#settings = settings;
    this.#intervalBase = settings.intervalSeconds;
    this.swarms = new Swarms({
      random,
      keepsIds: settings.keepsPeerIds,
      keepsReach: settings.natCheckTries > 0,
      torrentsMax: settings.torrentsMax,
      peersMax: settings.peersMax,
      peersPerTorrentMax: settings.peersPerTorrentMax,
      emptySeconds: settings.emptyTorrentSeconds,
      keepsEmpty: settings.keepsEmptyTorrents,
    });
    this.natCheck = settings.natCheckTries > 0 ? new NatCheck(this.swarms, settings.natCheckTries, random) : undefined;
    this.shared = settings.sharesSwarms ? new SharedSwarms(this.swarms, settings.keepsPeerIds) : undefined;
    const most = Math.max(settings.peersGivenMaxHttp, settings.peersGivenMaxUdp);
    this.chosenIpv4 = new Uint32Array(most);
    this.chosenIpv6 = new Uint32Array(most);
    this.#drawn = new Uint32Array(REACH_DRAWS * most);
  }

  /** Seconds between announces as given out now, without jitter. */
  get intervalSeconds(): number {
    return this.#intervalBase;
  }

  /** Seconds after which a peer that was not seen goes. */
  get ageMax(): number {
    if (this.#settings.peerSeconds > 0) return this.#settings.peerSeconds;
    return Math.ceil(MISSED_ANNOUNCES * this.#intervalBase * (1 + this.#settings.intervalJitter)) + GRACE_SECONDS;
  }

  /** Seconds a client may let pass between two announces, jitter included. */
  get intervalLongest(): number {
    return Math.ceil(this.#intervalBase * (1 + this.#settings.intervalJitter));
  }

  /** Fits the interval to the number of peers: all of them together announce at the rate aimed at, at most. */
  followLoad(): void {
    const { intervalSeconds, intervalMaxSeconds, announceRateMax } = this.#settings;
    const needed = Math.ceil(this.swarms.peerCount / announceRateMax);
    this.#intervalBase = Math.min(Math.max(intervalSeconds, needed), Math.max(intervalSeconds, intervalMaxSeconds));
  }

  /**
   * Takes one announce; a code says why it was refused. `givenMax` bounds the peers in the answer, `fillsUp` says
   * whether it can hold both families. Hot.
   */
  announce(request: Announce, now: Millis, givenMax: number, fillsUp: boolean): FailureCode | undefined {
    const seconds = Math.floor(now / 1000);
    this.countIpv4 = 0;
    this.countIpv6 = 0;
    this.interval = this.#jittered();
    if (this.#settings.answers === "classic" && this.#hasOtherKey(request)) return "KEY_WRONG";
    if (request.event === STOPPED) {
      this.#stop(request, seconds, now);
      return undefined;
    }
    const torrent = this.swarms.admit(request.infoHash, seconds);
    if (torrent === NO_TORRENT) return "TRACKER_FULL";
    this.swarms.open(torrent);
    const zone = zoneOf(request);
    const before = this.swarms.put(this.#record(request, zone), seconds);
    if (this.swarms.position === NOBODY) return "TRACKER_FULL";
    // A repeated datagram, or a client that completes twice, counts once.
    if (request.event === COMPLETED && zone === SEED && before !== SEED) {
      this.swarms.complete();
      this.shared?.completed(request.infoHash.bytes);
    }
    this.shared?.announced(request, zone, now);
    this.#count(torrent);
    const wanted = request.wanted < 0 ? this.#settings.peersGiven : request.wanted;
    this.natCheck?.consider(request, now);
    this.#choose(request, zone, Math.min(wanted, givenMax), fillsUp);
    return undefined;
  }

  /** Opens a torrent and reads its numbers, for a scrape; false when nobody here knows it. */
  look(torrent: number): boolean {
    if (torrent === NO_TORRENT) {
      this.seeds = 0;
      this.incomplete = 0;
      this.completed = 0;
      return false;
    }
    this.swarms.open(torrent);
    this.#count(torrent);
    return true;
  }

  /** The classic says so; today the address is enough to go on, and a wrong key ends nobody. */
  #hasOtherKey(request: Announce): boolean {
    const torrent = this.swarms.torrents.find(request.infoHash);
    if (torrent === NO_TORRENT) return false;
    this.swarms.open(torrent);
    return this.swarms.hasOtherKey(this.#record(request, DOWNLOADER));
  }

  #stop(request: Announce, seconds: number, now: Millis): void {
    const torrent = this.swarms.torrents.find(request.infoHash);
    if (torrent !== NO_TORRENT) {
      this.swarms.open(torrent);
      const before = this.swarms.remove(this.#record(request, DOWNLOADER), seconds);
      if (before !== NOBODY) this.shared?.stopped(request, now);
    }
    this.look(torrent);
  }

  #count(torrent: number): void {
    const { torrents } = this.swarms;
    this.seeds = torrents.seeds(torrent);
    this.incomplete = torrents.incomplete(torrent);
    this.completed = torrents.completed(torrent);
  }

  #choose(request: Announce, zone: Zone, wanted: number, fillsUp: boolean): void {
    const { swarms, chosenIpv4, chosenIpv6 } = this;
    if (request.family === 4) {
      this.countIpv4 = this.#sample(swarms.ipv4, zone, swarms.position, wanted, chosenIpv4);
      if (fillsUp) this.countIpv6 = this.#others(request, swarms.ipv6, zone, wanted - this.countIpv4, chosenIpv6);
    } else {
      this.countIpv6 = this.#sample(swarms.ipv6, zone, swarms.position, wanted, chosenIpv6);
      if (fillsUp) this.countIpv4 = this.#others(request, swarms.ipv4, zone, wanted - this.countIpv6, chosenIpv4);
    }
  }

  #sample(table: PeerTable, zone: Zone, excluded: number, wanted: number, chosen: Uint32Array): number {
    const first = zone === DOWNLOADER ? 0 : table.seeds + table.partialSeeds;
    if (table.keepsReach) return this.#sampleReachable(table, first, excluded, wanted, chosen);
    return sample(this.swarms.dice, first, table.peers, excluded, wanted, chosen);
  }

  /** Draws more than are wanted and takes those first that were reached. */
  #sampleReachable(table: PeerTable, first: number, excluded: number, wanted: number, chosen: Uint32Array): number {
    const drawn = sample(this.swarms.dice, first, table.peers, excluded, wanted * REACH_DRAWS, this.#drawn);
    const most = Math.min(wanted, chosen.length);
    let count = 0;
    for (let at = 0; at < drawn && count < most; at++) {
      const position = this.#drawn[at] as number;
      if (table.reachAt(position) === REACHABLE) chosen[count++] = position;
    }
    if (!this.#settings.givesUnreached) return count;
    for (let at = 0; at < drawn && count < most; at++) {
      const position = this.#drawn[at] as number;
      if (table.reachAt(position) !== REACHABLE) chosen[count++] = position;
    }
    return count;
  }
  readonly #drawn: Uint32Array;

  /** Peers of the other family, without the asker's own other address. */
  #others(request: Announce, table: PeerTable, zone: Zone, wanted: number, chosen: Uint32Array): number {
    let count = this.#sample(table, zone, NOBODY, wanted, chosen);
    if (!table.keepsIds) return count;
    for (let at = 0; at < count; at++) {
      if (!table.hasId(chosen[at] as number, request.peerId)) continue;
      chosen[at] = chosen[--count] as number;
      at--;
    }
    return count;
  }

  #jittered(): number {
    const spread = Math.floor(this.#intervalBase * this.#settings.intervalJitter);
    return this.#intervalBase + (spread > 0 ? this.swarms.dice.below(spread + 1) : 0);
  }

  readonly #peer: { -readonly [Name in keyof PeerRecord]: PeerRecord[Name] } = {
    family: 4,
    endpoint: paired(0),
    zone: DOWNLOADER,
    peerId: new Uint8Array(0),
    key: 0,
  };

  #record(request: Announce, zone: Zone): PeerRecord {
    const peer = this.#peer;
    peer.family = request.family;
    peer.endpoint = request.endpoint;
    peer.zone = zone;
    peer.peerId = request.peerId;
    peer.key = request.key;
    return peer;
  }
}

/** What a peer is, from what it says. Without `left` it is taken for one that downloads. */
function zoneOf(request: Announce): Zone {
  if (request.left === 0) return SEED;
  return request.event === PAUSED ? PARTIAL_SEED : DOWNLOADER;
}

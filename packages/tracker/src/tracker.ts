/**
 * The tracker as one machine: what arrives goes in, what must be sent comes out (BEPs 3, 7, 15, 21, 23, 24, 27, 31, 41 and 48).
 *
 * Thin front ends, HTTP, UDP and WebSocket, read requests and write answers; one announcer decides. Private torrents (BEP 27)
 * need nothing of their own here: what a tracker admits is its operator's word.
 * @module
 */
import { assert, type Machine, type Millis, type Random, unreachable } from "@bittern/protocol/base";
import { Access, type Networks } from "./access/access.ts";
import type { AccountSummary } from "./access/accounts.ts";
import { Announcer } from "./announcer.ts";
import { checkCommand, type TrackerCommand } from "./command.ts";
import { History } from "./history.ts";
import { HttpFront } from "./http/front.ts";
import type { TrackerInput } from "./input.ts";
import { writeDfile } from "./journal/dfile.ts";
import { JOURNAL_OFF, Journal, type JournalStatus } from "./journal/journal.ts";
import { Recovery, type Remembered } from "./journal/recovery.ts";
import type { NatCheckCounts } from "./nat-check/nat-check.ts";
import type { TrackerOutput } from "./output.ts";
import { type TrackerSettings, trackerSettings } from "./settings.ts";
import { Statistics, type TrackerCounts } from "./statistics.ts";
import { SwarmHistory, type SwarmSample } from "./swarm-history.ts";
import { type Paired, paired } from "./swarms/keyed-hash.ts";
import { Ranking, type RankingOptions } from "./swarms/ranking.ts";
import { INFO_HASH_LENGTH, NO_TORRENT } from "./swarms/torrent-table.ts";
import { countAddresses, listTorrents, summaryOf, type TorrentPage, type TorrentSummary } from "./swarms/views.ts";
import { UdpFront } from "./udp/front.ts";

/** What a tracker knows of itself, by running counters: asking costs nothing. */
export interface TrackerSnapshot {
  readonly torrents: number;
  /** All of them, and those by address family that come by TCP or uTP; the rest are `webSocketPeers`. */
  readonly peers: Readonly<Record<"all" | "ipv4" | "ipv6", number>>;
  /** Of all peers, as are the next two: together they are `peers.all`. */
  readonly seeds: number;
  /** Incomplete, wanting nothing more (BEP 21). */
  readonly partialSeeds: number;
  readonly downloaders: number;
  /** Those of all peers that come over WebSockets; with a store those of all trackers that share it. */
  readonly webSocketPeers: number;
  /** Those of `seeds` that do. */
  readonly webSocketSeeds: number;
  /** Completions counted since the start. */
  readonly completed: number;
  /** Completions of the torrents that are known now, those of earlier runs included. */
  readonly completedKnown: number;
  /** HTTP connections open now. */
  readonly links: number;
  /** Seconds between announces as given out now. */
  readonly intervalSeconds: number;
  /** Peers and torrents that had to go because a maximum was reached. */
  readonly shed: number;
  /** Bytes of the tables. */
  readonly tableBytes: number;
  readonly uptimeSeconds: number;
  /** Peers dialled back, and those of them that answered as they should. */
  readonly natCheck: NatCheckCounts;
  readonly journal: JournalStatus;
  readonly counts: TrackerCounts;
}

/** Milliseconds between ticks while anybody is here. */
const TICK_MILLIS = 100;
/** Ticks in which a sweep comes round: peers go at most a minute late. */
const SWEEP_TICKS = 600;
/** Peers and torrents a tick looks at besides its share. */
const SWEEP_LEAST = 64;
/** Peers and torrents a tick looks at, at most: a few milliseconds. Whoever has more than ten million comes round later. */
const SWEEP_MOST = 20_000;

export class TrackerMachine implements Machine<TrackerInput, TrackerOutput> {
  readonly settings: TrackerSettings;
  readonly #announcer: Announcer;
  readonly #access: Access;
  readonly #statistics = new Statistics();
  readonly #http: HttpFront;
  readonly #udp: UdpFront;
  readonly #outputs: TrackerOutput[] = [];
  readonly #history = new History();
  readonly #swarmHistory = new SwarmHistory();
  #journal: Journal | undefined;
  #startedAt: Millis | undefined;
  #tickAt: Millis | undefined;

  /** `random` seeds the secrets of this tracker: outside of tests and simulations it must not be guessable. */
  constructor(settings: Partial<TrackerSettings>, random: Random) {
    this.settings = trackerSettings(settings);
    this.#announcer = new Announcer(this.settings, random);
    this.#access = new Access(this.settings, random);
    this.#http = new HttpFront(this.settings, this.#announcer, this.#access, this.#statistics, random);
    this.#udp = new UdpFront(this.settings, this.#announcer, this.#access, this.#statistics, random);
  }

  /** The outputs, and the bytes in them, are lent until the next call. */
  handle(input: TrackerInput, now: Millis): readonly TrackerOutput[] {
    this.#startedAt ??= now;
    const out = this.#outputs;
    // Mostly one, and `length = 0` costs ten times as much.
    while (out.length > 0) out.pop();
    switch (input.type) {
      case "datagram":
        this.#udp.receive(input.bytes, input.from, input.socket, now, out);
        break;
      case "bytes":
        this.#http.receive(input.link, input.bytes, now, out);
        break;
      case "linked":
        this.#http.link(input, now, out);
        break;
      case "unlinked":
        this.#http.unlink(input.link);
        break;
      case "stalled":
        this.#http.stall(input.link, now, out);
        break;
      case "drained":
        this.#http.drain(input.link, now, out);
        break;
      case "turn":
        this.#http.turn(input.link, now, out);
        break;
      case "answer":
        this.#http.answer(input, now, out);
        break;
      case "shared":
        this.#announcer.shared?.hear(input.bytes, input.ageSeconds, Math.floor(now / 1000));
        break;
      case "shared-completed":
        this.#announcer.shared?.hearCompleted(input.infoHash, input.count, Math.floor(now / 1000));
        break;
      case "shared-signal":
        this.#http.webSockets.hear(input.bytes, now, out);
        break;
      case "welcomed":
        this.#access.welcome?.answer(input.question, input.refusal, now, out);
        break;
      case "retell":
        this.#announcer.shared?.retell(input.shard);
        break;
      case "command":
        this.#command(input.command);
        break;
      case "dialled":
        this.#announcer.natCheck?.dialled(input.dial);
        break;
      case "dial-bytes":
        this.#announcer.natCheck?.receive(input.dial, input.bytes);
        break;
      case "dial-ended":
        this.#announcer.natCheck?.ended(input.dial);
        break;
      case "recall":
        this.#recall(input.bytes, input.wallSeconds, now);
        break;
      case "journal-read":
        this.#journalAt(now).read(input.bytes);
        break;
      case "journal-opened":
        this.#journalAt(now).open(input.wallSeconds, this.#announcer.ageMax, now);
        break;
      case "journal-answered":
        this.#journalAt(now).answered(input.fault, now, out);
        break;
      case "journal-flush":
        this.#announcer.shared?.flush(now, this.#announcer.ageMax, out, true);
        this.#http.webSockets.end(out);
        this.#journal?.finish(now, out);
        break;
      case "tick":
        this.#tick(now, input.wallSeconds, out);
        break;
      default:
        unreachable(input);
    }
    this.#access.welcome?.flush(out);
    const dials = this.#announcer.natCheck?.out;
    if (dials !== undefined && dials.length > 0) out.push(...dials.splice(0));
    this.#tickAt ??= this.#isIdle ? undefined : now + TICK_MILLIS;
    return out;
  }

  get deadline(): Millis | undefined {
    return this.#tickAt;
  }

  snapshot(now: Millis): TrackerSnapshot {
    const { swarms, intervalSeconds } = this.#announcer;
    const { guests } = this.#http.webSockets;
    const peerCount = swarms.peerCount + guests.peerCount;
    const seedCount = swarms.seedCount + guests.seedCount;
    const partialSeedCount = swarms.partialSeedCount + guests.partialSeedCount;
    return {
      torrents: swarms.torrents.count,
      peers: { all: peerCount, ipv4: swarms.peerCountOf(4), ipv6: swarms.peerCountOf(6) },
      seeds: seedCount,
      partialSeeds: partialSeedCount,
      downloaders: peerCount - seedCount - partialSeedCount,
      webSocketPeers: guests.peerCount,
      webSocketSeeds: guests.seedCount,
      completed: swarms.completedTotal,
      completedKnown: swarms.completedKnown,
      links: this.#http.linkCount,
      intervalSeconds,
      shed: swarms.shedCount,
      tableBytes: swarms.byteLength,
      uptimeSeconds: Math.floor((now - (this.#startedAt ?? now)) / 1000),
      natCheck: this.#announcer.natCheck?.counts ?? { dials: 0, reached: 0 },
      journal: this.#journal?.status ?? JOURNAL_OFF,
      counts: this.#statistics.counts(),
    };
  }

  /** Everything as the state file of the classic tracker. Takes a time that grows with the number of peers. */
  dfile(): Uint8Array<ArrayBuffer> {
    return writeDfile(this.#announcer.swarms);
  }

  /** Seconds after which a peer that was not seen goes. */
  get ageMax(): number {
    return this.#announcer.ageMax;
  }

  /** Our own law; for tests. */
  check(): void {
    this.#announcer.swarms.check();
    this.#http.webSockets.check();
  }

  get #isIdle(): boolean {
    if (this.#access.welcome?.isWaiting === true) return false;
    if (this.#journal !== undefined || this.#announcer.shared !== undefined) return false;
    return this.#http.linkCount === 0 && this.#announcer.swarms.torrents.count === 0 && this.#access.accounts.sessionCount === 0;
  }

  #command(command: TrackerCommand): void {
    checkCommand(command);
    if (command.type !== "forget-torrent") return this.#access.command(command);
    const { swarms } = this.#announcer;
    this.#http.webSockets.forgetSwarm(command.infoHash);
    const torrent = swarms.torrents.find(keyOf(command.infoHash));
    if (torrent !== NO_TORRENT) swarms.forget(torrent);
  }

  /** The journal, made by the first word about it. */
  #journalAt(now: Millis): Journal {
    assert(this.settings.keepsJournal, "a journal was asked for");
    this.#journal ??= new Journal(this.#remembered, Math.floor(now / 1000), this.#recoveredAge);
    return this.#journal;
  }

  #recall(bytes: Uint8Array, wallSeconds: number, now: Millis): void {
    const recovery = new Recovery(this.#remembered, Math.floor(now / 1000), this.#recoveredAge);
    recovery.read(bytes);
    recovery.end(wallSeconds, this.#announcer.ageMax);
  }

  get #remembered(): Remembered {
    return { swarms: this.#announcer.swarms, access: this.#access, history: this.#history, swarmHistory: this.#swarmHistory };
  }

  /** Recovered peers have one interval left to announce. */
  get #recoveredAge(): number {
    return Math.max(0, this.#announcer.ageMax - this.#announcer.intervalLongest);
  }

  #tick(now: Millis, wallSeconds: number, out: TrackerOutput[]): void {
    this.#tickAt = undefined;
    const { swarms } = this.#announcer;
    this.#announcer.followLoad();
    const share = Math.ceil((swarms.peerCount + 2 * swarms.torrents.end) / SWEEP_TICKS);
    swarms.sweep(Math.floor(now / 1000), this.#announcer.ageMax, Math.min(SWEEP_MOST, SWEEP_LEAST + share));
    this.#access.tick(now, this.#announcer.ageMax);
    this.#http.tick(now, out);
    this.#announcer.natCheck?.tick(now);
    this.#announcer.shared?.flush(now, this.#announcer.ageMax, out);
    this.#http.webSockets.tick(now, out);
    this.#noteHistory(wallSeconds);
    this.#swarmHistory.tick(wallSeconds, swarms);
    this.#journal?.tick(now, wallSeconds, out);
  }

  #noteHistory(wallSeconds: number): void {
    const { swarms } = this.#announcer;
    const { http, udp, websocket } = this.#statistics.announces;
    const { peerCount = 0, seedCount = 0 } = swarms.guests ?? {};
    const now = { torrents: swarms.torrents.count, peers: swarms.peerCount + peerCount, seeds: swarms.seedCount + seedCount };
    this.#history.note(wallSeconds, now, http + udp + websocket, swarms.completedTotal);
  }

  /** Statistics over time. */
  history(): Pick<History, "fine" | "coarse"> {
    return this.#history;
  }

  /** One swarm over time, by its 20 bytes; empty for one that is not among the largest. */
  swarmHistory(infoHash: Uint8Array): readonly SwarmSample[] {
    return this.#swarmHistory.samples(infoHash);
  }

  /** The largest torrents, to be looked for step by step. */
  ranking(options: RankingOptions): Ranking {
    return new Ranking(this.#announcer.swarms, options);
  }

  /** Up to `count` torrents from place `from` on; `next` of the answer says where to go on. */
  torrents(from: number, count: number): TorrentPage {
    return listTorrents(this.#announcer.swarms, from, count);
  }

  /** One torrent by its 20 bytes; `undefined` when nobody announced it. */
  torrent(infoHash: Uint8Array): TorrentSummary | undefined {
    const { swarms } = this.#announcer;
    const torrent = swarms.torrents.find(keyOf(infoHash));
    return torrent === NO_TORRENT ? undefined : summaryOf(swarms, torrent);
  }

  /** Different addresses that seed, and that do anything else. Costs a look at every peer. */
  addresses(): { readonly complete: number; readonly downloading: number } {
    return countAddresses(this.#announcer.swarms);
  }

  /** Whose clients are served: those of `allowed`, or everybody where that is empty, without those of `denied`. */
  networks(): Networks {
    return this.#access.networks;
  }

  /** Whether the announce URL of a torrent, by its 20 bytes, must have a word in it. */
  hasSecret(infoHash: Uint8Array): boolean {
    return this.#access.hasSecret(infoHash);
  }

  /** The users of a private tracker, with what they gave and took. */
  users(): readonly AccountSummary[] {
    return [...this.#access.accounts.summaries()];
  }
}

function keyOf(infoHash: Uint8Array): Paired {
  assert(infoHash.length === INFO_HASH_LENGTH, "an info hash has 20 bytes");
  const key = paired(INFO_HASH_LENGTH);
  key.bytes.set(infoHash);
  return key;
}

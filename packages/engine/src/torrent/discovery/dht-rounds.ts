/**
 * When a torrent asks the DHT for peers and says that we are one of them (BEP 5): every fifteen minutes, and sooner while nobody is
 * there. A private torrent never does (BEP 27).
 * @module
 */
import { fromHex, type Millis, type Random } from "@bittern/protocol/base";
import type { SearchReport } from "@bittern/protocol/dht";
import type { DhtStanding } from "../../diagnosis/cause.ts";
import type { DhtNodeOfSession } from "../../session/dht-node.ts";
import type { TorrentId } from "../../session/ids.ts";
import type { SessionOutput } from "../../session/output.ts";

/** What others announce lives for half an hour with the most forgetful of them. */
const ROUND_MILLIS: Millis = 15 * 60_000;
/** Up to so much earlier, by chance: torrents that began together need not stay together. */
const SPREAD_MILLIS = 60_000;
/** The next round while the torrent knows nobody; doubled with each, up to a round. Two that come at the same time meet in the second. */
const LONELY_MILLIS: Millis = 10_000;

const NOTHING_FOUND: SearchReport = { peerCount: 0, nodeCount: 0, announcedCount: 0 };

export interface DhtRoundsOptions {
  readonly torrent: TorrentId;
  readonly node: DhtNodeOfSession;
  readonly random: Random;
  /** As the wire carries them, 40 hex digits: one, or two for a hybrid. */
  readonly infoHashes: () => readonly string[];
  readonly isPrivate: () => boolean;
  /** Where peers reach us; 0 while they do not. */
  readonly listenPort: () => number;
}

export class DhtRounds {
  readonly #options: DhtRoundsOptions;
  readonly #searches = new Set<number>();
  #nextAt: Millis | undefined;
  /** Rounds in a row after which the torrent knew nobody. */
  #lonelyRounds = 0;
  #report: SearchReport = NOTHING_FOUND;

  constructor(options: DhtRoundsOptions) {
    this.#options = options;
  }

  /** Whether the torrent may be looked for there at all. */
  get isAllowed(): boolean {
    return this.#options.node.isOn && !this.#options.isPrivate();
  }

  get standing(): DhtStanding {
    if (!this.#options.node.isOn) return "off";
    if (this.#options.isPrivate()) return "private";
    return this.#report.nodeCount === 0 ? "silent" : "asked";
  }

  /** What came of the last round, or has come of the one that is under way. */
  get report(): SearchReport {
    return this.#report;
  }

  start(now: Millis): void {
    if (this.isAllowed) this.#nextAt ??= now;
  }

  stop(now: Millis, out: SessionOutput[]): void {
    this.#nextAt = undefined;
    for (const search of this.#searches) this.#options.node.forget(search, now, out);
    this.#searches.clear();
  }

  /** As soon as may be; nothing while the torrent rests. */
  hurry(now: Millis): void {
    if (this.#nextAt !== undefined && this.#searches.size === 0) this.#nextAt = now;
  }

  /** The node has come to know others: who found nobody to ask asks again. */
  nodeIsReady(now: Millis): void {
    if (this.#report.nodeCount === 0) this.hurry(now);
  }

  get deadline(): Millis | undefined {
    return this.#nextAt;
  }

  tick(now: Millis, out: SessionOutput[]): void {
    if (this.#nextAt === undefined || now < this.#nextAt) return;
    if (!this.isAllowed) return this.stop(now, out);
    const { node, torrent, random, infoHashes, listenPort } = this.#options;
    // The rounds go on even when an answer never comes.
    this.#nextAt = now + ROUND_MILLIS - (random.u32() % SPREAD_MILLIS);
    this.#report = NOTHING_FOUND;
    for (const infoHash of infoHashes()) {
      const search = node.search({ torrent }, fromHex(infoHash) as Uint8Array, listenPort(), now, out);
      if (search !== undefined) this.#searches.add(search);
    }
    // The node is not there yet.
    if (this.#searches.size === 0) this.#nextAt = now + LONELY_MILLIS;
  }

  /** One search is over; true when the round is over with it. `isLonely`: the torrent knows nobody. */
  ended(search: number, { peerCount, nodeCount, announcedCount }: SearchReport, isLonely: boolean, now: Millis): boolean {
    if (!this.#searches.delete(search)) return false;
    const { report } = this;
    this.#report = {
      peerCount: report.peerCount + peerCount,
      nodeCount: report.nodeCount + nodeCount,
      announcedCount: report.announcedCount + announcedCount,
    };
    if (this.#searches.size > 0 || this.#nextAt === undefined) return false;
    this.#lonelyRounds = isLonely ? this.#lonelyRounds + 1 : 0;
    if (isLonely) this.#nextAt = Math.min(this.#nextAt, now + LONELY_MILLIS * 2 ** (this.#lonelyRounds - 1));
    return true;
  }
}

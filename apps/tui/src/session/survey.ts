/**
 * What a session looks like to a face, looked at again and again without looking at everything each time.
 *
 * Of ten thousand torrents a few are busy. Looked at in every round are those, the ones on the screen, and those that had an
 * event; the rest come in turns. A round that finds nothing new returns the very same list, so that nobody sorts it again.
 * @module
 */
import { maskedUrl, type Session, type Torrent, type TorrentStatus } from "@bittern/client";
import { type FaceSnapshot, peerFlags, RateHistory, type RatePast, type TorrentDetail, type TorrentItem } from "@bittern/faces";
import type { Speech } from "./speech.ts";
import { TorrentLog } from "./torrent-log.ts";

/** Torrents that are looked at in one round because it is their turn. */
const TURN_COUNT = 500;
/** Seconds of rates that are remembered. */
const PAST_SECONDS = 600;

interface Entry {
  readonly torrent: Torrent;
  readonly order: number;
  readonly log: TorrentLog;
  item: TorrentItem;
  history: RateHistory | undefined;
}

export interface SurveyLook {
  /** The torrent under the cursor. */
  readonly cursorId: string | undefined;
  /** It is open: everything of it is looked at. */
  readonly isOpen: boolean;
  /** Torrents on the screen. */
  readonly shownIds: readonly string[];
}

/** What the session does not know. */
export interface SurveyFacts {
  readonly saveTo: string;
  readonly openingCount: number;
  readonly downLimit: number;
  readonly upLimit: number;
  pathOf(id: string): string;
  orderOf(id: string): number;
}

type Totals = Pick<FaceSnapshot, "downRate" | "upRate" | "peers">;

function totalsOf(torrents: readonly TorrentItem[]): Totals {
  const sum = (of: (item: TorrentItem) => number): number => torrents.reduce((total, item) => total + of(item), 0);
  return { downRate: sum((item) => item.downRate), upRate: sum((item) => item.upRate), peers: sum((item) => item.peers) };
}

export class Survey {
  readonly #session: Session;
  readonly #facts: () => SurveyFacts;
  readonly #speech: Speech;
  readonly #entries = new Map<string, Entry>();
  readonly #dirty = new Set<string>();
  #turn = 0;
  #torrents: readonly TorrentItem[] = [];
  /** Of all of them: to add ten thousand up anew would be a seventh of the time that a key takes. */
  #totals: Totals = totalsOf([]);
  #hasNews = false;

  constructor(session: Session, speech: Speech, facts: () => SurveyFacts) {
    this.#speech = speech;
    this.#session = session;
    this.#facts = facts;
    for (const torrent of session.torrents.values()) this.#enter(torrent);
    session.on("torrent", (torrent) => this.#enter(torrent));
    session.on("removed", (torrent) => {
      this.#entries.delete(torrent.infoHash);
      this.#hasNews = true;
    });
  }

  #enter(torrent: Torrent): void {
    const id = torrent.infoHash;
    const order = this.#facts().orderOf(id);
    this.#entries.set(id, {
      torrent,
      order,
      log: new TorrentLog(torrent, this.#speech),
      item: itemOf(torrent, torrent.status(), order, this.#speech),
      history: undefined,
    });
    this.#hasNews = true;
    const touch = (): void => void this.#dirty.add(id);
    for (const event of ["state", "metadata", "checked", "done", "error", "removed"] as const) torrent.on(event, touch);
  }

  /** One round, about once a second: rates are remembered in it. */
  round(look: SurveyLook): FaceSnapshot {
    const due = new Set([...this.#dirty, ...look.shownIds, ...(look.cursorId === undefined ? [] : [look.cursorId])]);
    this.#dirty.clear();
    const entries = [...this.#entries.values()];
    for (const entry of entries) if (isBusy(entry.item)) due.add(entry.item.id);
    for (let at = 0; at < Math.min(TURN_COUNT, entries.length); at++) {
      const entry = entries[(this.#turn + at) % entries.length];
      if (entry !== undefined) due.add(entry.item.id);
    }
    this.#turn = entries.length === 0 ? 0 : (this.#turn + TURN_COUNT) % entries.length;
    for (const id of due) this.#refresh(id);
    return this.look(look);
  }

  /** The same without a round: after a key that opened something. */
  look(look: SurveyLook): FaceSnapshot {
    if (look.cursorId !== undefined) this.#refreshItem(look.cursorId);
    if (this.#hasNews) {
      this.#hasNews = false;
      this.#torrents = [...this.#entries.values()].map(({ item }) => item);
      this.#totals = totalsOf(this.#torrents);
    }
    const { saveTo, openingCount, downLimit, upLimit } = this.#facts();
    return {
      torrents: this.#torrents,
      detail: this.#detail(look),
      ...this.#totals,
      port: this.#session.listening[0]?.port ?? 0,
      downLimit,
      upLimit,
      saveTo,
      openingCount,
    };
  }

  #refresh(id: string): void {
    const entry = this.#refreshItem(id);
    if (entry === undefined) return;
    const { downRate, upRate } = entry.item;
    if (entry.history === undefined && downRate === 0 && upRate === 0) return;
    entry.history ??= new RateHistory(PAST_SECONDS);
    entry.history.add(downRate, upRate);
  }

  #refreshItem(id: string): Entry | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    const item = itemOf(entry.torrent, entry.torrent.status(), entry.order, this.#speech);
    if (isNews(entry.item, item)) {
      entry.item = item;
      this.#hasNews = true;
    }
    return entry;
  }

  #detail({ cursorId, isOpen }: SurveyLook): TorrentDetail | null {
    const entry = cursorId === undefined ? undefined : this.#entries.get(cursorId);
    if (entry === undefined || cursorId === undefined) return null;
    const { torrent } = entry;
    const status = torrent.status();
    const pieces = isOpen ? (torrent.pieceMap() ?? null) : null;
    return {
      id: cursorId,
      path: this.#facts().pathOf(cursorId),
      infoHash: torrent.infoHash,
      pieceLength: torrent.metainfo?.pieceLength ?? null,
      piecesDone: status.piecesDone,
      availability: status.availability,
      wasted: status.wasted,
      sequential: torrent.sequential,
      downLimit: torrent.limits.down ?? 0,
      upLimit: torrent.limits.up ?? 0,
      pieces,
      causes: isOpen ? torrent.diagnosis().causes.map((cause) => ("url" in cause ? { ...cause, url: maskedUrl(cause.url) } : cause)) : [],
      rates: entry.history?.past ?? NO_PAST,
      files: isOpen ? torrent.files.map(({ path, length, progress, priority }) => ({ path, length, progress, priority })) : [],
      peers: isOpen ? peersOf(torrent) : [],
      trackers: isOpen ? trackersOf(torrent, this.#speech) : [],
      log: isOpen ? entry.log.lines : [],
    };
  }
}

const NO_PAST: RatePast = { down: [], up: [] };

function isBusy(item: TorrentItem): boolean {
  return item.downRate > 0 || item.upRate > 0 || item.peers > 0 || item.state === "checking";
}

/** Whether anybody could see the difference. */
function isNews(one: TorrentItem, other: TorrentItem): boolean {
  return KEYS.some((key) => one[key] !== other[key]);
}
const KEYS: readonly (keyof TorrentItem)[] = [
  "state",
  "progress",
  "downRate",
  "upRate",
  "peers",
  "seeds",
  "secondsLeft",
  "uploaded",
  "downloaded",
  "name",
  "error",
  "totalWanted",
  "totalDone",
  "swarmPeers",
  "swarmSeeds",
];

function itemOf(torrent: Torrent, status: TorrentStatus, order: number, { failure }: Speech): TorrentItem {
  return {
    id: torrent.infoHash,
    name: torrent.name,
    state: status.state,
    progress: status.progress,
    totalWanted: status.totalWanted,
    totalDone: status.totalDone,
    downRate: status.downRate,
    upRate: status.upRate,
    downloaded: status.downloadedEver,
    uploaded: status.uploadedEver,
    ratio: status.ratio,
    secondsLeft: status.eta === null ? null : Math.ceil(status.eta / 1000),
    peers: status.peers,
    seeds: status.seeds,
    swarmPeers: status.swarmPeers,
    swarmSeeds: status.swarmSeeds,
    error: status.error === null ? null : failure(status.error),
    order,
  };
}

/** Those that give or take stand first. */
function peersOf(torrent: Torrent): TorrentDetail["peers"] {
  return torrent
    .peers()
    .toSorted((one, other) => other.downRate + other.upRate - (one.downRate + one.upRate) || other.progress - one.progress)
    .map((peer) => ({
      endpoint: peer.address.includes(":") ? `[${peer.address}]:${peer.port}` : `${peer.address}:${peer.port}`,
      client: peer.client,
      progress: peer.progress,
      downRate: peer.downRate,
      upRate: peer.upRate,
      downloaded: peer.downloaded,
      uploaded: peer.uploaded,
      flags: peerFlags(peer),
    }));
}

function trackersOf(torrent: Torrent, { failure }: Speech): TorrentDetail["trackers"] {
  return [...torrent.trackers].map((tracker) => ({
    url: maskedUrl(tracker.url),
    tier: tracker.tier,
    state: tracker.state,
    message: tracker.message === "" ? "" : failure({ code: "", message: tracker.message }),
    seeds: tracker.seeds ?? null,
    peers: tracker.peers ?? null,
    nextSeconds:
      tracker.nextAnnounceMillis === undefined || !Number.isFinite(tracker.nextAnnounceMillis)
        ? null
        : Math.ceil(tracker.nextAnnounceMillis / 1000),
  }));
}

/**
 * Carries the choker's decisions out: shows it the peers as it wants to see them, and tells them what it decided.
 * @module
 */
import type { Millis, Random } from "@bittern/protocol/base";
import { encodeMessage } from "@bittern/protocol/peer";
import { type ChokeContext, Choker, type ChokerPeer } from "../choker/choker.ts";
import type { Peer } from "../peers/peer.ts";
import type { LinkId } from "../session/ids.ts";
import type { SessionOutput } from "../session/output.ts";
import type { Uploads } from "./uploads.ts";

const CHOKE: Uint8Array = encodeMessage({ type: "choke" });
const UNCHOKE: Uint8Array = encodeMessage({ type: "unchoke" });
/** Milliseconds an unchoked peer may take for its first request, and how often it is reminded. */
const REMIND_MILLIS: Millis = 1_000;
const REMINDERS_MAX = 5;
/** Slots a torrent gives at least and at most while they follow the uplink. */
const SLOTS_MIN = 4;
const SLOTS_MAX = 100;

export interface ChokingOptions {
  readonly random: Random;
  readonly uploads: Uploads;
  readonly peers: ReadonlyMap<LinkId, Peer>;
  readonly context: (now: Millis) => ChokeContext;
  /** 0: as many as the uplink carries. */
  readonly fixedSlots: number;
}

export class Choking {
  readonly #options: ChokingOptions;
  readonly #choker: Choker;

  constructor(options: ChokingOptions) {
    this.#options = options;
    const fixed = options.fixedSlots > 0 ? { fixed: options.fixedSlots } : {};
    this.#choker = new Choker({ random: options.random, slots: { min: SLOTS_MIN, max: SLOTS_MAX, ...fixed } });
  }

  get deadline(): Millis | undefined {
    return this.#choker.deadline;
  }

  /** A peer came or became interested: it is unchoked at once while slots are free. */
  offer(peer: Peer, now: Millis, out: SessionOutput[]): void {
    if (!peer.isChokedByUs) return;
    const peers = this.#views(now);
    const view = peers.find((one) => one.id === peer.link);
    if (view !== undefined && this.#choker.offer(view, peers, this.#options.context(now), now)) unchoke(peer, now, out);
  }

  tick(now: Millis, out: SessionOutput[]): void {
    const due = this.#choker.deadline;
    if (due === undefined || now < due) return;
    const decision = this.#choker.tick(this.#views(now), this.#options.context(now), now);
    for (const link of decision.choke) this.#choke(this.#options.peers.get(link), out);
    for (const link of decision.unchoke) {
      const peer = this.#options.peers.get(link);
      if (peer !== undefined) unchoke(peer, now, out);
    }
    for (const peer of this.#options.peers.values()) peer.isOptimistic = !peer.isChokedByUs && this.#choker.hasLent(peer.link);
  }

  /**
   * Once a second: says again that a peer may ask, when it wants something, may ask and never did. webtorrent 2.8 forgets
   * an unchoke that comes before it has opened its files, and would wait for the next one for ever.
   */
  remind(peer: Peer, now: Millis, out: SessionOutput[]): void {
    const { uploads } = peer;
    const mayAsk = peer.isInterested && !peer.isChokedByUs && now - uploads.unchokedAt >= REMIND_MILLIS;
    if (!mayAsk || peer.up.total > 0 || uploads.inFlight > 0 || uploads.queue.length > 0 || uploads.reminders >= REMINDERS_MAX) return;
    uploads.reminders++;
    out.push({ type: "send", link: peer.link, bytes: UNCHOKE.slice() });
  }

  #choke(peer: Peer | undefined, out: SessionOutput[]): void {
    if (peer === undefined) return;
    peer.isChokedByUs = true;
    out.push({ type: "send", link: peer.link, bytes: CHOKE.slice() });
    this.#options.uploads.refuseAll(peer, out);
  }

  #views(now: Millis): ChokerPeer[] {
    const views: ChokerPeer[] = [];
    for (const peer of this.#options.peers.values()) {
      views.push({
        id: peer.link,
        isInterested: peer.isInterested,
        isUnchoked: !peer.isChokedByUs,
        isSnubbed: peer.isSnubbed,
        isUploadOnly: peer.isSeed || peer.isUploadOnly,
        downloadRate: peer.down.rate(now),
        uploadRate: peer.up.rate(now),
        uploadedSinceUnchoke: peer.uploads.sinceUnchoke,
        unchokedAt: peer.uploads.unchokedAt,
        connectedAt: peer.openedAt,
        areWeInterested: peer.areWeInterested,
        downloaded: peer.down.total,
        uploaded: peer.up.total,
      });
    }
    return views;
  }
}

function unchoke(peer: Peer, now: Millis, out: SessionOutput[]): void {
  peer.isChokedByUs = false;
  peer.uploads.unchokedAt = now;
  peer.uploads.sinceUnchoke = 0;
  out.push({ type: "send", link: peer.link, bytes: UNCHOKE.slice() });
}

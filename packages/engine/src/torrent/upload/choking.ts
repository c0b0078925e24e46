/**
 * Carries the choker's decisions out: shows it the peers as it wants to see them, and tells them what it decided.
 * @module
 */
import type { Millis, Random } from "@bittern/protocol/base";
import { encodeMessage } from "@bittern/protocol/peer";
import { type ChokeContext, Choker, type ChokerPeer } from "../../choker/choker.ts";
import { Crowd, kindOf } from "../../choker/crowd.ts";
import type { SlotLimits } from "../../choker/slots.ts";
import type { Peer } from "../../peers/peer.ts";
import type { LinkId } from "../../session/ids.ts";
import type { SessionOutput } from "../../session/output.ts";
import type { Uploads } from "./uploads.ts";

const CHOKE: Uint8Array = encodeMessage({ type: "choke" });
const UNCHOKE: Uint8Array = encodeMessage({ type: "unchoke" });
/** Milliseconds an unchoked peer may take for its first request, and how often it is reminded. */
const REMIND_MILLIS: Millis = 1_000;
const REMINDERS_MAX = 5;
/** Slots a torrent gives at least and at most while they follow the uplink. */
const SLOTS_MIN = 4;
const SLOTS_MAX = 100;
/** Peers that take turns, unchoked beside the slots. */
const GUESTS_MAX = 100;

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
  readonly #crowd = new Crowd();
  /** Those who need a slot: all but the guests. In a crowd of our own clients there are few, and the choker looks four times a second. */
  readonly #common = new Set<Peer>();
  /** Set by hand; 0: none is. */
  #slots: number;

  constructor(options: ChokingOptions) {
    this.#options = options;
    this.#slots = options.fixedSlots;
    for (const peer of options.peers.values()) this.#setGuest(peer, false);
    this.#choker = new Choker({ random: options.random, slots: slotLimits(options.fixedSlots) });
  }

  /** Peers that may ever want something. */
  get openCount(): number {
    return this.#crowd.open + this.#crowd.guests;
  }

  /** Takes effect with the next look at who is choked; 0: as many as the uplink carries. */
  fixSlots(count: number): void {
    this.#slots = count;
    this.#choker.setSlots(slotLimits(count));
    if (count === 0) return;
    for (const peer of this.#options.peers.values()) this.#setGuest(peer, false);
  }

  get deadline(): Millis | undefined {
    return this.#choker.deadline;
  }

  /** Takes note of how a peer is now. Hot: once a read. */
  noted(peer: Peer): void {
    const kind = kindOf({
      isGuest: peer.isGuest,
      isInterested: peer.isInterested,
      isUnchoked: !peer.isChokedByUs,
      isUploadOnly: peer.isSeed || peer.isUploadOnly,
    });
    if (kind === peer.crowdKind) return;
    this.#crowd.change(peer.crowdKind, kind);
    peer.crowdKind = kind;
  }

  #setGuest(peer: Peer, isGuest: boolean): void {
    peer.isGuest = isGuest;
    if (isGuest) {
      this.#common.delete(peer);
      peer.isOptimistic = false;
    } else {
      this.#common.add(peer);
    }
    this.noted(peer);
  }

  left(peer: Peer): void {
    this.#crowd.change(peer.crowdKind, 0);
    peer.crowdKind = 0;
    this.#common.delete(peer);
  }

  /** A peer came or became interested: it is unchoked at once while slots are free. */
  offer(peer: Peer, now: Millis, out: SessionOutput[]): void {
    const isWelcome = !peer.isGuest && this.#welcome(peer);
    this.#setGuest(peer, peer.isGuest || isWelcome);
    if (!peer.isChokedByUs) return;
    if (isWelcome) return this.#unchoke(peer, now, out);
    if (this.#choker.offer(viewOf(peer, now), this.#crowd, this.#options.context(now), now)) this.#unchoke(peer, now, out);
  }

  /**
   * Whether the peer is to be a guest from now on: who waits for its turn costs nothing while it waits, and who is choked cannot be offered
   * anything. What is scarce is then the uplink, and `offers.ts` shares it.
   */
  #welcome(peer: Peer): boolean {
    if (peer.extensions.turn === 0 || this.#slots > 0 || this.#crowd.guests >= GUESTS_MAX) return false;
    return !peer.isSeed && !peer.isUploadOnly && !this.#options.uploads.owes(peer);
  }

  /** Once a second: a guest that took and did not give, or takes no turns any more, needs a slot like anybody else. */
  review(peer: Peer, now: Millis): void {
    if (!peer.isGuest || (peer.extensions.turn !== 0 && !this.#options.uploads.owes(peer))) return;
    this.#setGuest(peer, false);
    this.#choker.offer(viewOf(peer, now), this.#crowd, this.#options.context(now), now);
  }

  tick(now: Millis, out: SessionOutput[]): void {
    const due = this.#choker.deadline;
    if (due === undefined || now < due) return;
    const { peers } = this.#options;
    const context = this.#options.context(now);
    if (this.#choker.isFilled(this.#crowd, context, now)) return;
    const views = Array.from(this.#common, (peer) => viewOf(peer, now));
    const decision = this.#choker.tick(views, context, now);
    for (const link of decision.choke) this.#choke(peers.get(link), out);
    for (const link of decision.unchoke) {
      const peer = peers.get(link);
      if (peer !== undefined) this.#unchoke(peer, now, out);
    }
    for (const peer of this.#common) peer.isOptimistic = !peer.isChokedByUs && this.#choker.hasLent(peer.link);
  }

  /**
   * Once a second: says again that a peer may ask, when it wants something, may ask and never did. webtorrent 2.8 forgets
   * an unchoke that comes before it has opened its files, and would wait for the next one for ever.
   */
  remind(peer: Peer, now: Millis, out: SessionOutput[]): void {
    const { uploads } = peer;
    // It asks when it is offered something; in a crowd of a thousand half a million words went out in vain.
    if (peer.guest?.isWaiting === true) return;
    const mayAsk = peer.isInterested && !peer.isChokedByUs && now - uploads.unchokedAt >= REMIND_MILLIS;
    if (!mayAsk || peer.up.total > 0 || uploads.inFlight > 0 || uploads.queue.length > 0 || uploads.reminders >= REMINDERS_MAX) return;
    uploads.reminders++;
    out.push({ type: "send", link: peer.link, bytes: UNCHOKE.slice() });
  }

  #choke(peer: Peer | undefined, out: SessionOutput[]): void {
    if (peer === undefined) return;
    peer.isChokedByUs = true;
    this.noted(peer);
    out.push({ type: "send", link: peer.link, bytes: CHOKE.slice() });
    this.#options.uploads.refuseAll(peer, out);
  }

  #unchoke(peer: Peer, now: Millis, out: SessionOutput[]): void {
    peer.isChokedByUs = false;
    this.noted(peer);
    peer.uploads.unchokedAt = now;
    peer.uploads.sinceUnchoke = 0;
    out.push({ type: "send", link: peer.link, bytes: UNCHOKE.slice() });
  }
}

/** As the choker sees it. */
function viewOf(peer: Peer, now: Millis): ChokerPeer {
  return {
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
  };
}

function slotLimits(fixed: number): SlotLimits {
  return { min: SLOTS_MIN, max: SLOTS_MAX, ...(fixed > 0 ? { fixed } : {}) };
}

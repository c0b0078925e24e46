/**
 * Decides who may download from us (BEP 3, "choking").
 *
 * Every ten seconds a round: slots are counted (`slots.ts`), given to those who earned them (`leeching.ts`, `seeding.ts`),
 * and some lent (`optimistic.ts`). Between rounds nobody who is being served is choked, so there is no fibrillation, but
 * free slots are filled at once: when a peer becomes interested, and once a second while somebody waits. A start where
 * everybody waits for the first ten seconds to pass is what makes swarms slow.
 *
 * Peers that want nothing hold a slot only while nobody else needs it; in a small swarm they are unchoked beforehand, so
 * that their first request needs no further round trip.
 * @module
 */
import type { Millis, Random } from "@bittern/protocol/base";
import { assert } from "@bittern/protocol/base";
import type { CrowdCounts } from "./crowd.ts";
import { isFreeRider, rankForLeeching } from "./leeching.ts";
import { chooseOptimistic, mayBorrow, OPTIMISTIC_MILLIS, optimisticSlots } from "./optimistic.ts";
import type { ChokeContext, ChokeDecision, ChokerPeer } from "./peer.ts";
import { rankForSeeding } from "./seeding.ts";
import { type SlotLimits, Slots } from "./slots.ts";

export type { ChokeContext, ChokeDecision, ChokerPeer } from "./peer.ts";

/** Milliseconds between rounds (BEP 3). */
export const ROUND_MILLIS: Millis = 10_000;
/** Milliseconds between looks at free slots while somebody waits for one: on a busy uplink, and on one that has room. */
const FILL_MILLIS: Millis = 1000;
const FILL_MILLIS_ROOM: Millis = 250;
/** Milliseconds between two growths: long enough for the last one to show on the uplink. */
const GROW_MILLIS: Millis = 100;

const NOTHING: ChokeDecision = { unchoke: [], choke: [] };

export class Choker {
  readonly #random: Random;
  readonly #slots: Slots;
  /** `undefined` while nobody wants anything: then no timer runs. */
  #roundAt: Millis | undefined;
  #fillAt: Millis | undefined;
  #grownAt: Millis | undefined;
  /** Who holds a lent slot, and until when. */
  readonly #lent = new Map<number, Millis>();

  constructor({ random, slots }: { random: Random; slots: SlotLimits }) {
    this.#random = random;
    this.#slots = new Slots(slots);
  }

  /** When `tick` is due next; `undefined` while nobody wants anything. */
  get deadline(): Millis | undefined {
    if (this.#fillAt === undefined || this.#roundAt === undefined) return this.#roundAt;
    return Math.min(this.#fillAt, this.#roundAt);
  }

  /** True for a peer whose slot is lent. */
  isOptimistic(id: number): boolean {
    return this.#lent.has(id);
  }

  /** Changes take effect in the next round. */
  setSlots(limits: SlotLimits): void {
    this.#slots.limits = limits;
  }

  /**
   * To be called when `deadline` has come: a round, or between rounds the filling of free slots. `peers` are all that are
   * connected. The decision is taken for done: `isUnchoked` of the peers must follow it.
   */
  tick(peers: readonly ChokerPeer[], context: ChokeContext, now: Millis): ChokeDecision {
    const interested = peers.filter(wantsSlot);
    if (interested.length === 0 && peers.every((peer) => !peer.isUnchoked)) {
      this.#roundAt = undefined;
      this.#fillAt = undefined;
      this.#lent.clear();
      return NOTHING;
    }
    if (this.#roundAt !== undefined && now < this.#roundAt) return this.#fill(peers, interested, context, now);
    this.#roundAt = now + ROUND_MILLIS;
    return this.#round(peers, interested, context, now);
  }

  /**
   * A peer became interested, or came: true when it gets a slot at once. Then it counts as unchoked. `crowd` are all that are
   * connected, the peer among them.
   */
  offer(peer: ChokerPeer, crowd: CrowdCounts, context: ChokeContext, now: Millis): boolean {
    this.#roundAt ??= now + ROUND_MILLIS;
    if (peer.isUnchoked || peer.isUploadOnly) return false;
    if (peer.isInterested) {
      if (!this.#mayServe(peer, context)) return false;
      if (this.#hasRoom(crowd, context, now)) return true;
      this.#fillAt ??= now + fillMillis(context);
      return false;
    }
    return this.#slots.isSmall(crowd.open) && crowd.unchoked < this.#slots.count(crowd.open);
  }

  /**
   * True, instead of a `tick`, when between rounds every slot is in use and the uplink carries no more: nobody has to be
   * looked at before the next time.
   */
  isFilled(crowd: CrowdCounts, context: ChokeContext, now: Millis): boolean {
    const isBetweenRounds = this.#roundAt !== undefined && now < this.#roundAt;
    const allWant = crowd.served === crowd.unchoked && crowd.served < crowd.interested;
    if (!isBetweenRounds || !allWant || this.#hasRoom(crowd, context, now)) return false;
    this.#fillAt = now + fillMillis(context);
    return true;
  }

  /** Whether the peer was unchoked as a trial, without having earned it. */
  hasLent(id: number): boolean {
    return this.#lent.has(id);
  }

  #round(peers: readonly ChokerPeer[], interested: readonly ChokerPeer[], context: ChokeContext, now: Millis): ChokeDecision {
    this.#slots.measure(context);
    const slots = this.#slots.count(interested.length);
    const ranked = context.isSeeding ? rankForSeeding(interested, slots, now) : rankForLeeching(interested);
    const served = new Set<number>();
    const lent = context.isSeeding ? this.#lendNothing() : this.#lend(interested, ranked, slots, now);
    for (const id of lent) served.add(id);
    for (const peer of ranked) {
      if (served.size >= slots) break;
      served.add(peer.id);
    }
    this.#waitForSlots(interested, served, context, now);
    this.#keepIdle(peers, served, slots);
    return decide(peers, served);
  }

  /** Who holds a lent slot in this round: those whose time is not over, then new ones from among those without a slot. */
  #lend(interested: readonly ChokerPeer[], ranked: readonly ChokerPeer[], slots: number, now: Millis): readonly number[] {
    const present = new Map(interested.map((peer) => [peer.id, peer]));
    for (const [id, until] of this.#lent) if (until <= now || !present.has(id)) this.#lent.delete(id);
    const wanting = interested.length - Math.min(ranked.length, slots);
    const count = optimisticSlots(slots, wanting);
    while (this.#lent.size > count) this.#lent.delete([...this.#lent.keys()].at(-1) as number);
    const earned = new Set(ranked.slice(0, Math.max(0, slots - count)).map((peer) => peer.id));
    // Who earned a slot by now needs no lent one.
    for (const id of this.#lent.keys()) if (earned.has(id)) this.#lent.delete(id);
    const waiting = interested.filter((peer) => mayBorrow(peer, now) && !earned.has(peer.id) && !this.#lent.has(peer.id));
    for (const peer of chooseOptimistic(waiting, count - this.#lent.size, this.#random, now))
      this.#lent.set(peer.id, now + OPTIMISTIC_MILLIS);
    return [...this.#lent.keys()];
  }

  /** A seed's turns are fair by themselves. */
  #lendNothing(): readonly number[] {
    this.#lent.clear();
    return [];
  }

  /** Between rounds: whoever waits gets what is free, and those who want nothing make room. */
  #fill(peers: readonly ChokerPeer[], interested: readonly ChokerPeer[], context: ChokeContext, now: Millis): ChokeDecision {
    const served = new Set(interested.filter((peer) => peer.isUnchoked).map((peer) => peer.id));
    const waiting = interested.filter((peer) => !peer.isUnchoked && this.#mayServe(peer, context));
    const ranked = context.isSeeding ? rankForSeeding(waiting, waiting.length, now) : rankForLeeching(waiting);
    for (const peer of ranked) {
      if (served.size >= this.#slots.count(interested.length) && !this.#grow(served.size, context, now)) break;
      served.add(peer.id);
    }
    this.#waitForSlots(interested, served, context, now);
    this.#keepIdle(peers, served, this.#slots.count(interested.length));
    return decide(peers, served);
  }

  #mayServe(peer: ChokerPeer, { isSeeding }: ChokeContext): boolean {
    return isSeeding || (!peer.isSnubbed && !isFreeRider(peer));
  }

  #hasRoom({ unchoked, interested }: CrowdCounts, context: ChokeContext, now: Millis): boolean {
    return unchoked < this.#slots.count(interested) || this.#grow(unchoked, context, now);
  }

  #grow(used: number, { uplinkBusy }: ChokeContext, now: Millis): boolean {
    if (uplinkBusy || (this.#grownAt !== undefined && now - this.#grownAt < GROW_MILLIS)) return false;
    if (!this.#slots.grow(used)) return false;
    this.#grownAt = now;
    return true;
  }

  /** Looks again soon while somebody waits who would be served if there were a slot. */
  #waitForSlots(interested: readonly ChokerPeer[], served: ReadonlySet<number>, context: ChokeContext, now: Millis): void {
    const waits = interested.some((peer) => !served.has(peer.id) && this.#mayServe(peer, context));
    this.#fillAt = waits ? now + fillMillis(context) : undefined;
  }

  /** Gives slots that are left to those who want nothing yet: first to those who have one, in a small swarm to all. */
  #keepIdle(peers: readonly ChokerPeer[], served: Set<number>, slots: number): void {
    const open = peers.filter((peer) => !peer.isUploadOnly);
    const isSmall = this.#slots.isSmall(open.length);
    const room = isSmall ? this.#slots.count(open.length) : slots;
    for (const peer of open) if (!peer.isInterested && peer.isUnchoked && served.size < room) served.add(peer.id);
    if (!isSmall) return;
    for (const peer of open) if (!peer.isInterested && served.size < room) served.add(peer.id);
  }
}

function fillMillis({ uplinkBusy }: ChokeContext): Millis {
  return uplinkBusy ? FILL_MILLIS : FILL_MILLIS_ROOM;
}

function wantsSlot(peer: ChokerPeer): boolean {
  return peer.isInterested && !peer.isUploadOnly;
}

function decide(peers: readonly ChokerPeer[], served: ReadonlySet<number>): ChokeDecision {
  const unchoke: number[] = [];
  const choke: number[] = [];
  for (const peer of peers) {
    if (served.has(peer.id) === peer.isUnchoked) continue;
    if (peer.isUnchoked) choke.push(peer.id);
    else unchoke.push(peer.id);
  }
  assert(unchoke.length <= served.size, "only those who are served are unchoked");
  return { unchoke, choke };
}

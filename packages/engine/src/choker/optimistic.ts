/**
 * Optimistic unchoking (BEP 3): some slots go to those who have not earned them, for 30 seconds each.
 *
 * It is how newcomers get their first piece and how we find better partners. Newcomers are three times as likely to be
 * chosen. Luck alone would leave somebody out for an hour, so whoever waited five minutes comes before the dice, and when
 * many wait more slots are lent, up to half: then everybody has a turn within ten minutes.
 * @module
 */
import type { Millis, Random } from "@bittern/protocol/base";
import { below } from "@bittern/protocol/base";
import { isFreeRider } from "./leeching.ts";
import type { ChokerPeer } from "./peer.ts";
import { waitingSince } from "./seeding.ts";

/** Milliseconds a lent slot lasts. */
export const OPTIMISTIC_MILLIS: Millis = 30_000;
/** Milliseconds for which a peer is a newcomer. */
const NEWCOMER_MILLIS: Millis = 60_000;
const NEWCOMER_WEIGHT = 3;
/** Milliseconds after which a peer is next without luck. */
const PATIENCE_MILLIS: Millis = 300_000;
/** Milliseconds between two turns of a peer that is known to give nothing: alone among those who wait, it would always be lucky. */
const PENANCE_MILLIS: Millis = 150_000;
/** Turns of 30 s in ten minutes. */
const TURNS = 20;

/** How many slots are lent while so many wait. */
export function optimisticSlots(slots: number, waiting: number): number {
  if (slots === 0 || waiting === 0) return 0;
  const needed = Math.ceil(waiting / TURNS);
  return Math.min(needed, Math.max(1, Math.floor(slots / 2)));
}

/** True for a peer that a slot may be lent to. */
export function mayBorrow(peer: ChokerPeer, now: Millis): boolean {
  if (peer.isUnchoked) return false;
  return !(peer.isSnubbed || isFreeRider(peer)) || now - waitingSince(peer) >= PENANCE_MILLIS;
}

/** Chooses up to `count` of those who wait, without putting back. */
export function chooseOptimistic(waiting: readonly ChokerPeer[], count: number, random: Random, now: Millis): ChokerPeer[] {
  const left = [...waiting].sort((one, other) => waitingSince(one) - waitingSince(other) || one.id - other.id);
  const chosen: ChokerPeer[] = [];
  while (chosen.length < count && left.length > 0) {
    const place = now - waitingSince(left[0] as ChokerPeer) >= PATIENCE_MILLIS ? 0 : drawWeighted(left, random, now);
    chosen.push(left[place] as ChokerPeer);
    left.splice(place, 1);
  }
  return chosen;
}

function weight(peer: ChokerPeer, now: Millis): number {
  return now - peer.connectedAt < NEWCOMER_MILLIS ? NEWCOMER_WEIGHT : 1;
}

function drawWeighted(peers: readonly ChokerPeer[], random: Random, now: Millis): number {
  let sum = 0;
  for (const peer of peers) sum += weight(peer, now);
  let lot = below(random, sum);
  let place = 0;
  for (; lot >= weight(peers[place] as ChokerPeer, now); place++) lot -= weight(peers[place] as ChokerPeer, now);
  return place;
}

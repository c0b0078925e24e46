/**
 * Who is served when we want nothing any more: those who take fast, and everybody in turn.
 *
 * Rate alone would serve the same few for ever, turns alone would spend slots on peers that cannot use them. So a slot is
 * held for a turn of a minute. After it the slowest taker is the first to make room for whoever waited longest, and at most
 * half of the slots change hands in one round: a piece half sent to somebody who is then choked helps nobody.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";
import type { ChokerPeer } from "./peer.ts";

/** Milliseconds for which a slot is safe. */
export const TURN_MILLIS: Millis = 60_000;

/** The order in which slots are given; `slots` is how many there are. */
export function rankForSeeding(interested: readonly ChokerPeer[], slots: number, now: Millis): ChokerPeer[] {
  const served = interested.filter((peer) => peer.isUnchoked);
  const waiting = interested.filter((peer) => !peer.isUnchoked).sort(byWaiting);
  const inTurn = served.filter((peer) => now - peer.unchokedAt < TURN_MILLIS).sort(byTaken);
  const turnOver = served.filter((peer) => now - peer.unchokedAt >= TURN_MILLIS).sort(byTaken);
  const free = Math.max(0, slots - served.length);
  const rotated = Math.min(turnOver.length, Math.max(0, waiting.length - free), Math.ceil(slots / 2));
  const kept = turnOver.length - rotated;
  return [...inTurn, ...turnOver.slice(0, kept), ...waiting, ...turnOver.slice(kept)];
}

/** Who takes fastest first. */
function byTaken(left: ChokerPeer, right: ChokerPeer): number {
  return right.uploadRate - left.uploadRate || left.unchokedAt - right.unchokedAt || left.id - right.id;
}

/** Whose last turn (or arrival) is longest ago first. */
function byWaiting(left: ChokerPeer, right: ChokerPeer): number {
  return waitingSince(left) - waitingSince(right) || left.id - right.id;
}

/** When a waiting peer got its last chance, or came. */
export function waitingSince(peer: ChokerPeer): Millis {
  return Math.max(peer.unchokedAt, peer.connectedAt);
}

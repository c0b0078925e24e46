/**
 * Which piece a peer with nothing to do for us takes over from one that has not begun with it.
 *
 * A downloader asks for a piece the moment it hears of it, and the first who has it is asked by everybody: he sends it to all,
 * one after the other, while those who got it first sit idle with the same piece, because nobody asks them for what
 * is asked for already. (Simulated with 100 downloaders, half of all uplinks idled in that way.) So whoever could give us something and
 * has nothing to give takes over what waits longest elsewhere.
 *
 * The other one is told to leave it (`cancel`), and only when he says that he does (`reject`, BEP 6) the new one is asked: what
 * is under way already comes once, from the one who began. A peer that does not answer cancels is not asked to leave anything again.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";
import type { Peer } from "../../peers/peer.ts";
import type { PartialPiece } from "../content/partial-piece.ts";

/** Milliseconds a piece has waited at least: an answer that is on its way needs no other. */
const WAIT_MILLIS_MIN: Millis = 100;
/** Times a piece may change hands: each costs a message a block, there and back. */
const TAKEOVERS_MAX = 5;
/** Milliseconds for the answer to a cancel. BEP 6 demands one; not everybody gives it. */
const ANSWER_MILLIS_MAX: Millis = 2_000;

/** Somebody has been told to leave the piece and has not answered. */
export function isChangingHands(partial: PartialPiece): boolean {
  return partial.predecessor !== undefined && partial.predecessor === partial.waitsFor;
}

/** The piece that `peer` should take over; `undefined` when there is none. Hot: a look at each piece under way. */
export function chooseTakeover(partials: Iterable<PartialPiece>, peer: Peer, now: Millis): PartialPiece | undefined {
  // Who never gives anything idles as well, and would collect what others were about to send: it has one try.
  if (peer.requests.hasTakenOver && peer.down.total === 0) return undefined;
  let best: PartialPiece | undefined;
  for (const partial of partials) {
    const asked = partial.waitsFor;
    if (asked === undefined || partial.isOnParole) continue;
    if (asked === partial.predecessor) {
      // One at a time: while the answer is on its way it looks as if there were nothing to do.
      if (partial.owner === peer) return undefined;
      continue;
    }
    if (asked === peer || !mayBeLeft(partial, asked, now) || !peer.has(partial.piece)) continue;
    if (best === undefined || partial.askedAt(0) < best.askedAt(0)) best = partial;
  }
  return best;
}

function mayBeLeft(partial: PartialPiece, asked: Peer, now: Millis): boolean {
  if (!asked.canFast || asked.requests.takesTurns || asked.requests.keepsCancelled || partial.takeoverCount >= TAKEOVERS_MAX) return false;
  return now - partial.askedAt(0) >= WAIT_MILLIS_MIN;
}

/** Whether the answer to the cancels is overdue: then there will be none. */
export function isUnanswered(partial: PartialPiece, now: Millis): boolean {
  return isChangingHands(partial) && now - partial.takenOverAt >= ANSWER_MILLIS_MAX;
}

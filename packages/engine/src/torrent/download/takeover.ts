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
 *
 * Whom our words do not reach is not waited for: over a slow uplink the request stands behind blocks that we gave to the system for the same peer, and so
 * does the cancel. (Simulated with 1 Mbit/s up, a downloader whose last piece was asked for in that way was complete five seconds after
 * the others, who all had it and nothing to do.)
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
/** Milliseconds for which the system takes nothing of what it was given for a peer, after which the way there is called blocked: an uplink of 20 Mbit/s sends five pieces in them. */
const BLOCKED_MILLIS: Millis = 500;

/** Whether words to the peer stand behind our own blocks, which the system has long and does not get rid of. */
export function isWayBlocked({ uploads }: Peer, now: Millis): boolean {
  return uploads.inFlight > 0 && now - uploads.unsentSince >= BLOCKED_MILLIS;
}

/** Whether the request for the piece cannot have reached `asked`. */
function isUnheard(partial: PartialPiece, asked: Peer, now: Millis): boolean {
  return isWayBlocked(asked, now) && asked.uploads.unsentSince <= partial.askedAt(0);
}

/** Somebody has been told to leave the piece and has not answered. */
export function isChangingHands(partial: PartialPiece): boolean {
  return partial.predecessor !== undefined && partial.predecessor === partial.waitsFor;
}

/** A piece to take over, and from whom. */
export interface Takeover {
  readonly partial: PartialPiece;
  readonly asked: Peer;
  /** It has not heard of the request yet, and is not waited for. */
  readonly isUnheard: boolean;
}

/**
 * What `peer` should take over; `undefined` when there is nothing. Hot: a look at each piece under way. `onlyUnheard`: nothing that waits
 * for somebody who knows of it.
 */
export function chooseTakeover(
  partials: Iterable<PartialPiece>,
  peer: Peer,
  now: Millis,
  { onlyUnheard = false }: { onlyUnheard?: boolean } = {},
): Takeover | undefined {
  // Who never gives anything idles as well, and would collect what others were about to send: it has one try.
  if (peer.requests.hasTakenOver && peer.down.total === 0) return undefined;
  if (isWayBlocked(peer, now)) return undefined;
  let best: Takeover | undefined;
  for (const partial of partials) {
    const asked = partial.waitsFor;
    if (asked === undefined || partial.isOnParole) continue;
    const unheard = isUnheard(partial, asked, now);
    if (asked === partial.predecessor && !unheard) {
      // One at a time: while the answer is on its way it looks as if there were nothing to do.
      if (partial.owner === peer) return undefined;
      continue;
    }
    if (asked === peer || (onlyUnheard && !unheard) || !peer.has(partial.piece)) continue;
    if (!unheard && !mayBeLeft(partial, asked, now)) continue;
    if (!asked.canFast || partial.takeoverCount >= TAKEOVERS_MAX) continue;
    if (best === undefined || partial.askedAt(0) < best.partial.askedAt(0)) best = { partial, asked, isUnheard: unheard };
  }
  return best;
}

function mayBeLeft(partial: PartialPiece, asked: Peer, now: Millis): boolean {
  return !asked.requests.takesTurns && !asked.requests.keepsCancelled && now - partial.askedAt(0) >= WAIT_MILLIS_MIN;
}

/** Whether the answer to the cancels is overdue: then there will be none. */
export function isUnanswered(partial: PartialPiece, now: Millis): boolean {
  return isChangingHands(partial) && now - partial.takenOverAt >= ANSWER_MILLIS_MAX;
}

/**
 * Which of the pieces that peers ask for leave now, when several peers ask.
 *
 * A piece can be passed on only when it is whole. An uplink that serves eight at once delivers eight pieces after eight
 * times the time; one that serves them in turn has given the first to somebody who passes it on meanwhile. So few pieces are
 * under way at a time: the next one begins when the system has taken all of the last but one, because then the uplink has next
 * to nothing to do. A link that was silent for long begins slowly, as TCP does, and counts half: one such turn after the other left half of an uplink
 * idle (simulated with slow start, 30 downloaders with equal links needed 1.36 times the least possible time, and need 1.20). Whether what left has arrived does not matter up to a bound: a receiver whose way in is crowded
 * is late for itself. (Simulated: with four under way, arrived or not, equal uplinks idled for a fifth of the time, with eight as many
 * shared each of them, and the newest piece was late everywhere.) A piece has arrived when its receiver announces it.
 *
 * Who is next: a peer with nothing under way before others, of those the one that asks for the piece fewest have, then whoever
 * waited longest. So the newest piece doubles each time it is sent, instead of waiting behind what everybody has. A receiver
 * that is slow for itself does not hold up the rest: its turn stops counting when it takes far longer than others do.
 * While we download, who took a lot and gave nothing comes last: a piece at a time, and only while nothing else is under way.
 * @module
 */
import type { Millis, PieceIndex } from "@bittern/protocol/base";
import { ArrivalPace } from "../../picker/arrival-pace.ts";

/** Pieces under way at least, whatever the system still has to take. */
const TURNS_MIN = 2;
/** Pieces under way at most, until it is known that more of them arrive in two fifths of a second. */
const TURNS_MAX = 10;
/** While so many turns wait for the system to take what was handed over, no other begins: one may be slow for itself. */
const UNSENT_MAX = 2;
/** What a turn counts there over a link that begins slowly. */
const SLOW_START_SHARE = 0.5;
/** Milliseconds a turn counts beyond twice what turns take. */
const PATIENCE_MILLIS: Millis = 250;
/** Milliseconds for which the rest of a piece is expected to be asked for. */
const PART_MILLIS_MAX: Millis = 30_000;
/** Weight of the newest turn in the mean. */
const NEWEST_WEIGHT = 0.2;

export interface Turn {
  readonly peer: number;
  readonly piece: PieceIndex;
  readonly since: Millis;
  /** Its link begins slowly. */
  readonly startsSlowly: boolean;
  /** Bytes that left. */
  sentLength: number;
}

/** What turns have to know of those whose turn it is. */
export interface TurnFacts {
  readonly pieceByteLength: (piece: PieceIndex) => number;
  /** Whether the peer waits for blocks of the piece. */
  readonly isAskedFor: (peer: number, piece: PieceIndex) => boolean;
  /** Whether the system has not taken all that was handed over for the peer. */
  readonly isUnsent: (peer: number) => boolean;
}

export class Turns {
  readonly #turns = new Map<string, Turn>();
  /** Turns of each peer that has any. */
  readonly #counts = new Map<number, number>();
  readonly #pace = new ArrivalPace();
  readonly #facts: TurnFacts;
  #meanMillis: Millis | undefined;

  constructor(facts: TurnFacts) {
    this.#facts = facts;
  }

  /** In the order they began. */
  get all(): Iterable<Turn> {
    return this.#turns.values();
  }

  get size(): number {
    return this.#turns.size;
  }

  has(peer: number, piece: PieceIndex): boolean {
    return this.#turns.has(keyOf(peer, piece));
  }

  /** Whether the peer has any, one that does not count any more included. */
  isTurnOf(peer: number): boolean {
    return this.#counts.has(peer);
  }

  /** Whether one more may begin. */
  hasRoom(pieceLength: number, now: Millis): boolean {
    const patience = this.#patience;
    let length = 0;
    let unsent = 0;
    for (const { peer, since, startsSlowly, sentLength } of this.#turns.values()) {
      if (now - since >= patience) continue;
      length += sentLength;
      if (this.#facts.isUnsent(peer)) unsent += startsSlowly ? SLOW_START_SHARE : 1;
    }
    if (length < pieceLength * TURNS_MIN) return true;
    return unsent < UNSENT_MAX && length < pieceLength * Math.max(TURNS_MAX, this.#pace.pieces);
  }

  /** Whether nobody but this peer has anything under way that counts. Hot: asked after each read. */
  areAllOf(peer: number, now: Millis): boolean {
    if (this.#counts.get(peer) === this.#turns.size) return true;
    const patience = this.#patience;
    for (const turn of this.#turns.values()) if (turn.peer !== peer && now - turn.since < patience) return false;
    return true;
  }

  get #patience(): Millis {
    return PATIENCE_MILLIS + 2 * (this.#meanMillis ?? PATIENCE_MILLIS);
  }

  /** When the oldest turn that counts stops counting; never without one. */
  firstOverAt(now: Millis): Millis {
    const patience = this.#patience;
    for (const { since } of this.#turns.values()) if (now - since < patience) return since + patience;
    return Number.POSITIVE_INFINITY;
  }

  /** Turns of one peer that count. */
  countOf(peer: number, now: Millis): number {
    const patience = this.#patience;
    let count = 0;
    for (const turn of this.#turns.values()) if (turn.peer === peer && now - turn.since < patience) count++;
    return count;
  }

  /** `startsSlowly`: nothing has left over the link for long. */
  begin(peer: number, piece: PieceIndex, now: Millis, startsSlowly = false): void {
    const key = keyOf(peer, piece);
    if (!this.#turns.has(key)) this.#counts.set(peer, (this.#counts.get(peer) ?? 0) + 1);
    this.#turns.set(key, { peer, piece, since: now, startsSlowly, sentLength: 0 });
  }

  #end(key: string, peer: number): void {
    this.#turns.delete(key);
    const count = this.#counts.get(peer) ?? 0;
    if (count > 1) this.#counts.set(peer, count - 1);
    else this.#counts.delete(peer);
  }

  /** Blocks of the piece left for the peer. */
  sent(peer: number, piece: PieceIndex, byteLength: number): void {
    const turn = this.#turns.get(keyOf(peer, piece));
    if (turn !== undefined) turn.sentLength += byteLength;
  }

  /** The peer has the piece; true when it had its turn. */
  arrived(peer: number, piece: PieceIndex, now: Millis): boolean {
    // Hot: most who announce something got it from somebody else.
    if (!this.#counts.has(peer)) return false;
    const key = keyOf(peer, piece);
    const turn = this.#turns.get(key);
    if (turn === undefined) return false;
    this.#end(key, peer);
    this.#pace.arrived(turn.since, now);
    const took = now - turn.since;
    this.#meanMillis = this.#meanMillis === undefined ? took : this.#meanMillis + NEWEST_WEIGHT * (took - this.#meanMillis);
    return true;
  }

  /** The peer left, or may ask no more. */
  forget(peer: number): void {
    for (const [key, turn] of this.#turns) if (turn.peer === peer) this.#end(key, peer);
  }

  /**
   * Turns with nothing more to send end without a word after a while: not everybody announces what we gave. One that has left
   * in part lasts longer: the rest, when it is asked for, goes before all else, because a piece without its last block
   * can be passed on no more than one without its first (simulated with 30 downloaders, such pieces lay about for ten seconds).
   */
  expire(now: Millis): void {
    const { isAskedFor, pieceByteLength } = this.#facts;
    const patience = this.#patience;
    for (const [key, { peer, piece, since, sentLength }] of this.#turns) {
      const lasts = sentLength < pieceByteLength(piece) ? Math.max(patience, PART_MILLIS_MAX) : patience;
      if (now - since >= lasts && !isAskedFor(peer, piece)) this.#end(key, peer);
    }
  }
}

function keyOf(peer: number, piece: PieceIndex): string {
  return `${peer} ${piece}`;
}

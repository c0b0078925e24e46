/**
 * Which of the pieces that peers ask for leave now, when several peers ask.
 *
 * A piece can be passed on only when it is whole. An uplink that serves eight at once delivers eight pieces after eight
 * times the time; one that serves them in turn has given the first to somebody who passes it on meanwhile. So few pieces are
 * under way at a time: what arrives in a quarter of a second, and at least four (simulated: with two the uplink idles while
 * word of an arrival is on its way back, with eight it is as if there were no turns). A piece has arrived when its receiver
 * announces it; what lies in a buffer of the system has not.
 *
 * Who is next: a peer with nothing under way before others, of those the one that asks for the piece fewest have, then whoever
 * waited longest. So the newest piece doubles each time it is sent, instead of waiting behind what everybody has. A receiver
 * that is slow for itself does not hold up the rest: its turn stops counting when it takes far longer than others do.
 * While we download, who took a lot and gave nothing comes last: a piece at a time, and only while nothing else is under way.
 * @module
 */
import type { Millis, PieceIndex } from "@bittern/protocol/base";
import { ArrivalPace } from "../picker/arrival-pace.ts";

/** Pieces under way at least. */
const TURNS_MIN = 4;
/** Milliseconds a turn counts beyond twice what turns take. */
const PATIENCE_MILLIS: Millis = 250;
/** Weight of the newest turn in the mean. */
const NEWEST_WEIGHT = 0.2;

export interface Turn {
  readonly peer: number;
  readonly piece: PieceIndex;
  readonly since: Millis;
  /** Bytes that left. */
  sentLength: number;
}

export class Turns {
  readonly #turns = new Map<string, Turn>();
  readonly #pace = new ArrivalPace();
  #meanMillis: Millis | undefined;

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

  /** Whether one more may begin. */
  hasRoom(pieceLength: number, now: Millis): boolean {
    const patience = this.#patience;
    let length = 0;
    for (const { since, sentLength } of this.#turns.values()) if (now - since < patience) length += sentLength;
    return length < pieceLength * Math.max(TURNS_MIN, this.#pace.pieces);
  }

  /** Whether nobody but this peer has anything under way that counts. */
  areAllOf(peer: number, now: Millis): boolean {
    const patience = this.#patience;
    for (const turn of this.#turns.values()) if (turn.peer !== peer && now - turn.since < patience) return false;
    return true;
  }

  get #patience(): Millis {
    return PATIENCE_MILLIS + 2 * (this.#meanMillis ?? PATIENCE_MILLIS);
  }

  /** When the oldest turn stops counting; never without one. */
  get firstOverAt(): Millis {
    for (const { since } of this.#turns.values()) return since + this.#patience;
    return Number.POSITIVE_INFINITY;
  }

  /** Turns of one peer. */
  countOf(peer: number): number {
    let count = 0;
    for (const turn of this.#turns.values()) if (turn.peer === peer) count++;
    return count;
  }

  begin(peer: number, piece: PieceIndex, now: Millis): void {
    this.#turns.set(keyOf(peer, piece), { peer, piece, since: now, sentLength: 0 });
  }

  /** Blocks of the piece left for the peer. */
  sent(peer: number, piece: PieceIndex, byteLength: number): void {
    const turn = this.#turns.get(keyOf(peer, piece));
    if (turn !== undefined) turn.sentLength += byteLength;
  }

  /** The peer has the piece; true when it had its turn. */
  arrived(peer: number, piece: PieceIndex, now: Millis): boolean {
    const key = keyOf(peer, piece);
    const turn = this.#turns.get(key);
    if (turn === undefined) return false;
    this.#turns.delete(key);
    this.#pace.arrived(turn.since, now);
    const took = now - turn.since;
    this.#meanMillis = this.#meanMillis === undefined ? took : this.#meanMillis + NEWEST_WEIGHT * (took - this.#meanMillis);
    return true;
  }

  /** The peer left, or may ask no more. */
  forget(peer: number): void {
    for (const [key, turn] of this.#turns) if (turn.peer === peer) this.#turns.delete(key);
  }

  /** Turns with nothing more to send end without a word after a while: not everybody announces what we gave. */
  expire(now: Millis, isOver: (turn: Turn) => boolean): void {
    const patience = this.#patience;
    for (const [key, turn] of this.#turns) if (now - turn.since >= patience && isOver(turn)) this.#turns.delete(key);
  }
}

function keyOf(peer: number, piece: PieceIndex): string {
  return `${peer} ${piece}`;
}

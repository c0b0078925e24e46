/**
 * Who is asked for what no more, because all it gave alone was false.
 *
 * Nothing is proven: nobody else has sent those pieces yet, and the torrent's own hashes may be wrong, or the publisher's
 * disk. So nobody is banned (`parole.ts` does that, with a proof); the peer stays, is served and may pass pieces on. It is
 * only asked no more: for a piece it sent falsely as long as others have it, and after three times at all; and for anything
 * after three different pieces in a row. So a liar who is alone costs a few pieces, and not the whole torrent again and again.
 * @module
 */
import type { Endpoint } from "@bittern/protocol/address";
import { assert, type Millis, type PieceIndex } from "@bittern/protocol/base";
import { placeOf } from "./place.ts";

/** Different pieces in a row that one peer sent alone and falsely. */
const FALSE_PIECES_MAX = 3;
/** Times one peer may send the same piece falsely: once may have been a flipped bit on the way, or here. */
const TRIES_MAX = 3;
/** Then somebody may have mended what it shares. */
const DISTRUST_MILLIS: Millis = 3_600_000;
/** Places and pieces remembered; past it the oldest is trusted again. */
const IN_QUESTION_MAX = 1_000;
/** Places that are remembered for one piece. */
const PLACES_OF_PIECE_MAX = 32;

interface Tries {
  count: number;
  lastAt: Millis;
}

export class Distrust {
  /** False pieces since the last good one, by place. */
  readonly #streaks = new Map<string, Set<PieceIndex>>();
  readonly #until = new Map<string, Millis>();
  /** By piece, then by place. */
  readonly #tries = new Map<PieceIndex, Map<string, Tries>>();

  /** Pieces that came falsely from one peer alone, and have not come right yet. */
  get pieceCount(): number {
    return this.#tries.size;
  }

  /** All of a piece came from this peer, and is false. True when it is asked for nothing from now on. */
  failedAlone(peer: Endpoint, piece: PieceIndex, now: Millis): boolean {
    const place = placeOf(peer);
    this.#count(piece, place, now);
    const pieces = this.#streaks.get(place) ?? new Set();
    this.#streaks.delete(place);
    pieces.add(piece);
    if (pieces.size < FALSE_PIECES_MAX) {
      remember(this.#streaks, place, pieces, IN_QUESTION_MAX);
      return false;
    }
    remember(this.#until, place, now + DISTRUST_MILLIS, IN_QUESTION_MAX);
    return true;
  }

  #count(piece: PieceIndex, place: string, now: Millis): void {
    const places = this.#tries.get(piece) ?? new Map<string, Tries>();
    const tries = places.get(place);
    remember(places, place, { count: (tries?.count ?? 0) + 1, lastAt: now }, PLACES_OF_PIECE_MAX);
    remember(this.#tries, piece, places, IN_QUESTION_MAX);
  }

  /** All of a piece came from this peer, and is good: what was false before had another reason. */
  succeededAlone(peer: Endpoint): void {
    this.#streaks.delete(placeOf(peer));
  }

  /** The piece is here, or no longer wanted. */
  forget(piece: PieceIndex): void {
    // Whoever lied about it is proven a liar now, or nobody is.
    for (const place of this.#tries.get(piece)?.keys() ?? []) this.#streaks.get(place)?.delete(piece);
    this.#tries.delete(piece);
  }

  /** It is asked for nothing. */
  isDistrusted(peer: Endpoint, now: Millis): boolean {
    return this.#until.size > 0 && now < (this.#until.get(placeOf(peer)) ?? now);
  }

  /** It may be asked for this piece, which so many peers have. */
  mayAskFor(piece: PieceIndex, peer: Endpoint, holders: number, now: Millis): boolean {
    const places = this.#tries.get(piece);
    const tries = places?.get(placeOf(peer));
    if (places === undefined || tries === undefined || now - tries.lastAt >= DISTRUST_MILLIS) return true;
    return tries.count < TRIES_MAX && holders <= places.size;
  }

  /** The inner law; for tests and the simulator. */
  check(): void {
    const sizes = [this.#streaks.size, this.#until.size, this.#tries.size];
    assert(
      sizes.every((size) => size <= IN_QUESTION_MAX),
      "what is in question is bounded",
    );
  }
}

/** At the end of the row; the oldest makes room. */
function remember<Key, Value>(row: Map<Key, Value>, key: Key, value: Value, max: number): void {
  row.delete(key);
  if (row.size === max) row.delete(row.keys().next().value as Key);
  row.set(key, value);
}

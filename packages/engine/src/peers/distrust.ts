/**
 * Peers that are asked for nothing for a while, because all they gave alone was false.
 *
 * Nothing is proven: nobody else has sent those pieces yet, and the torrent's own hashes may be wrong, or the publisher's
 * disk. So nobody is banned (`parole.ts` does that, with a proof); the peer stays, is served and may pass pieces on. It is
 * only asked no more, so that a liar who is alone costs a few pieces and not the whole torrent again and again.
 * @module
 */
import type { Endpoint } from "@bittern/protocol/address";
import { assert, type Millis, type PieceIndex } from "@bittern/protocol/base";
import { placeOf } from "./place.ts";

/** Different pieces in a row that one peer sent alone and falsely. */
const FALSE_PIECES_MAX = 3;
/** Then somebody may have mended what it shares. */
const DISTRUST_MILLIS: Millis = 3_600_000;
/** Places remembered; past it the oldest is trusted again. */
const PLACES_MAX = 1_000;

export class Distrust {
  /** Pieces in question, by place; those of who is distrusted are forgotten. */
  readonly #falsePieces = new Map<string, Set<PieceIndex>>();
  readonly #until = new Map<string, Millis>();

  /** Nobody is in question: what comes needs no look. */
  get isEmpty(): boolean {
    return this.#falsePieces.size === 0;
  }

  /** All of a piece came from this peer, and is false. True when that was once too often. */
  failedAlone(peer: Endpoint, piece: PieceIndex, now: Millis): boolean {
    const place = placeOf(peer);
    const pieces = this.#falsePieces.get(place) ?? new Set();
    this.#falsePieces.delete(place);
    pieces.add(piece);
    if (pieces.size < FALSE_PIECES_MAX) {
      remember(this.#falsePieces, place, pieces);
      return false;
    }
    this.#until.delete(place);
    remember(this.#until, place, now + DISTRUST_MILLIS);
    return true;
  }

  /** All of a piece came from this peer, and is good: what was false had another reason. */
  succeededAlone(peer: Endpoint): void {
    this.#falsePieces.delete(placeOf(peer));
  }

  isDistrusted(peer: Endpoint, now: Millis): boolean {
    return this.#until.size > 0 && now < (this.#until.get(placeOf(peer)) ?? now);
  }

  /** The inner law; for tests and the simulator. */
  check(): void {
    assert(this.#falsePieces.size <= PLACES_MAX && this.#until.size <= PLACES_MAX, "places in question are bounded");
  }
}

function remember<Value>(places: Map<string, Value>, place: string, value: Value): void {
  if (places.size === PLACES_MAX) places.delete(places.keys().next().value as string);
  places.set(place, value);
}

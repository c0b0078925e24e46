/**
 * How many connected peers have each piece.
 *
 * Seeds are a number apart: most peers of a healthy swarm have everything, and one of them coming or going must not touch
 * every piece. So a piece is held by `seeds + partial(piece)` peers. A peer that completes while it is connected stays among
 * the partial ones until it leaves; then it is taken off the seeds, and when there are none left, off every piece. The sum
 * is right at every moment, and `partial` never falls below the number of incomplete peers that have the piece.
 *
 * A histogram beside the counts answers for the whole torrent (the scarcest piece, distributed copies) without a walk.
 * @module
 */
import type { PieceIndex } from "@bittern/protocol/base";
import { assert, type Bitfield } from "@bittern/protocol/base";

/** Counts are 16 bits wide: more peers than the limits of any session allow. */
const PARTIAL_MAX = 65_535;

export class Availability {
  readonly pieceCount: number;
  /** Made when the first partial peer comes: a torrent nobody shares costs nothing. */
  #partial: Uint16Array | undefined;
  /** Pieces by their count. */
  #histogram: number[];
  #seeds = 0;

  constructor(pieceCount: number) {
    this.pieceCount = pieceCount;
    this.#histogram = [pieceCount];
  }

  /** Peers counted as seeds; see the head of this file for who is not. */
  get seeds(): number {
    return this.#seeds;
  }

  /** Peers that have the piece, seeds not counted. */
  partial(piece: PieceIndex): number {
    return this.#partial === undefined ? 0 : (this.#partial[piece] as number);
  }

  of(piece: PieceIndex): number {
    return this.#seeds + this.partial(piece);
  }

  /** Lowest count of any piece, seeds not counted; 0 for a torrent without pieces. */
  get partialMin(): number {
    const count = this.#histogram.findIndex((pieces) => pieces > 0);
    return count < 0 ? 0 : count;
  }

  add(piece: PieceIndex): void {
    this.#partial ??= new Uint16Array(this.pieceCount);
    const count = this.#partial[piece] as number;
    assert(count < PARTIAL_MAX, "peers of a piece can be counted in 16 bits");
    this.#partial[piece] = count + 1;
    this.#histogram[count] = (this.#histogram[count] as number) - 1;
    this.#histogram[count + 1] = (this.#histogram[count + 1] ?? 0) + 1;
  }

  remove(piece: PieceIndex): void {
    assert(this.#partial !== undefined, "a piece is left only after somebody had it");
    const count = this.#partial[piece] as number;
    assert(count > 0, "nobody leaves a piece that nobody had");
    this.#partial[piece] = count - 1;
    this.#histogram[count] = (this.#histogram[count] as number) - 1;
    this.#histogram[count - 1] = (this.#histogram[count - 1] as number) + 1;
    this.#trimHistogram();
  }

  /** A partial peer with these pieces came (1) or went (-1). */
  addField(field: Bitfield, change: 1 | -1): void {
    this.#partial ??= new Uint16Array(this.pieceCount);
    const partial = this.#partial;
    const bytes = field.bytes;
    const histogram = this.#histogram;
    histogram.push(0);
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === 0) continue;
      for (let bit = 0; bit < 8; bit++) {
        if ((byte & (128 >> bit)) === 0) continue;
        const piece = at * 8 + bit;
        const count = partial[piece] as number;
        assert(change > 0 ? count < PARTIAL_MAX : count > 0, "peers of a piece are counted from none to 65,535");
        partial[piece] = count + change;
        histogram[count] = (histogram[count] as number) - 1;
        histogram[count + change] = (histogram[count + change] as number) + 1;
      }
    }
    this.#trimHistogram();
  }

  seedJoined(): void {
    this.#seeds++;
  }

  /** True when the seed could be taken off the number apart; if false, it has to be taken off every piece. */
  seedLeft(): boolean {
    if (this.#seeds === 0) return false;
    this.#seeds--;
    return true;
  }

  /** Whole copies among the peers, with the share of pieces that one more peer has: 2.25 is two and a quarter. */
  distributedCopies(): number {
    if (this.pieceCount === 0) return 0;
    const lowest = this.partialMin;
    return this.#seeds + lowest + (this.pieceCount - (this.#histogram[lowest] as number)) / this.pieceCount;
  }

  #trimHistogram(): void {
    while (this.#histogram.length > 1 && this.#histogram.at(-1) === 0) this.#histogram.pop();
  }

  /** The inner law; for tests and the simulator. */
  check(): void {
    const histogram: number[] = Array.from({ length: this.#histogram.length }, () => 0);
    for (let piece = 0; piece < this.pieceCount; piece++) {
      const count = this.partial(piece);
      histogram[count] = (histogram[count] ?? 0) + 1;
    }
    assert(histogram.length === this.#histogram.length, "no piece is held more often than the histogram knows");
    assert(
      histogram.every((pieces, count) => pieces === this.#histogram[count]),
      "the histogram counts every piece once",
    );
    assert(this.#seeds >= 0, "seeds are counted from zero");
  }
}

/**
 * The pieces that a seed has still to give away: in an order of the dice at first, what comes back behind the others, and none twice.
 *
 * A piece may come back that never went: who was told of everything takes what it likes, and leaves.
 * @module
 */
import { assert, Bitfield, type PieceIndex, type Random, shuffle } from "@bittern/protocol/base";

export class GiveQueue {
  /** The next one last. */
  #pieces: PieceIndex[];
  /** What came back, in order. In front of the others it would move all of them, and who leaves may have taken thousands. */
  #returned: PieceIndex[] = [];
  readonly #held: Bitfield;

  /** Holds all pieces. */
  constructor({ pieceCount, random }: { pieceCount: number; random: Random }) {
    this.#held = Bitfield.full(pieceCount);
    this.#pieces = shuffle(
      random,
      Array.from({ length: pieceCount }, (_, piece) => piece),
    );
  }

  get isEmpty(): boolean {
    return this.#held.isEmpty;
  }

  has(piece: PieceIndex): boolean {
    return this.#held.has(piece);
  }

  /** The piece whose turn it is, which stays. */
  get next(): PieceIndex | undefined {
    if (this.#pieces.length === 0) [this.#pieces, this.#returned] = [this.#returned.reverse(), []];
    return this.#pieces.at(-1);
  }

  take(): PieceIndex | undefined {
    const piece = this.next;
    if (piece === undefined) return undefined;
    this.#pieces.pop();
    this.#held.remove(piece);
    return piece;
  }

  /** The piece comes last; one that is here already keeps its place. */
  putBack(piece: PieceIndex): void {
    if (this.#held.add(piece)) this.#returned.push(piece);
  }

  /** The inner law; for tests and the simulator. */
  check(): void {
    const pieces = [...this.#pieces, ...this.#returned];
    assert(new Set(pieces).size === pieces.length, "a piece is given away once");
    assert(pieces.length === this.#held.count, "the queue knows how many pieces it holds");
    for (const piece of pieces) assert(this.#held.has(piece), "the queue knows what it holds");
  }
}

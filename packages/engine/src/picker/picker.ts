/**
 * Decides which piece is begun next (BEP 3: "random first", then "rarest first").
 *
 * What a piece is to us: had, started (somebody is being asked for its blocks), or pickable; and how much it is wanted.
 * What it is to the swarm: how many peers have it. The order of choice is
 *
 *     deadlines  >  priority 7 … 1  >  fewest peers  >  the dice
 *
 * with `sequential` the order of the torrent instead of the last two. The first pieces are random, because a newcomer needs
 * something to trade soon and the rarest piece has the slowest sources. Blocks of started pieces come before any new
 * piece; who is asked for them is not decided here.
 *
 * Orders are kept only while there is something to pick: a complete torrent pays two bytes a piece, and that only once an
 * incomplete peer came.
 * @module
 */
import type { Millis, PieceIndex, Random } from "@bittern/protocol/base";
import { assert, Bitfield } from "@bittern/protocol/base";
import { Availability } from "./availability.ts";
import { haveCommon } from "./both.ts";
import { Deadlines } from "./deadline.ts";
import { PRIORITY_MAX } from "./priority.ts";
import { Rarity } from "./rarity.ts";
import { type Choice, pickAny, pickRarest } from "./selection.ts";
import { firstOfBoth } from "./sequential.ts";

/** So many pieces are taken at random before the rarest come first (as mainline does). */
export const RANDOM_PIECES = 4;

/** Pieces of a torrent whose fields are compared as a whole before anything is drawn: half a kilobyte. */
const SMALL_COUNT_MAX = 4096;

export interface PickOptions {
  /** In the order of the torrent. */
  readonly sequential?: boolean;
  /** False while the first pieces are picked at random. */
  readonly rarestFirst: boolean;
  /** Refuses pieces. It should refuse few. */
  readonly accept?: (piece: PieceIndex) => boolean;
}

const ANY = (): boolean => true;

export class PiecePicker {
  readonly pieceCount: number;
  readonly #random: Random;
  readonly #have: Bitfield;
  readonly #started: Bitfield;
  readonly #availability: Availability;
  readonly #deadlines = new Deadlines();
  /** `undefined`: every piece has priority 1. */
  #priorities: Uint8Array | undefined;
  /** Made at the first pick, dropped when nothing is missing. */
  #rarity: Rarity | undefined;
  #wantedCount: number;
  #wantedMissing: number;
  /** No pickable piece lies before this one. */
  #lowest: PieceIndex = 0;

  /** Everything is wanted and missing, no peer is there. */
  constructor({ pieceCount, random }: { pieceCount: number; random: Random }) {
    this.pieceCount = pieceCount;
    this.#random = random;
    this.#have = new Bitfield(pieceCount);
    this.#started = new Bitfield(pieceCount);
    this.#availability = new Availability(pieceCount);
    this.#wantedCount = pieceCount;
    this.#wantedMissing = pieceCount;
  }

  // The swarm.

  /** A peer is there that has these pieces. A seed costs nothing, another one a step for each of its pieces, or one for each of ours. */
  peerJoined(field: Bitfield): void {
    if (field.isFull) this.#availability.seedJoined();
    else this.#addField(field, 1);
  }

  /** The peer is gone; `field` is what it had in the end. */
  peerLeft(field: Bitfield): void {
    if (field.isFull) this.#seedLeft();
    else this.#addField(field, -1);
  }

  /** A peer has one piece more. With its last one it stays among the incomplete ones: that is a step, and a seed would be one a piece. */
  peerHas(piece: PieceIndex): void {
    this.#add(piece);
  }

  /** A peer has one piece less (BEP 54); `field` is what it has now. A seed that loses one becomes a partial peer. */
  peerLost(piece: PieceIndex, field: Bitfield): void {
    assert(!field.has(piece), "what a peer lost it no longer has");
    if (field.count < this.pieceCount - 1) {
      this.#remove(piece);
      return;
    }
    this.#seedLeft();
    this.peerJoined(field);
  }

  /** Connected peers that have the piece. */
  availability(piece: PieceIndex): number {
    return this.#availability.of(piece);
  }

  /** Connected peers that have the piece and are not counted as seeds. */
  partialHolders(piece: PieceIndex): number {
    return this.#availability.partial(piece);
  }

  /** Whole copies among the connected peers, with the share of pieces that one more peer has. */
  distributedCopies(): number {
    return this.#availability.distributedCopies();
  }

  // Our side.

  /** A priority for every piece, 0 to 7. Copied. */
  setPriorities(priorities: Uint8Array): void {
    assert(priorities.length === this.pieceCount, "every piece has a priority");
    this.#priorities = priorities.every((priority) => priority === 1)
      ? undefined
      : priorities.map((priority) => Math.min(priority, PRIORITY_MAX));
    this.#wantedCount = 0;
    this.#wantedMissing = 0;
    for (let piece = 0; piece < this.pieceCount; piece++) {
      if (this.priority(piece) > 0) {
        this.#wantedCount++;
        if (!this.#have.has(piece)) this.#wantedMissing++;
      }
    }
    this.#rarity?.setPriorities(this.#pickPriority);
    this.#lowest = 0;
    this.#dropIfDone();
  }

  priority(piece: PieceIndex): number {
    return this.#priorities === undefined ? 1 : (this.#priorities[piece] as number);
  }

  /** The piece is ours, verified. */
  markHave(piece: PieceIndex): void {
    if (!this.#have.add(piece)) return;
    if (this.priority(piece) > 0) this.#wantedMissing--;
    this.#started.remove(piece);
    this.#deadlines.remove(piece);
    this.#file(piece);
    this.#dropIfDone();
  }

  /** The piece is ours no more (or turned out bad). It is pickable again, even if it was started. */
  markMissing(piece: PieceIndex): void {
    if (this.#have.remove(piece) && this.priority(piece) > 0) this.#wantedMissing++;
    this.#started.remove(piece);
    this.#file(piece);
  }

  /** Blocks of the piece are being asked for: it is no longer new. */
  markStarted(piece: PieceIndex): void {
    if (this.#started.add(piece)) this.#file(piece);
  }

  /** Nobody asks for the piece any more. */
  markStopped(piece: PieceIndex): void {
    if (this.#started.remove(piece)) this.#file(piece);
  }

  has(piece: PieceIndex): boolean {
    return this.#have.has(piece);
  }

  /** The piece has a priority and is missing. */
  wants(piece: PieceIndex): boolean {
    return piece >= 0 && piece < this.pieceCount && !this.#have.has(piece) && this.priority(piece) > 0;
  }

  /** Pieces we have, wanted or not. */
  get haveCount(): number {
    return this.#have.count;
  }

  /** Pieces that are wanted, had or not. */
  get wantedCount(): number {
    return this.#wantedCount;
  }

  /** Pieces that are wanted and missing. */
  get wantedMissing(): number {
    return this.#wantedMissing;
  }

  /** How many wanted and missing pieces are in the field: above zero, its owner is interesting. A step per eight pieces. */
  countWanted(field: Bitfield): number {
    if (field.isFull) return this.#wantedMissing;
    if (this.#wantedMissing === 0) return 0;
    let count = 0;
    const ours = this.#have.bytes;
    const theirs = field.bytes;
    for (let at = 0; at < theirs.length; at++) {
      const missing = (theirs[at] as number) & ~(ours[at] as number);
      for (let bit = 0; missing !== 0 && bit < 8; bit++) if ((missing & (128 >> bit)) !== 0 && this.priority(at * 8 + bit) > 0) count++;
    }
    return count;
  }

  // Deadlines.

  /** Somebody waits for the piece: it comes before all without an earlier time. At most 1,024 at once. */
  setDeadline(piece: PieceIndex, at: Millis): void {
    if (!this.#have.has(piece)) this.#deadlines.set(piece, at);
  }

  /** Nobody waits for any piece. */
  clearDeadlines(): void {
    this.#deadlines.clear();
  }

  /** Some piece is due at a time. */
  get hasDeadlines(): boolean {
    return this.#deadlines.size > 0;
  }

  /** Missing pieces somebody waits for, most urgent first. */
  deadlines(): Iterable<PieceIndex> {
    return this.#deadlines;
  }

  /** Pieces not begun that somebody waits for, most urgent first; then, `inOrder`, the first of the torrent. At most `count`. */
  nextNeeded(count: number, inOrder: boolean): readonly PieceIndex[] {
    const pieces: PieceIndex[] = [];
    for (const piece of this.#deadlines) {
      if (pieces.length === count) return pieces;
      if (this.isPickable(piece)) pieces.push(piece);
    }
    for (let piece = this.#lowest; inOrder && piece < this.pieceCount && pieces.length < count; piece++) {
      if (this.isPickable(piece) && !pieces.includes(piece)) pieces.push(piece);
    }
    return pieces;
  }

  // The choice.

  /**
   * False when there is surely no piece to begin in `field`. Most questions come from peers that have nothing new: a look at two small
   * fields answers them without dice and without garbage.
   */
  mayPick(field: Bitfield): boolean {
    if (this.#wantedMissing === 0) return false;
    this.#rarity ??= this.#makeRarity();
    return this.pieceCount > SMALL_COUNT_MAX || haveCommon(this.#rarity.pickable, field);
  }

  /** The piece to begin with a peer that has `field`; `undefined` when it has none to begin. */
  pickNew(field: Bitfield, options: PickOptions): PieceIndex | undefined {
    if (!this.mayPick(field)) return undefined;
    const { accept = ANY } = options;
    const rarity = (this.#rarity ??= this.#makeRarity());
    if (this.#deadlines.size > 0) {
      const urgent = this.#deadlines.first((piece) => this.isPickable(piece) && field.has(piece) && accept(piece));
      if (urgent !== undefined) return urgent;
    }
    const choice: Choice = { rarity, random: this.#random, field, accept, partial: this.#partial };
    if (options.sequential === true) return this.#pickSequential(choice);
    return options.rarestFirst ? pickRarest(choice) : pickAny(choice);
  }

  /** Wanted, missing and not started. */
  isPickable(piece: PieceIndex): boolean {
    return this.wants(piece) && !this.#started.has(piece);
  }

  /** The inner law; for tests and the simulator. */
  check(): void {
    this.#availability.check();
    this.#deadlines.check();
    this.#rarity?.check();
    let wanted = 0;
    let missing = 0;
    for (let piece = 0; piece < this.pieceCount; piece++) {
      if (this.priority(piece) > 0) wanted++;
      if (this.wants(piece)) missing++;
      assert(!(this.#have.has(piece) && this.#started.has(piece)), "a piece we have is not being fetched");
      if (this.#rarity === undefined) continue;
      assert(this.#rarity.priority(piece) === (this.isPickable(piece) ? this.priority(piece) : 0), "the order holds what may be picked");
      assert(!this.isPickable(piece) || piece >= this.#lowest, "nothing pickable lies below the lowest");
    }
    assert(wanted === this.#wantedCount, "wanted pieces are counted");
    assert(missing === this.#wantedMissing, "missing pieces are counted");
  }

  /** 0 for what may not be begun. */
  readonly #pickPriority = (piece: PieceIndex): number => (this.isPickable(piece) ? this.priority(piece) : 0);

  readonly #partial = (piece: PieceIndex): number => this.#availability.partial(piece);

  #pickSequential(choice: Choice): PieceIndex | undefined {
    const { rarity, field, accept } = choice;
    while (this.#lowest < this.pieceCount && !rarity.pickable.has(this.#lowest)) this.#lowest++;
    for (let priority = PRIORITY_MAX; priority > 0; priority--) {
      if (rarity.size(priority) === 0) continue;
      const passes = (piece: PieceIndex): boolean => rarity.priority(piece) === priority && accept(piece);
      const piece = firstOfBoth(rarity.pickable, field, this.#lowest, passes);
      if (piece !== undefined) return piece;
    }
    return undefined;
  }

  #makeRarity(): Rarity {
    const rarity = new Rarity({ pieceCount: this.pieceCount, random: this.#random, availability: this.#availability });
    rarity.setPriorities(this.#pickPriority);
    this.#lowest = 0;
    return rarity;
  }

  /** Puts the piece where it belongs after a change on our side. */
  #file(piece: PieceIndex): void {
    if (this.#rarity === undefined) return;
    if (this.isPickable(piece)) {
      this.#rarity.include(piece, this.priority(piece));
      this.#lowest = Math.min(this.#lowest, piece);
    } else {
      this.#rarity.exclude(piece);
    }
  }

  #dropIfDone(): void {
    if (this.#wantedMissing === 0) this.#rarity = undefined;
  }

  #addField(field: Bitfield, change: 1 | -1): void {
    if (this.#rarity === undefined) this.#availability.addField(field, change);
    else this.#rarity.addField(field, change);
  }

  #add(piece: PieceIndex): void {
    if (this.#rarity === undefined) this.#availability.add(piece);
    else this.#rarity.add(piece);
  }

  #seedLeft(): void {
    if (!this.#availability.seedLeft()) this.#addField(Bitfield.full(this.pieceCount), -1);
  }

  #remove(piece: PieceIndex): void {
    if (this.#rarity === undefined) this.#availability.remove(piece);
    else this.#rarity.remove(piece);
  }
}

/**
 * Hashes what lies on the disk, batch by batch: told which pieces, it says what to ask for next and how far it is.
 *
 * A batch is about 32 MiB, enough to keep a worker busy for ten milliseconds and more between two messages; two are under
 * way at once, so that the worker never waits for us. Batches go up in order, because disks like that.
 * @module
 */
import { assert, type Bitfield, MIB, type PieceIndex } from "@bittern/protocol/base";

export const BATCH_LENGTH: number = 32 * MIB;
export const BATCHES_MAX = 2;

export interface CheckPlanOptions {
  /** The pieces to hash. Copied. */
  readonly pieces: Bitfield;
  readonly pieceByteLength: (piece: PieceIndex) => number;
  readonly batchLength?: number;
  readonly batchesMax?: number;
}

export class CheckPlan {
  /** Pieces without a verdict, those under way included. */
  readonly remaining: Bitfield;
  readonly #underWay = new Set<PieceIndex>();
  readonly #batchesUnderWay = new Set<readonly PieceIndex[]>();
  readonly #pieceByteLength: (piece: PieceIndex) => number;
  readonly #batchLength: number;
  readonly #batchesMax: number;
  readonly #total: number;
  /** Pieces before this one were handed out. */
  #cursor = 0;
  #isCancelled = false;

  constructor({ pieces, pieceByteLength, batchLength = BATCH_LENGTH, batchesMax = BATCHES_MAX }: CheckPlanOptions) {
    this.remaining = pieces.copy();
    this.#pieceByteLength = pieceByteLength;
    this.#batchLength = batchLength;
    this.#batchesMax = batchesMax;
    this.#total = pieces.count;
  }

  /** The next batch to verify, in order; `undefined` while enough is under way, or when there is nothing left to ask. */
  next(): readonly PieceIndex[] | undefined {
    if (this.#isCancelled || this.#batchesUnderWay.size >= this.#batchesMax) return undefined;
    const batch: PieceIndex[] = [];
    let byteLength = 0;
    for (; this.#cursor < this.remaining.length && byteLength < this.#batchLength; this.#cursor++) {
      const piece = this.#cursor;
      if (!this.remaining.has(piece) || this.#underWay.has(piece)) continue;
      batch.push(piece);
      byteLength += this.#pieceByteLength(piece);
      this.#underWay.add(piece);
    }
    if (batch.length === 0) return undefined;
    this.#batchesUnderWay.add(batch);
    return batch;
  }

  /** Whether this very batch was handed out by this plan, and is not back: others ask for verdicts too. */
  isUnderWay(batch: readonly PieceIndex[]): boolean {
    return this.#batchesUnderWay.has(batch);
  }

  /** Verdicts on a batch are there. */
  finished(batch: readonly PieceIndex[]): void {
    for (const piece of batch) this.remaining.remove(piece);
    this.#returned(batch);
  }

  /** The host could not verify the batch: it will be handed out again. */
  failed(batch: readonly PieceIndex[]): void {
    this.#returned(batch);
    this.#cursor = Math.min(this.#cursor, batch[0] ?? this.#cursor);
  }

  /** No more batches; those under way are still to be reported. `remaining` says what a later plan has to do. */
  cancel(): void {
    this.#isCancelled = true;
  }

  /** Nothing is left, or nothing more will be asked and nothing is under way. */
  get isDone(): boolean {
    return this.#batchesUnderWay.size === 0 && (this.#isCancelled || this.remaining.isEmpty);
  }

  /** 0 to 1, by pieces. */
  get progress(): number {
    return this.#total === 0 ? 1 : 1 - this.remaining.count / this.#total;
  }

  /** The inner law; for tests and the simulator. */
  check(): void {
    assert(this.#batchesUnderWay.size <= this.#batchesMax, "batches under way are bounded");
    for (const piece of this.#underWay) assert(this.remaining.has(piece), "what is under way has no verdict");
    assert(this.#batchesUnderWay.size > 0 || this.#underWay.size === 0, "nothing is under way without a batch");
  }

  #returned(batch: readonly PieceIndex[]): void {
    assert(this.#batchesUnderWay.delete(batch), "a batch is reported once");
    for (const piece of batch) assert(this.#underWay.delete(piece), "a batch that was handed out comes back");
  }
}

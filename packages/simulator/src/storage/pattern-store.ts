/**
 * A store that keeps no bytes: it knows which pieces were put, judges them against the pattern, and makes them again.
 *
 * It answers like any store, with the same delays and faults; only its hashes are stand-ins, and of a block it lends the first bytes
 * alone, so that gigabytes of simulated traffic cost neither memory nor SHA-1.
 * @module
 */
import type {
  BlockSpan,
  Done,
  Frames,
  Lent,
  MerkleExpectation,
  PieceExpectation,
  PieceOutcome,
  Store,
  StorePlace,
  StorePlan,
  StoreStamps,
} from "@bittern/host";
import { assert, equalBytes, HostError, type PieceIndex } from "@bittern/protocol/base";
import { mark } from "../lazy.ts";
import type { TorrentContent } from "./content.ts";
import { framedLength } from "./frames.ts";
import type { Holding } from "./holding.ts";
import { PatternRecipe } from "./pattern-recipe.ts";
import type { StoreContext } from "./store-context.ts";
import { StoreDoor } from "./store-door.ts";

/** Bytes; what one answer may hold, after the contract. */
const READ_BLOCKS_LENGTH_MAX = 2 * 1024 * 1024;
const READ_LENGTH_MAX = 4 * 1024 * 1024;

export class PatternStore implements Store {
  #stamps: StoreStamps;
  readonly #context: StoreContext;
  readonly #holding: Holding;
  readonly #content: TorrentContent;
  readonly #door: StoreDoor;

  constructor(context: StoreContext, holding: Holding, plan: StorePlan) {
    this.#context = context;
    this.#door = new StoreDoor(context, plan.readOnly === true);
    this.#holding = holding;
    this.#content = holding.content;
    this.#stamps = this.#stampsNow();
  }

  /** As found when it was opened, or after the last sync. */
  get stamps(): StoreStamps {
    return this.#stamps;
  }

  allocate(done: Done<void>): void {
    this.#door.perform("allocate", 0, done, () => {
      this.#holding.exists = true;
      this.#touch();
    });
  }

  select(_wanted: readonly boolean[], done: Done<void>): void {
    // A pattern has one file: wanted or not, its pieces rest in the holding.
    this.#door.perform("select", 0, done, () => undefined);
  }

  storePiece(
    piece: PieceIndex,
    buffer: ArrayBuffer,
    byteLength: number,
    expected: PieceExpectation,
    done: (outcome: PieceOutcome | HostError, buffer: ArrayBuffer) => void,
  ): void {
    const isGood = this.#judge(piece, new Uint8Array(buffer), byteLength, expected);
    this.#door.perform<PieceOutcome>(
      "write",
      byteLength,
      (outcome) => done(outcome, buffer),
      () => {
        this.#context.judged(piece, isGood);
        if (!isGood) return { good: false };
        const fault = this.#take(piece, byteLength);
        if (fault !== undefined) return fault;
        this.#holding.put(piece, true);
        if (this.#context.disk.random.chance(this.#context.disk.faults.rotShare)) this.#holding.rot(piece);
        this.#touch();
        return { good: true };
      },
    );
  }

  storeRun(
    piece: PieceIndex,
    begin: number,
    buffer: ArrayBuffer,
    byteLength: number,
    done: (fault: HostError | undefined, buffer: ArrayBuffer) => void,
  ): void {
    const isRight = this.#content.matches(new Uint8Array(buffer), piece, begin, byteLength);
    this.#door.perform<undefined>(
      "write",
      byteLength,
      (outcome) => done(outcome, buffer),
      () => {
        const fault = this.#take(piece, byteLength);
        if (fault !== undefined) return fault;
        this.#holding.putRun(piece, byteLength, isRight);
        this.#touch();
        return undefined;
      },
    );
  }

  readBlocks(spans: readonly BlockSpan[], done: Done<Frames>): void {
    const length = framedLength(spans);
    assert(length - 13 * spans.length <= READ_BLOCKS_LENGTH_MAX, "blocks of one read are at most 2 MiB together");
    this.#door.perform("read", length, done, () => {
      for (const span of spans) {
        if (!this.#holding.written.has(span.piece)) return new HostError("FILE_MISSING", `piece ${span.piece} was never written`);
      }
      const frames = this.#context.pool.lend(length);
      const recipe = new PatternRecipe(this.#content, spans, this.#wrongOf(spans), () => frames.release());
      recipe.copyTo(frames.bytes, 0, 0, length);
      mark(frames.bytes, recipe);
      return frames;
    });
  }

  read(offset: number, length: number, done: Done<Lent>): void {
    assert(length <= READ_LENGTH_MAX, "a read is at most 4 MiB");
    this.#door.perform("read", length, done, () => {
      if (!this.#holding.exists) return new HostError("FILE_MISSING", "the file was never made");
      const lent = this.#context.pool.lend(length);
      this.#content.readStream(lent.bytes, offset);
      this.#spoil(lent.bytes, offset);
      return lent;
    });
  }

  verify(pieces: readonly PieceIndex[], expected: readonly PieceExpectation[], done: Done<Uint8Array>): void {
    const length = pieces.reduce((sum, piece) => sum + (this.#holding.written.has(piece) ? this.#content.lengthOf(piece) : 0), 0);
    this.#door.perform("verify", length, done, () =>
      Uint8Array.from(pieces, (piece, position) => {
        const isGood = this.#isAgreed(piece, expected[position]) && this.#holding.isGood(piece);
        this.#context.judged(piece, isGood);
        return isGood ? 1 : 0;
      }),
    );
  }

  /** A pattern has no trees. */
  hashLeaves(_piece: PieceIndex, _expected: MerkleExpectation, done: Done<Uint8Array | undefined>): void {
    this.#door.perform("verify", 0, done, () => undefined);
  }

  sync(done: Done<StoreStamps>): void {
    this.#door.perform("sync", 0, done, () => {
      this.#holding.sync();
      this.#stamps = this.#stampsNow();
      return this.#stamps;
    });
  }

  space(done: Done<number>): void {
    this.#door.perform("space", 0, done, () => this.#context.disk.freeLength);
  }

  move({ root }: StorePlace, done: Done<StoreStamps>): void {
    this.#door.perform("move", 0, done, () => {
      this.#holding.root = root;
      this.#stamps = this.#stampsNow();
      return this.#stamps;
    });
  }

  remove(done: Done<void>): void {
    this.#door.perform("remove", 0, done, () => {
      for (const piece of this.#holding.written) this.#context.disk.give(this.#content.lengthOf(piece));
      this.#holding.erase();
    });
  }

  close(done: Done<void>): void {
    this.#door.perform("close", 0, done, () => undefined);
  }

  #judge(piece: PieceIndex, bytes: Uint8Array, byteLength: number, expected: PieceExpectation): boolean {
    const isWhole = byteLength === this.#content.lengthOf(piece);
    return isWhole && this.#isAgreed(piece, expected) && this.#content.matches(bytes, piece, 0, byteLength);
  }

  /** Whether the torrent expects what the content is: an engine that mixes pieces up is found out. */
  #isAgreed(piece: PieceIndex, expected: PieceExpectation | undefined): boolean {
    return expected?.sha1 !== undefined && equalBytes(expected.sha1, this.#content.digest(piece));
  }

  /** Room for a piece is taken with its first byte. */
  #take(piece: PieceIndex, byteLength: number): HostError | undefined {
    return this.#holding.written.has(piece) ? undefined : this.#context.disk.take(byteLength);
  }

  #wrongOf(spans: readonly BlockSpan[]): ReadonlySet<BlockSpan> | undefined {
    const lie = this.#context.lie();
    if (lie === undefined && this.#holding.wrong.isEmpty) return undefined;
    return new Set(spans.filter((span) => this.#holding.wrong.has(span.piece) || lie?.(span) === true));
  }

  /** Turns over the first byte of each piece that is wrong, and blanks what was never written, as a sparse file has it. */
  #spoil(bytes: Uint8Array, offset: number): void {
    const { pieceLength } = this.#content;
    for (let piece = Math.floor(offset / pieceLength); piece * pieceLength < offset + bytes.length; piece++) {
      const start = Math.max(0, piece * pieceLength - offset);
      if (!this.#holding.written.has(piece)) bytes.fill(0, start, (piece + 1) * pieceLength - offset);
      else if (this.#holding.wrong.has(piece)) bytes[start] = (bytes[start] as number) ^ 0xff;
    }
  }

  #touch(): void {
    this.#holding.modifiedMillis = this.#context.disk.stampMillis;
  }

  #stampsNow(): StoreStamps {
    const { exists, modifiedMillis, inode, root } = this.#holding;
    const stamp = exists ? { length: this.#content.totalLength, modifiedMillis, inode } : undefined;
    return { files: [stamp], rootIdentity: this.#context.rootIdentity(root) };
  }
}

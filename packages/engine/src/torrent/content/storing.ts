/**
 * Pieces on their way to the disk: whole ones, and those that go in runs and are hashed where they lie. What the disk refuses is
 * kept, up to a bound, and handed over again when it takes things again: nobody else is to blame that it has to wait.
 * @module
 */
import { BLOCK_LENGTH, type PieceIndex } from "@bittern/protocol/base";
import type { Layout } from "@bittern/protocol/metainfo";
import type { PiecePool } from "../../disk/pool.ts";
import type { TorrentId } from "../../session/ids.ts";
import type { SessionOutput } from "../../session/output.ts";
import type { PartialPiece } from "./partial-piece.ts";

/** Of a piece whose hashes are not known: nothing satisfies it. */
const NO_EXPECTATION: Expectation = { sha1: new Uint8Array(20) };

type Expectation = NonNullable<ReturnType<Layout["expectation"]>>;

type Handover = Extract<SessionOutput, { type: "store-piece" | "store-run" }>;

/** What the piece has to hash to. */
export function expectationOf(layout: Layout, piece: PieceIndex): Expectation {
  return layout.expectation(piece) ?? NO_EXPECTATION;
}

export class Storing {
  readonly #torrent: TorrentId;
  readonly #layout: Layout;
  readonly #pool: PiecePool;
  /** Pieces of several runs until their verdict. */
  readonly #running = new Map<PieceIndex, PartialPiece>();
  /** What the disk refused, in the order it did. */
  readonly #held: Handover[] = [];
  /** Pieces and runs at the disk. */
  #count = 0;
  #byteLength = 0;

  constructor(torrent: TorrentId, layout: Layout, pool: PiecePool) {
    this.#torrent = torrent;
    this.#layout = layout;
    this.#pool = pool;
  }

  get isIdle(): boolean {
    return this.#count === 0;
  }
  /** Of buffers that the disk has not given back yet. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** Hands a full run over, and its buffer with it. */
  store(partial: PartialPiece, run: number, out: SessionOutput[]): void {
    const { piece } = partial;
    const { buffer } = partial.takeBuffer(run);
    const byteLength = partial.runLength(run);
    const torrent = this.#torrent;
    partial.runsInFlight++;
    if (partial.runCount > 1) {
      this.#running.set(piece, partial);
      return this.#handOver({ type: "store-run", torrent, piece, begin: partial.runBegin(run), buffer, byteLength }, out);
    }
    this.#handOver({ type: "store-piece", torrent, piece, buffer, byteLength, expected: expectationOf(this.#layout, piece) }, out);
  }

  #handOver(handover: Handover, out: SessionOutput[]): void {
    this.#count++;
    this.#byteLength += handover.buffer.byteLength;
    out.push(handover);
  }

  /** The disk refused a piece; true when it is kept to be handed over again, and its buffer with it. */
  holdPiece(piece: PieceIndex, buffer: ArrayBuffer): boolean {
    const byteLength = this.#layout.pieceByteLength(piece);
    const expected = expectationOf(this.#layout, piece);
    return this.#hold({ type: "store-piece", torrent: this.#torrent, piece, buffer, byteLength, expected });
  }

  /** The disk refused a run; true when it is kept to be handed over again, and its buffer with it. */
  holdRun(piece: PieceIndex, begin: number, buffer: ArrayBuffer): boolean {
    const partial = this.#running.get(piece);
    if (partial === undefined) return false;
    const byteLength = partial.runLength(partial.runOf(begin / BLOCK_LENGTH));
    return this.#hold({ type: "store-run", torrent: this.#torrent, piece, begin, buffer, byteLength });
  }

  #hold(handover: Handover): boolean {
    if (!this.#pool.hold(handover.buffer.byteLength)) return false;
    this.#answered(handover.buffer.byteLength);
    this.#held.push(handover);
    return true;
  }

  /** The disk takes things again. */
  handOverHeld(out: SessionOutput[]): void {
    for (const handover of this.#held.splice(0)) {
      this.#pool.unhold(handover.buffer.byteLength);
      this.#handOver(handover, out);
    }
  }

  /** It never will: the torrent ends. */
  giveHeldBack(): void {
    for (const { buffer } of this.#held.splice(0)) {
      this.#pool.unhold(buffer.byteLength);
      this.#pool.give(buffer);
    }
  }

  /** A whole piece was judged, or refused; its buffer of so many bytes is back. */
  pieceAnswered(bufferLength: number): void {
    this.#answered(bufferLength);
  }

  /** `whole`: every run of the piece is on the disk, and it can be hashed there. */
  runAnswered(piece: PieceIndex, bufferLength: number, isRefused: boolean): "unknown" | "more" | "whole" {
    this.#answered(bufferLength);
    const partial = this.#running.get(piece);
    if (partial === undefined) return "unknown";
    partial.runsInFlight--;
    if (isRefused) {
      this.#running.delete(piece);
      return "more";
    }
    partial.storedRuns++;
    return partial.storedRuns === partial.runCount ? "whole" : "more";
  }

  #answered(bufferLength: number): void {
    this.#count--;
    this.#byteLength -= bufferLength;
  }

  /** A verdict on the piece is here; true when its runs were waiting for one. */
  judged(piece: PieceIndex): boolean {
    return this.#running.delete(piece);
  }
}

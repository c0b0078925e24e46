/**
 * Pieces that arrive: handed to the disk, judged where they lie, and counted among the files or given back to be fetched again.
 * @module
 */
import { HostError, type Millis, type PieceIndex } from "@bittern/protocol/base";
import type { SessionOutput } from "../../session/output.ts";
import type { ContentInput, ContentNews, ContentOptions } from "./content-news.ts";
import type { Durability } from "./durability.ts";
import type { FileTable } from "./file-table.ts";
import type { PartialPiece } from "./partial-piece.ts";
import { expectationOf, Storing } from "./storing.ts";

/** The disk has refused; told at its place among the other news. */
type Refuse = (fault: HostError) => void;

export class Arrivals {
  readonly #options: ContentOptions;
  readonly #files: FileTable;
  readonly #durability: Durability;
  readonly #storing: Storing;
  #mayHold = true;

  constructor(options: ContentOptions, files: FileTable, durability: Durability) {
    this.#options = options;
    this.#files = files;
    this.#durability = durability;
    this.#storing = new Storing(options.torrent, options.metainfo.layout, options.pool);
  }

  /** Nothing is at the disk. */
  get isIdle(): boolean {
    return this.#storing.isIdle;
  }
  /** Of buffers that the disk has not given back yet. */
  get byteLength(): number {
    return this.#storing.byteLength;
  }

  /** Hands a full run to the disk; a piece of several runs is hashed where it lies once all of them are there. */
  store(partial: PartialPiece, run: number, out: SessionOutput[]): void {
    this.#storing.store(partial, run, out);
  }

  /** The disk takes things again: what it refused is handed over first. */
  healed(out: SessionOutput[]): void {
    this.#storing.handOverHeld(out);
  }

  /** Nothing is kept for later from now on. */
  end(): void {
    this.#mayHold = false;
    this.#storing.giveHeldBack();
  }

  /** Has pieces hashed where they lie. */
  askVerdict(pieces: readonly PieceIndex[], out: SessionOutput[]): void {
    const { torrent, metainfo } = this.#options;
    const expected = pieces.map((piece) => expectationOf(metainfo.layout, piece));
    out.push({ type: "verify", torrent, pieces, expected });
  }

  pieceStored(input: Extract<ContentInput, { type: "piece-stored" }>, now: Millis, news: ContentNews[], refuse: Refuse): void {
    const { piece, outcome, buffer } = input;
    if (outcome instanceof HostError && this.#isWorthHolding(outcome) && this.#storing.holdPiece(piece, buffer)) return refuse(outcome);
    this.#storing.pieceAnswered(buffer.byteLength);
    const bytes = new Uint8Array(buffer);
    if (outcome instanceof HostError) {
      news.push({ type: "piece-unstored", piece });
      refuse(outcome);
    } else if (outcome.good) {
      this.#keep(piece, bytes, now, news);
    } else {
      news.push({ type: "piece-bad", piece, bytes, leaves: outcome.leaves });
    }
    news.push({ type: "buffer", buffer });
  }

  runStored(input: Extract<ContentInput, { type: "run-stored" }>, news: ContentNews[], out: SessionOutput[], refuse: Refuse): void {
    const { piece, begin, buffer, fault } = input;
    if (fault !== undefined && this.#isWorthHolding(fault) && this.#storing.holdRun(piece, begin, buffer)) return refuse(fault);
    news.push({ type: "buffer", buffer });
    const progress = this.#storing.runAnswered(piece, buffer.byteLength, fault !== undefined);
    if (progress === "whole") return this.askVerdict([piece], out);
    if (progress === "unknown" || fault === undefined) return;
    news.push({ type: "piece-unstored", piece });
    refuse(fault);
  }

  /** There will be room again. After other faults a buffer may hold anything: that of a worker that died is another one. */
  #isWorthHolding({ code }: HostError): boolean {
    return this.#mayHold && code === "DISK_FULL";
  }

  /** A verdict outside of a check: on a piece of several runs, or on one whose read failed. */
  judged(input: Extract<ContentInput, { type: "verified" }>, now: Millis, news: ContentNews[], refuse: Refuse): void {
    const { pieces, outcome } = input;
    const lost: PieceIndex[] = [];
    pieces.forEach((piece, place) => {
      const isGood = !(outcome instanceof HostError) && outcome[place] === 1;
      const wasRunning = this.#storing.judged(piece);
      if (wasRunning && isGood) this.#keep(piece, undefined, now, news);
      else if (wasRunning) news.push({ type: "piece-bad", piece, bytes: undefined, leaves: undefined });
      else if (isGood) this.#durability.planner.verified(piece, now);
      else if (this.#files.remove(piece)) lost.push(piece);
    });
    for (const piece of lost) this.#durability.planner.lost(piece, now);
    if (lost.length > 0) news.push({ type: "pieces-lost", pieces: lost });
    if (outcome instanceof HostError) refuse(outcome);
  }

  #keep(piece: PieceIndex, bytes: Uint8Array | undefined, now: Millis, news: ContentNews[]): void {
    this.#files.add(piece);
    this.#durability.downloaded += this.#files.contentLength(piece);
    this.#durability.planner.stored(piece, now);
    news.push({ type: "piece-good", piece, bytes });
  }
}

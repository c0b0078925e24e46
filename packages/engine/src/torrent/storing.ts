/**
 * Pieces on their way to the disk: whole ones, and those that go in runs and are hashed where they lie.
 * @module
 */
import type { PieceIndex } from "@bittern/protocol/base";
import type { Layout } from "@bittern/protocol/metainfo";
import type { TorrentId } from "../session/ids.ts";
import type { SessionOutput } from "../session/output.ts";
import type { PartialPiece } from "./partial-piece.ts";

/** Of a piece whose hashes are not known: nothing satisfies it. */
const NO_EXPECTATION: Expectation = { sha1: new Uint8Array(20) };

type Expectation = NonNullable<ReturnType<Layout["expectation"]>>;

/** What the piece has to hash to. */
export function expectationOf(layout: Layout, piece: PieceIndex): Expectation {
  return layout.expectation(piece) ?? NO_EXPECTATION;
}

export class Storing {
  readonly #torrent: TorrentId;
  readonly #layout: Layout;
  /** Pieces of several runs until their verdict. */
  readonly #running = new Map<PieceIndex, PartialPiece>();
  /** Pieces and runs at the disk. */
  #count = 0;
  #byteLength = 0;

  constructor(torrent: TorrentId, layout: Layout) {
    this.#torrent = torrent;
    this.#layout = layout;
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
    this.#count++;
    this.#byteLength += buffer.byteLength;
    if (partial.runCount > 1) {
      this.#running.set(piece, partial);
      out.push({ type: "store-run", torrent, piece, begin: partial.runBegin(run), buffer, byteLength });
      return;
    }
    out.push({ type: "store-piece", torrent, piece, buffer, byteLength, expected: expectationOf(this.#layout, piece) });
  }

  /** A whole piece was judged, or refused; its buffer of so many bytes is back. */
  pieceAnswered(bufferLength: number): void {
    this.#count--;
    this.#byteLength -= bufferLength;
  }

  /** `whole`: every run of the piece is on the disk, and it can be hashed there. */
  runAnswered(piece: PieceIndex, bufferLength: number, isRefused: boolean): "unknown" | "more" | "whole" {
    this.#count--;
    this.#byteLength -= bufferLength;
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

  /** A verdict on the piece is here; true when its runs were waiting for one. */
  judged(piece: PieceIndex): boolean {
    return this.#running.delete(piece);
  }
}

/**
 * How the files of a torrent are read: which pieces are verified, who waits for one, and which are wanted before others.
 * @module
 */
import type { SessionRun, TorrentId } from "@bittern/engine";
import { type Bitfield, HostError, type PieceIndex } from "@bittern/protocol/base";
import { Hurry } from "./hurry.ts";
import type { FilePort } from "./torrent-file.ts";
import { asked, Waits } from "./waits.ts";

/** What reading asks of its torrent. */
export interface ReaderParts {
  readonly run: SessionRun;
  readonly id: TorrentId;
  readonly name: () => string;
  /** Throws where the torrent stands still for good; of type `undefined`, so that a wait can ask on. */
  readonly throwFault: () => undefined;
  readonly throwIfEnded: () => void;
  /** Which pieces are wanted before others has changed. */
  readonly hurry: (pieces: readonly PieceIndex[]) => void;
}

export class ContentReader {
  readonly #parts: ReaderParts;
  readonly #waits = new Waits();
  readonly #hurry = new Hurry();
  /** The verified pieces, while somebody reads; forgotten whenever more than one piece may have changed. */
  #have: Bitfield | undefined;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  /** What the files of the torrent stand on. */
  port(pieceLength: number, priorities: Pick<FilePort, "priorityOf" | "setPriority">): FilePort {
    return {
      ...priorities,
      pieceLength,
      verifiedFrom: (offset, length) => this.#verifiedFrom(offset, length, pieceLength),
      whenVerified: async (piece, signal) => {
        await this.#waits.until(() => (this.#isReadable(piece) ? true : this.#parts.throwFault()), signal);
      },
      read: (offset, length) => this.#read(offset, length),
      hurry: (reader, pieces) => {
        if (this.#hurry.setWindow(reader, pieces)) this.#tellHurry();
      },
    };
  }

  /** The piece is wanted at that time of `performance.now()`. */
  setDeadline(piece: PieceIndex, at: number): void {
    this.#hurry.setDeadline(piece, at);
    this.#tellHurry();
  }

  /** Hot: a piece is verified. */
  pieceArrived(piece: PieceIndex): void {
    this.#have?.add(piece);
    this.#hurry.arrived(piece);
  }

  /** Any piece may have come or gone. */
  forget(): void {
    this.#have = undefined;
  }

  /** Something that readers wait for may have happened. */
  look(): void {
    this.#waits.look();
  }

  end(reason: Error): void {
    this.#waits.end(reason);
  }

  #tellHurry(): void {
    this.#parts.hurry(this.#hurry.pieces);
  }

  #pieces(): Bitfield | undefined {
    this.#have ??= this.#parts.run.pieces(this.#parts.id);
    return this.#have;
  }

  #isReadable(piece: PieceIndex): boolean {
    return this.#pieces()?.has(piece) === true && this.#parts.run.store(this.#parts.id) !== undefined;
  }

  #verifiedFrom(offset: number, length: number, pieceLength: number): number {
    const have = this.#pieces();
    let at = offset;
    while (at < offset + length && have?.has(Math.floor(at / pieceLength)) === true) at = (Math.floor(at / pieceLength) + 1) * pieceLength;
    return Math.min(at, offset + length) - offset;
  }

  async #read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    this.#parts.throwIfEnded();
    const store = this.#parts.run.store(this.#parts.id);
    if (store === undefined) throw new HostError("STORAGE_MISSING", `${this.#parts.name()} is not open`);
    const lent = await asked<{ readonly bytes: Uint8Array; release(): void }>((answer) => store.read(offset, length, answer));
    const bytes = lent.bytes.slice();
    lent.release();
    return bytes as Uint8Array<ArrayBuffer>;
  }
}

/**
 * Who waits for which pieces: readers with the window in front of them, and pieces with a deadline. The engine hears one list.
 * @module
 */
import type { PieceIndex } from "@bittern/protocol/base";

export class Hurry {
  /** Owner -> pieces it waits for, next first. */
  readonly #windows = new Map<object, readonly PieceIndex[]>();
  /** Piece -> when it is wanted, in milliseconds of the caller's clock. */
  readonly #deadlines = new Map<PieceIndex, number>();

  /** An empty window is none. Answers whether the list may have changed. */
  setWindow(owner: object, pieces: readonly PieceIndex[]): boolean {
    const before = this.#windows.get(owner) ?? [];
    if (before.length === pieces.length && before.every((piece, at) => piece === pieces[at])) return false;
    if (pieces.length === 0) this.#windows.delete(owner);
    else this.#windows.set(owner, pieces);
    return true;
  }

  setDeadline(piece: PieceIndex, at: number): void {
    this.#deadlines.set(piece, at);
  }

  /** The piece has arrived: nobody waits for it by deadline any more. */
  arrived(piece: PieceIndex): void {
    this.#deadlines.delete(piece);
  }

  /** All pieces that somebody waits for, the most urgent first: by deadline, then the windows side by side. */
  get pieces(): readonly PieceIndex[] {
    const byDeadline = [...this.#deadlines].sort(([, left], [, right]) => left - right).map(([piece]) => piece);
    const windows = [...this.#windows.values()];
    const depth = Math.max(0, ...windows.map((window) => window.length));
    const side: PieceIndex[] = [];
    for (let at = 0; at < depth; at++) for (const window of windows) if (at < window.length) side.push(window[at] as PieceIndex);
    return [...new Set([...byDeadline, ...side])];
  }
}

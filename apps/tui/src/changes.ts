/**
 * What of a frame is not on the screen yet. Of most frames that is a few lines, and Ink, which looks at every sign of what it
 * draws, then has a few lines to look at.
 * @module
 */
import { isSameLine, type Line } from "./paint/line.ts";

/** What changes its frame and tells of it. */
export interface FrameSource {
  readonly subscribe: (listener: () => void) => () => void;
  readonly frame: () => readonly Line[];
}

/** A line, and where it belongs: 0 is the first. */
export interface PlacedLine {
  readonly row: number;
  readonly line: Line;
}

export class Changes {
  readonly subscribe: FrameSource["subscribe"];
  readonly #source: FrameSource;
  #drawn: readonly Line[] = [];
  /** What the placed lines were taken from. */
  #frame: readonly Line[] | undefined;
  #placed: readonly PlacedLine[] = [];

  constructor(source: FrameSource) {
    this.#source = source;
    this.subscribe = source.subscribe;
  }

  /**
   * The lines that differ from those drawn; the same ones until others do. Frames that come faster than they are drawn are
   * compared with what is on the screen, not with each other.
   */
  readonly placed = (): readonly PlacedLine[] => {
    const frame = this.#source.frame();
    if (frame === this.#frame) return this.#placed;
    const placed = frame.flatMap((line, row) => {
      const before = this.#drawn[row];
      return before !== undefined && isSameLine(before, line) ? [] : [{ row, line }];
    });
    this.#frame = frame;
    if (placed.length > 0 || this.#placed.length > 0) this.#placed = placed;
    return this.#placed;
  };

  /** They are on the screen now. */
  drawn(placed: readonly PlacedLine[]): void {
    if (placed === this.#placed && this.#frame !== undefined) this.#drawn = this.#frame;
  }

  /** The screen is not to be relied on: all lines differ. */
  forget(): void {
    this.#drawn = [];
    this.#frame = undefined;
  }
}

/**
 * Rates of the past as the columns of a graph.
 * @module
 */

export interface RateGraph {
  /** One a column, the newest at the right, in eighths of a line: 0 to 8 × lines. */
  readonly heights: readonly number[];
  /** Bytes per second of a full column. */
  readonly top: number;
}

const EIGHTHS = 8;

/** The last `columns` rates on `lines` lines; the scale fits the highest of them. */
export function rateGraph(past: readonly number[], columns: number, lines: number): RateGraph {
  const shown = past.slice(-columns);
  const top = Math.max(1, ...shown);
  const full = lines * EIGHTHS;
  const heights = shown.map((rate) => (rate <= 0 ? 0 : Math.max(1, Math.round((rate / top) * full))));
  return { heights: [...Array.from({ length: columns - heights.length }, () => 0), ...heights], top };
}

/** Rates of one torrent, or of all, a second apart; the oldest are forgotten. */
export class RateHistory {
  readonly #length: number;
  readonly #down: number[] = [];
  readonly #up: number[] = [];

  constructor(length: number) {
    this.#length = length;
  }

  add(down: number, up: number): void {
    for (const [past, rate] of [
      [this.#down, down],
      [this.#up, up],
    ] as const) {
      past.push(rate);
      if (past.length > this.#length) past.shift();
    }
  }

  /** Copies, the newest last. */
  get past(): { readonly down: readonly number[]; readonly up: readonly number[] } {
    return { down: [...this.#down], up: [...this.#up] };
  }
}

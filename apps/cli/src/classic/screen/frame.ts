/**
 * A screen of text, as a value: rows of signs, some of them bold. The view functions draw it, the screen shows it.
 * @module
 */
import { displayWidth, fit } from "@bittern/faces";

export interface FrameSize {
  readonly columns: number;
  readonly rows: number;
}

interface Run {
  readonly text: string;
  readonly isBold: boolean;
}

export class Frame {
  readonly columns: number;
  readonly rows: number;
  readonly #runs: Run[][];

  constructor({ columns, rows }: FrameSize) {
    this.columns = columns;
    this.rows = rows;
    this.#runs = Array.from({ length: rows }, () => []);
  }

  /** Writes from a column on what fits before `end`; a row is written from left to right. */
  put(
    row: number,
    column: number,
    text: string,
    { end = this.columns, isBold = false }: { readonly end?: number; readonly isBold?: boolean } = {},
  ): void {
    const runs = this.#runs[row];
    if (runs === undefined) return;
    const used = runs.reduce((sum, run) => sum + displayWidth(run.text), 0);
    if (column < used || end <= column) return;
    if (column > used) runs.push({ text: " ".repeat(column - used), isBold: false });
    runs.push({ text: fit(text, Math.min(end, this.columns) - column), isBold });
  }

  /** What is read of it. */
  get lines(): readonly string[] {
    return this.#runs.map((runs) => runs.map(({ text }) => text).join(""));
  }

  /** What a terminal is told, a row each. */
  get codes(): readonly string[] {
    return this.#runs.map((runs) => runs.map(({ text, isBold }) => (isBold ? `\u001b[1m${text}\u001b[0m` : text)).join(""));
  }
}

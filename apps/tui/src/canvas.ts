/**
 * Draws lines on a terminal, each in the place that its mark names, and only those that are not there already.
 *
 * Ink writes all it has into it (its "debug" mode). Its own way of redrawing erases as many lines as it drew, which flickers
 * over a slow line, and clears the scrollback of tmux when a window shrinks; and its incremental mode is off by a line below
 * a frame that does not fill the screen (6.8.0). Here every line has its absolute place.
 * @module
 */
import { Writable } from "node:stream";
import type { ScreenSize } from "@bittern/faces";

/** Synchronized update: terminals that know it show a frame at once, the others take no notice. */
const BEGIN = "\u001b[?2026h";
const END = "\u001b[?2026l";
const CLEAR = "\u001b[2J";

export interface CanvasTarget {
  readonly size: ScreenSize;
  write(text: string): void;
}

export class Canvas {
  readonly #target: CanvasTarget;
  readonly #lines: string[] = [];
  #isBlank = true;
  /** For Ink. */
  readonly stream: NodeJS.WriteStream;

  constructor(target: CanvasTarget) {
    this.#target = target;
    const stream = new Writable({
      decodeStrings: false,
      write: (chunk: string | Buffer, _encoding, done) => {
        if (chunk.length > 0) this.draw(String(chunk));
        done();
      },
    });
    this.stream = Object.defineProperties(stream, {
      isTTY: { value: true },
      columns: { get: () => target.size.columns + MARK_WIDTH },
      rows: { get: () => target.size.lines },
    }) as unknown as NodeJS.WriteStream;
  }

  /** What is on the screen is not to be relied on: the next frame is drawn whole. */
  forget(): void {
    this.#isBlank = true;
  }

  draw(text: string): void {
    const { size } = this.#target;
    const given = text.split("\n").map(placedText);
    const changed = given.filter(({ row, line }) => row < size.lines && (this.#isBlank || this.#lines[row] !== line));
    for (const { row, line } of given) this.#lines[row] = line;
    const rows = this.#isBlank ? [...this.#lines.keys()].slice(0, size.lines) : changed.map(({ row }) => row);
    const changes = rows.map((row) => `\u001b[${row + 1};1H\u001b[K${this.#lines[row] ?? ""}`).join("");
    if (changes !== "") this.#target.write(BEGIN + (this.#isBlank ? CLEAR : "") + changes + END);
    this.#isBlank = false;
  }
}

/** Columns of a mark. */
const MARK_WIDTH = 4;

/** What stands before a line: its row. */
export function rowMark(row: number): string {
  return `${String(row).padStart(MARK_WIDTH - 1)} `;
}

/** What bears no mark, such as a fault that Ink reports, stays where it is. */
function placedText(text: string, at: number): { readonly row: number; readonly line: string } {
  const [, row] = /^ *(\d{1,3})(?: |$)/.exec(text.slice(0, MARK_WIDTH)) ?? [];
  return row === undefined ? { row: at, line: text } : { row: Number(row), line: text.slice(MARK_WIDTH) };
}

/**
 * Draws frames on a terminal: of each frame only the lines that are not there already.
 *
 * Ink writes whole frames into it (its "debug" mode). Its own way of redrawing erases as many lines as it drew, which flickers
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
  #lines: readonly string[] = [];
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
      columns: { get: () => target.size.columns },
      rows: { get: () => target.size.lines },
    }) as unknown as NodeJS.WriteStream;
  }

  /** What is on the screen is not to be relied on: the next frame is drawn whole. */
  forget(): void {
    this.#isBlank = true;
  }

  draw(frame: string): void {
    const lines = frame.split("\n").slice(0, this.#target.size.lines);
    const changes = lines
      .map((line, at) => (!this.#isBlank && line === this.#lines[at] ? "" : `\u001b[${at + 1};1H\u001b[K${line}`))
      .join("");
    if (changes !== "" || this.#isBlank) this.#target.write(BEGIN + (this.#isBlank ? CLEAR : "") + changes + END);
    this.#isBlank = false;
    this.#lines = lines;
  }
}

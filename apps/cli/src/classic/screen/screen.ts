/**
 * The whole terminal as a canvas: shows frames, tells of keys and of other sizes, gives everything back at the end.
 * @module
 */
import { UsageError } from "@bittern/protocol/base";
import { listenToKeys } from "../../keys.ts";
import type { Frame, FrameSize } from "./frame.ts";

const CONTROL_L = "\u000c";
const ENTER = "\u001b[?1049h\u001b[?25l\u001b[2J";
const LEAVE = "\u001b[?25h\u001b[?1049l";
const SIZE_DEFAULT: FrameSize = { columns: 80, rows: 24 };

export interface ScreenListeners {
  /** Draws the frame of now. */
  readonly draw: (size: FrameSize) => Frame;
  /** A key other than Ctrl-L, in lower case. */
  readonly onKey: (key: string) => void;
}

export class Screen {
  readonly #listeners: ScreenListeners;
  readonly #giveBackKeys: () => void;
  readonly #onResize = (): void => this.redraw();
  readonly #onExit = (): void => this.close();
  #shown: readonly string[] = [];
  #isOpen = true;

  /** Takes the terminal; throws where there is none. */
  constructor(program: string, listeners: ScreenListeners) {
    // A dumb terminal, such as a shell within an editor, would show the sequences themselves.
    if (process.stdout.isTTY !== true || process.env["TERM"] === "dumb") {
      throw new UsageError(
        "TERMINAL_MISSING",
        `${program} fills a terminal, and there is none; where output goes to a file or a pipe use its headless sister`,
      );
    }
    this.#listeners = listeners;
    process.stdout.write(ENTER);
    process.stdout.on("resize", this.#onResize);
    process.on("exit", this.#onExit);
    this.#giveBackKeys = listenToKeys((key) => (key === CONTROL_L ? this.redraw() : listeners.onKey(key)));
  }

  /** Shows the frame of now: only the rows that changed are written. */
  draw(): void {
    if (!this.#isOpen) return;
    const rows = this.#listeners.draw(this.#size).codes;
    const changed = rows.flatMap((row, at) => (row === this.#shown[at] ? [] : [`\u001b[${at + 1};1H${row}\u001b[K`]));
    this.#shown = rows;
    if (changed.length > 0) process.stdout.write(changed.join(""));
  }

  /** The same from nothing, after another program wrote over it or the size changed. */
  redraw(): void {
    if (!this.#isOpen) return;
    this.#shown = [];
    process.stdout.write("\u001b[2J");
    this.draw();
  }

  /** Gives the terminal back. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    process.stdout.off("resize", this.#onResize);
    process.off("exit", this.#onExit);
    this.#giveBackKeys();
    process.stdout.write(LEAVE);
  }

  /** A terminal that does not know its size says 0. */
  get #size(): FrameSize {
    const { columns, rows } = process.stdout;
    return { columns: columns > 0 ? columns : SIZE_DEFAULT.columns, rows: rows > 0 ? rows : SIZE_DEFAULT.rows };
  }
}

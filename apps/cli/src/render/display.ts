/**
 * The progress line: redrawn in place on a terminal, a plain line every few seconds elsewhere, nothing when quiet.
 * @module
 */
import type { ProgressView } from "@bittern/faces";
import type { Catalogue } from "../messages/catalogue.ts";
import type { Output } from "../output.ts";

/** Milliseconds. Work that is over sooner shows nothing. */
const PATIENCE_MILLIS = 500;
const REDRAW_MILLIS = 150;
const PLAIN_LINE_MILLIS = 5000;

/** The part of a terminal that is needed here. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Standard error; a dumb terminal, which would show the sequences themselves, is written to as a file is. */
export function standardError(environment: Readonly<Record<string, string | undefined>> = process.env): Screen {
  return environment["TERM"] === "dumb" ? { write: (text) => process.stderr.write(text) } : process.stderr;
}

export class ProgressDisplay {
  readonly #screen: Screen;
  readonly #isQuiet: boolean;
  readonly #messages: Catalogue;
  readonly #now: () => number;
  readonly #startedAt: number;
  #shownAt = Number.NEGATIVE_INFINITY;
  #isDrawn = false;
  /** Nothing is drawn while another text holds the screen. */
  #heldUntil = Number.NEGATIVE_INFINITY;

  constructor(output: Output, screen: Screen = standardError(), now: () => number = () => performance.now()) {
    this.#screen = screen;
    this.#isQuiet = output.isQuiet;
    this.#messages = output.messages;
    this.#now = now;
    this.#startedAt = now();
    output.beforeText = () => this.clear();
  }

  /** Whether a call of `update` now would be shown: spares the caller making a view for nothing. */
  get isDue(): boolean {
    const now = this.#now();
    if (this.#isQuiet || now < this.#heldUntil) return false;
    if (this.#screen.isTTY === true) return now >= this.#startedAt + PATIENCE_MILLIS && now >= this.#shownAt + REDRAW_MILLIS;
    return now >= Math.max(this.#startedAt, this.#shownAt) + PLAIN_LINE_MILLIS;
  }

  /** Columns; a terminal that does not know how wide it is says 0. */
  get #width(): number {
    const columns = this.#screen.columns ?? 0;
    return (columns > 0 ? columns : 80) - 1;
  }

  update(view: ProgressView): void {
    if (!this.isDue) return;
    this.#shownAt = this.#now();
    if (this.#screen.isTTY !== true) {
      this.#screen.write(`${this.#messages.progressWords(view)}\n`);
      return;
    }
    this.#screen.write(`\r\u001b[K${this.#messages.progressLine(view, this.#width)}`);
    this.#isDrawn = true;
  }

  /** Leaves the screen to another text for a while. */
  hold(millis: number): void {
    this.clear();
    this.#heldUntil = this.#now() + millis;
  }

  /** Takes the line away. */
  clear(): void {
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    this.#screen.write("\r\u001b[K");
  }
}

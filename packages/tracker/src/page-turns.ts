/**
 * Requests for pages take turns: one at a turn of the host's, for a page costs as much as a hundred announces. So do full scrapes, a
 * step of one of them at a turn.
 *
 * Without this, whoever sends a thousand requests for pages in one go would have them all made before anybody else is heard, and a
 * scrape whose client reads fast would be made from end to end.
 * @module
 */

export class PageTurns {
  readonly #soon: (wake: () => void) => void;
  readonly #waiting: Set<() => void> = new Set();
  #isTaken = false;
  readonly #goOn = (): void => this.#next();

  /** `soon` calls back when the turn is over. */
  constructor(soon: (wake: () => void) => void) {
    this.#soon = soon;
  }

  /** Does `make` at once when nobody had this turn yet, and otherwise in a later one, in the order of asking. */
  take(make: () => void): void {
    if (this.#isTaken) {
      this.#waiting.add(make);
      return;
    }
    this.#begin(make);
  }

  #next(): void {
    this.#isTaken = false;
    const [make] = this.#waiting;
    if (make === undefined) return;
    this.#waiting.delete(make);
    this.#begin(make);
  }

  #begin(make: () => void): void {
    this.#isTaken = true;
    this.#soon(this.#goOn);
    make();
  }
}

/**
 * Who may work on a store: many at once, or one alone. What comes while somebody is alone, or waits to be, waits behind it.
 * @module
 */

export class Gate {
  #insideCount = 0;
  #isAlone = false;
  readonly #waiting: { readonly work: () => void; readonly isAlone: boolean }[] = [];

  /** Works beside others; every entry is ended by one `leave`. */
  enter(work: () => void): void {
    if (this.#isAlone || this.#waiting.length > 0) {
      this.#waiting.push({ work, isAlone: false });
      return;
    }
    this.#insideCount++;
    work();
  }

  /** Works alone, once everybody has left; ended by `leave`. */
  enterAlone(work: () => void): void {
    this.#waiting.push({ work, isAlone: true });
    this.#next();
  }

  leave(): void {
    this.#insideCount--;
    this.#isAlone = false;
    this.#next();
  }

  #next(): void {
    while (!this.#isAlone) {
      const first = this.#waiting[0];
      if (first === undefined || (first.isAlone && this.#insideCount > 0)) return;
      this.#waiting.shift();
      this.#insideCount++;
      this.#isAlone = first.isAlone;
      first.work();
    }
  }
}

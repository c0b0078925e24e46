/**
 * Which files are made when. What a torrent cannot be complete without is made at once: empty files, and what lies there with
 * another length. So are as many others as stay open. The rest is made in the background, some at a time, unless a write
 * comes first and makes the file by itself: with thousands of small files, making each twice costs as much as the transfer.
 * @module
 */

/** Made at once: as many as the worker keeps open, so that the first writes find them so. */
const AT_ONCE_MAX = 64;
/** Milliseconds a transfer may have for itself first, and between two lots. */
const PATIENCE_MILLIS = 1000;
const PAUSE_MILLIS = 25;
/** Files of one lot: some milliseconds of the worker's time. */
const LOT_MAX = 256;

/** What is known of a file. */
export interface FileFacts {
  /** Bytes. */
  lengthOf(file: number): number;
  isMade(file: number): boolean;
}

/** The files to make before anything else, and those that may wait. */
export function splitToMake(files: readonly number[], facts: FileFacts): { now: number[]; later: number[] } {
  const now: number[] = [];
  const later: number[] = [];
  let newCount = 0;
  for (const file of files) {
    if (facts.isMade(file) || facts.lengthOf(file) === 0 || ++newCount <= AT_ONCE_MAX) now.push(file);
    else later.push(file);
  }
  return { now, later };
}

/** Makes files in the background, lot by lot. */
export class Making {
  readonly #make: (files: readonly number[], made: (isGood: boolean) => void) => void;
  #left: readonly number[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** `make` makes those of the files that still have to be made; where it cannot, whoever writes will hear why. */
  constructor(make: (files: readonly number[], made: (isGood: boolean) => void) => void) {
    this.#make = make;
  }

  begin(files: readonly number[]): void {
    this.#left = files;
    this.#wait(PATIENCE_MILLIS);
  }

  /** Nothing is made any more. */
  end(): void {
    this.#left = [];
    clearTimeout(this.#timer);
  }

  #wait(millis: number): void {
    clearTimeout(this.#timer);
    if (this.#left.length === 0) return;
    this.#timer = setTimeout(() => this.#step(), millis).unref();
  }

  #step(): void {
    const lot = this.#left.slice(0, LOT_MAX);
    this.#left = this.#left.slice(LOT_MAX);
    this.#make(lot, (isGood) => {
      if (isGood) this.#wait(PAUSE_MILLIS);
      else this.end();
    });
  }
}

/**
 * What a bench is: a file `bench/<letter>-<noun>.ts` that exports `bench`.
 * @module
 */

export interface BenchOptions {
  /** Measured runs of each contender. */
  readonly runs: number;
  /** Names of contenders to leave out all others; empty for all. */
  readonly only: readonly string[];
  /** A folder of the bench's own, empty at first and removed afterwards, on the disk of the checkout. */
  readonly folder: string;
  /** A line of progress on standard error. */
  note(text: string): void;
}

export interface Bench {
  /** The question it answers, with the budget. */
  readonly question: string;
  /** Answers with Markdown: usually one table of `formatTable`. */
  run(options: BenchOptions): Promise<string>;
}

/**
 * What a bench is: a file `bench/<letter>-<noun>.ts` that exports `bench`.
 * @module
 */
import { type Column, type Contender, formatTable, interleave, type Samples } from "./figures.ts";

export interface BenchOptions {
  /** Measured runs of each contender. */
  readonly runs: number;
  /** Names of contenders to leave out all others; empty for all. A part of a name is enough where no contender has the whole. */
  readonly only: readonly string[];
  /** A folder of the bench's own, empty at first and removed afterwards: on tmpfs when it has room, unless `--folder` says otherwise. */
  readonly folder: string;
  /** Where our programs leave a .cpuprofile of their main thread; `undefined` without `--profile`. */
  readonly profileFolder: string | undefined;
  /** Another build's bittern.js, to be compared with this one in the same run; only transfers look at it. */
  readonly other: string | undefined;
  /** A line of progress on standard error. */
  readonly note: (text: string) => void;
}

export interface Bench {
  /** The question it answers, with the budget. */
  readonly question: string;
  /** Answers with Markdown: usually one table of `formatTable`. */
  run(options: BenchOptions): Promise<string>;
}

/** Lets the chosen contenders take turns. */
export async function compare<Figure extends string>(
  { runs, only, note }: BenchOptions,
  contenders: readonly Contender<Figure>[],
  columns: readonly Column<Figure>[],
  warmUps = 1,
): Promise<string> {
  return formatTable(await takeTurns({ runs, only, note }, contenders, warmUps), columns);
}

async function takeTurns<Figure extends string>(
  { runs, only, note }: Pick<BenchOptions, "runs" | "only" | "note">,
  contenders: readonly Contender<Figure>[],
  warmUps: number,
): Promise<Samples<Figure>> {
  const names = new Set(contenders.map(({ name }) => name));
  const isMeant = (name: string, wanted: string): boolean => (names.has(wanted) ? name === wanted : name.includes(wanted));
  const chosen = contenders.filter(({ name }) => only.length === 0 || only.some((wanted) => isMeant(name, wanted)));
  if (chosen.length === 0) throw new TypeError(`--only leaves none of ${contenders.map(({ name }) => `"${name}"`).join(", ")}`);
  return interleave(chosen, {
    runs,
    warmUps,
    announce: (name, round) => note(`${name}, ${round < 0 ? "warm-up" : `run ${round + 1} of ${runs}`}`),
    fail: (name, fault) => note(`${name} FAILED: ${fault instanceof Error ? fault.message : String(fault)}`),
  });
}

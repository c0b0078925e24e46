/**
 * The command line of `npm run bench`.
 * @module
 */
import { parseArgs } from "node:util";

export const USAGE =
  "usage: npm run bench -- [bench ...] [--runs N] [--only NAME]... [--folder DIR] [--profile] [--other BIN] [--write] [--list]";

/** `<letter>-<noun>.ts`: a letter may have several nouns. */
export interface BenchFile {
  readonly file: string;
  /** Upper case. */
  readonly letter: string;
  readonly noun: string;
}

export interface Choice {
  readonly benches: readonly BenchFile[];
  readonly runs: number;
  readonly only: readonly string[];
  /** Where data may go; chosen by free room when left out. */
  readonly folder: string | undefined;
  readonly profile: boolean;
  /** Path of another build's bittern.js. */
  readonly other: string | undefined;
  readonly write: boolean;
  readonly list: boolean;
}

/** Benches there are, and the letters of those meant when none is named; a list names all. */
export interface Benches {
  readonly known: readonly BenchFile[];
  readonly usual: readonly string[];
}

export function readChoice(args: readonly string[], { known, usual }: Benches): Choice {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      runs: { type: "string", default: "5" },
      only: { type: "string", multiple: true, default: [] },
      folder: { type: "string" },
      profile: { type: "boolean", default: false },
      other: { type: "string" },
      write: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
    },
  });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new TypeError(`--runs takes a whole number from 1, not ${values.runs}`);
  const fallback = known.filter(({ letter }) => values.list || usual.includes(letter));
  const benches = positionals.length === 0 ? fallback : positionals.flatMap((name) => find(name, known));
  const { only, folder, profile, other, write, list } = values;
  return { benches, runs, only, folder, profile, other, write, list };
}

/** By letter, all of that letter; or by noun. */
function find(name: string, known: readonly BenchFile[]): readonly BenchFile[] {
  const found = known.filter(({ letter, noun }) => letter === name.toUpperCase() || noun === name.toLowerCase());
  if (found.length === 0)
    throw new TypeError(`there is no bench ${name}; there are ${known.map(({ letter, noun }) => `${letter} (${noun})`).join(", ")}`);
  return found;
}

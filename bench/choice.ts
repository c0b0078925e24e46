/**
 * The command line of `npm run bench`.
 * @module
 */
import { parseArgs } from "node:util";

export const USAGE = "usage: npm run bench -- [letter ...] [--runs N] [--only NAME]... [--folder DIR] [--profile] [--write] [--list]";

export interface Choice {
  readonly letters: readonly string[];
  readonly runs: number;
  readonly only: readonly string[];
  /** Where data may go; chosen by free room when left out. */
  readonly folder: string | undefined;
  readonly profile: boolean;
  readonly write: boolean;
  readonly list: boolean;
}

/** Letters there are, and those meant when none is named; a list names all. */
export interface Letters {
  readonly known: readonly string[];
  readonly usual: readonly string[];
}

export function readChoice(args: readonly string[], { known, usual }: Letters): Choice {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      runs: { type: "string", default: "5" },
      only: { type: "string", multiple: true, default: [] },
      folder: { type: "string" },
      profile: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
    },
  });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new TypeError(`--runs takes a whole number from 1, not ${values.runs}`);
  const named = positionals.map((letter) => letter.toUpperCase());
  const unknown = named.find((letter) => !known.includes(letter));
  if (unknown !== undefined) throw new TypeError(`there is no bench ${unknown}; there are ${known.join(" ")}`);
  const { only, folder, profile, write, list } = values;
  const fallback = list ? known : usual.filter((letter) => known.includes(letter));
  return { letters: named.length > 0 ? named : fallback, runs, only, folder, profile, write, list };
}

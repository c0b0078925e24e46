/**
 * The command line of a classic program: `--name value` pairs and, anywhere between them, what is no option.
 *
 * Every option takes a value, the last of several wins, and nothing else begins with two dashes.
 * @module
 */
import { UsageError } from "@bittern/protocol/base";
import type { ClassicOption, OptionTable, ValuesOf } from "./option.ts";
import { PROMISES, type Relics } from "./relics.ts";

export interface ArgumentCount {
  readonly least: number;
  readonly most: number;
}

export interface ClassicArguments<Table extends OptionTable> {
  readonly values: ValuesOf<Table>;
  /** The names of the options that were on the command line. */
  readonly given: ReadonlySet<string>;
  readonly positional: readonly string[];
  /** The names of options that once were. */
  readonly relics: ReadonlySet<string>;
}

/** Throws a `UsageError` for what cannot be understood. */
export function parseClassic<Table extends OptionTable>(
  words: readonly string[],
  table: Table,
  count: ArgumentCount,
  relics: Relics = {},
): ClassicArguments<Table> {
  const values: Record<string, string | number | undefined> = {};
  for (const [name, option] of Object.entries(table)) values[name] = option.initial;
  const given = new Set<string>();
  const old = new Set<string>();
  const positional: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (!isOption(word, table)) {
      positional.push(word);
      continue;
    }
    const value = words[at + 1];
    const relic = word.slice(2);
    const isRelic = Object.hasOwn(relics, relic);
    const name = isRelic ? relic : nameOf(word, table);
    if (value === undefined) throw new UsageError("OPTION_VALUE_MISSING", `${word} stands at the end, without its value`);
    at++;
    if (isRelic) {
      if (PROMISES.has(relic) && value !== "0")
        throw new UsageError("ENCRYPTION_MISSING", `${word} ${value}: connections are not encrypted; leave the option out if that will do`);
      old.add(relic);
      continue;
    }
    values[name] = valueOf(table[name] as ClassicOption, word, value);
    given.add(name);
  }
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) throw new UsageError("OPTION_MISSING", `the option --${name} has to be given`);
  }
  refuseCount(positional.length, count);
  return { values: values as ValuesOf<Table>, given, positional, relics: old };
}

/** The options that were given and change nothing. */
export function retiredOptions<Table extends OptionTable>(parsed: ClassicArguments<Table>, table: Table): readonly string[] {
  return [...parsed.given].filter((name) => table[name]?.retired === true);
}

function isOption(word: string, table: OptionTable): boolean {
  return word.startsWith("--") || Object.values(table).some(({ letter }) => letter !== undefined && word === `-${letter}`);
}

function nameOf(word: string, table: OptionTable): string {
  const wanted = word.replace(/^--?/, "");
  const isLong = word.startsWith("--");
  const found = Object.entries(table).find(([name, { alias, letter }]) =>
    isLong ? name === wanted || alias === wanted : letter === wanted,
  );
  if (found === undefined) throw new UsageError("OPTION_UNKNOWN", `there is no option ${word}`);
  return found[0];
}

const FORMATS = {
  integer: { pattern: /^[+-]?\d{1,15}$/, words: "an integer" },
  float: { pattern: /^[+-]?(\d{1,15}(\.\d*)?|\.\d+)(e[+-]?\d{1,2})?$/i, words: "a number" },
} as const;

function valueOf(option: ClassicOption, word: string, value: string): string | number {
  if (option.kind === "text") return value;
  const { pattern, words } = FORMATS[option.kind];
  if (!pattern.test(value.trim())) throw new UsageError("OPTION_FORMAT", `${word} wants ${words}, and "${value}" is none`);
  return Number(value);
}

function refuseCount(count: number, { least, most }: ArgumentCount): void {
  const words = (amount: number): string => `${amount} argument${amount === 1 ? "" : "s"}`;
  if (count < least)
    throw new UsageError("ARGUMENTS_FEW", `at least ${words(least)} must be given, here ${count === 1 ? "is" : "are"} ${count}`);
  if (count > most) throw new UsageError("ARGUMENTS_MANY", `too many arguments: at most ${words(most)}, here are ${count}`);
}

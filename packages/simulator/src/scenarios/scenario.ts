/**
 * What a scenario is: a name, options with defaults, and a pure function from options to a report.
 * @module
 */
import { UsageError } from "@bittern/protocol/base";
import { optionWord, replayLine, type ScenarioReport } from "../report.ts";

/** A number that can be set. */
export interface ScenarioOption {
  /** What it means, unit included. */
  readonly summary: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

/** Options by name, each with its default. */
export type ScenarioOptions = Readonly<Record<string, ScenarioOption>>;

/** The numbers a scenario runs with. */
export type ScenarioValues<Options extends ScenarioOptions> = { readonly [Name in keyof Options]: number };

/** What an act tells; the rest of the report follows from its options. */
export type Outcome = Omit<ScenarioReport, "options" | "again">;

export interface Scenario {
  /** One sentence. */
  readonly summary: string;
  readonly options: ScenarioOptions;
  /** Runs it; options that are missing have their defaults. Throws a `UsageError` for what cannot be. */
  run(seed: number | string, options: Readonly<Record<string, number | undefined>>): ScenarioReport;
}

/** Makes a scenario of a function that takes checked values. */
export function scenario<Options extends ScenarioOptions>(
  summary: string,
  options: Options,
  act: (seed: number | string, values: ScenarioValues<Options>) => Outcome,
): Scenario {
  return {
    summary,
    options,
    run: (seed, given) => {
      const values = checked(options, given);
      const outcome = act(seed, values);
      const chosen = Object.entries(values).filter(([name, value]) => value !== options[name]?.value);
      return { ...outcome, options: values, again: replayLine(outcome.scenario, seed, Object.fromEntries(chosen)) };
    },
  };
}

function checked<Options extends ScenarioOptions>(
  options: Options,
  given: Readonly<Record<string, number | undefined>>,
): ScenarioValues<Options> {
  for (const name of Object.keys(given)) {
    if (options[name] !== undefined || given[name] === undefined) continue;
    throw new UsageError(
      "SCENARIO_OPTION_UNKNOWN",
      `no option ${optionWord(name)}; there are ${Object.keys(options).map(optionWord).join(", ")}`,
    );
  }
  const values = Object.entries(options).map(([name, { value, min, max }]) => {
    const chosen = given[name] ?? value;
    if (chosen >= min && chosen <= max) return [name, chosen];
    throw new UsageError("SCENARIO_OPTION_RANGE", `${optionWord(name)} lies between ${min} and ${max}, not at ${chosen}`);
  });
  return Object.fromEntries(values) as ScenarioValues<Options>;
}

/**
 * One scenario with several numbers of downloaders, one after the other: a table with a row for each.
 * @module
 */
import type { CurvePoint } from "../report.ts";
import type { SwarmShape } from "./options.ts";
import type { Outcome, ScenarioValues } from "./scenario.ts";
import { fluidBound } from "./swarm-stage.ts";

/** A scenario with its numbers checked. Its figures tell `lastOverBound` and `copiesFromSeed`. */
export type Play<Values> = (seed: number | string, values: Values) => Outcome;

/** Runs it once for each number of downloaders, in order; nodes, samples and figures are those of the last run. */
export function sweep<Values extends ScenarioValues<SwarmShape>>(
  name: string,
  play: Play<Values>,
  sizes: readonly number[],
  seed: number | string,
  values: Values,
): Outcome {
  const runs = sizes.map((peers) => ({ peers, outcome: play(seed, { ...values, peers }) }));
  const { outcome: last } = runs.at(-1) as (typeof runs)[number];
  return {
    ...last,
    scenario: name,
    isGood: runs.every(({ outcome }) => outcome.isGood),
    complaints: runs.flatMap(({ peers, outcome }) => outcome.complaints.map((text) => `with ${peers}: ${text}`)),
    violations: runs.flatMap(({ outcome }) => outcome.violations),
    violationCount: runs.reduce((sum, { outcome }) => sum + outcome.violationCount, 0),
    // One hash for all runs, in order: the runs share nothing.
    traceHash: runs.map(({ outcome }) => outcome.traceHash).join("-"),
    curve: runs.map(({ peers, outcome }) => pointOf({ ...values, peers }, outcome)),
  };
}

function pointOf(values: ScenarioValues<SwarmShape>, { figures }: Outcome): CurvePoint {
  const boundMillis = fluidBound(values);
  return {
    peers: values.peers,
    lastMillis: (figures["lastOverBound"] ?? NaN) * boundMillis,
    boundMillis,
    serverMillis: (1000 * values.peers * values.totalLength) / values.seedUp,
    copiesFromSeed: figures["copiesFromSeed"] ?? NaN,
  };
}

/** `first`, `first * factor` and so on below the greatest, and the greatest itself. */
export function sizesUpTo(peersMax: number, first: number, factor: number): readonly number[] {
  const sizes: number[] = [];
  for (let size = first; size < peersMax; size *= factor) sizes.push(size);
  return [...sizes, peersMax];
}

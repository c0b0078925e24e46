/**
 * The claim of the founding articles as a curve: more downloaders do not slow a swarm down.
 *
 * The swarm is run with 1, 3, 10, 30, … downloaders; beside it stands what one HTTP server with the seed's uplink would need.
 * @module
 */
import type { CurvePoint, ScenarioReport } from "../report.ts";
import { swarmShape } from "./options.ts";
import { type Scenario, scenario } from "./scenario.ts";
import { swarm } from "./swarm.ts";
import { fluidBound } from "./swarm-stage.ts";

/** Two steps make about a tenfold. */
const STEPS = [1, 3] as const;

export const scaling: Scenario = scenario(
  "The time until all are complete over the number of downloaders, up to `peers`",
  swarmShape({ peers: 30, totalLength: 4 * 2 ** 20 }),
  (seed, values) => {
    const reports = sizesUpTo(values.peers).map((peers) => ({ peers, report: swarm.run(seed, { ...values, peers }) }));
    const { report: last } = reports.at(-1) as { report: ScenarioReport };
    const curve = reports.map(({ peers, report }): CurvePoint => {
      const boundMillis = fluidBound({ ...values, peers });
      return {
        peers,
        lastMillis: (report.figures["lastOverBound"] ?? NaN) * boundMillis,
        boundMillis,
        serverMillis: (1000 * peers * values.totalLength) / values.seedUp,
        copiesFromSeed: report.figures["copiesFromSeed"] ?? NaN,
      };
    });
    return {
      ...last,
      scenario: "scaling",
      isGood: reports.every(({ report }) => report.isGood),
      complaints: reports.flatMap(({ peers, report }) => report.complaints.map((text) => `with ${peers}: ${text}`)),
      violations: reports.flatMap(({ report }) => report.violations),
      violationCount: reports.reduce((sum, { report }) => sum + report.violationCount, 0),
      // One hash for all runs, in order: the runs share nothing.
      traceHash: reports.map(({ report }) => report.traceHash).join("-"),
      figures: {},
      curve,
    };
  },
);

/** 1, 3, 10, 30 and so on, and the greatest itself. */
function sizesUpTo(peersMax: number): readonly number[] {
  const sizes: number[] = [];
  for (let ten = 1; ten < peersMax; ten *= 10) for (const step of STEPS) if (step * ten < peersMax) sizes.push(step * ten);
  return [...sizes, peersMax];
}

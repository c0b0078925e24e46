/**
 * The claim of the founding articles as a curve: more downloaders do not slow a swarm down.
 *
 * The swarm is run with 1, 10, 100, … downloaders; beside it stands what one HTTP server with the seed's uplink would need.
 * @module
 */
import type { ScenarioReport } from "../report.ts";
import { swarmShape } from "./options.ts";
import { type Scenario, scenario } from "./scenario.ts";
import { swarm } from "./swarm.ts";
import { fluidBound } from "./swarm-stage.ts";

export const scaling: Scenario = scenario(
  "The time until all are complete over the number of downloaders, up to `peers`",
  swarmShape({ peers: 100, totalLength: 4 * 2 ** 20 }),
  (seed, values) => {
    const counts: number[] = [];
    for (let peers = 1; peers < values.peers; peers *= 10) counts.push(peers);
    counts.push(values.peers);
    const reports = counts.map((peers) => swarm.run(seed, { ...values, peers }));
    const last = reports.at(-1) as ScenarioReport;
    const figures: Record<string, number> = {};
    for (const [index, peers] of counts.entries()) {
      const bound = fluidBound({ ...values, peers });
      const over = reports[index]?.figures["lastOverBound"] ?? NaN;
      figures[`lastSeconds${peers}`] = (over * bound) / 1000;
      figures[`lastOverBound${peers}`] = over;
      figures[`copiesFromSeed${peers}`] = reports[index]?.figures["copiesFromSeed"] ?? NaN;
      figures[`httpServerSeconds${peers}`] = (peers * values.totalLength) / values.seedUp;
    }
    const complaints = reports.flatMap((report, index) => report.complaints.map((text) => `with ${counts[index]}: ${text}`));
    return {
      ...last,
      scenario: "scaling",
      isGood: reports.every((report) => report.isGood),
      complaints,
      violations: reports.flatMap((report) => report.violations),
      violationCount: reports.reduce((sum, report) => sum + report.violationCount, 0),
      // One hash for all runs, in order: the runs share nothing.
      traceHash: reports.map((report) => report.traceHash).join("-"),
      figures,
    };
  },
);

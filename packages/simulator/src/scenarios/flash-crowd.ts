/**
 * A new file, and everybody wants it within a minute: the seed must not be what they all wait for.
 * @module
 */
import { conclude, copiesSent, lastCompletion, runUntilComplete, wastedShare } from "./conclusion.ts";
import { swarmShape } from "./options.ts";
import { type Scenario, scenario } from "./scenario.ts";
import { castSwarm } from "./swarm.ts";
import { fluidBound, SwarmStage } from "./swarm-stage.ts";

const OPTIONS = {
  ...swarmShape({ peers: 60 }),
  arrival: { summary: "seconds between the first and the last to arrive, about", value: 60, min: 0, max: 86_400 },
};

export const flashCrowd: Scenario = scenario("Downloaders arrive in a rush while one seed has the file", OPTIONS, (seed, values) => {
  const stage = new SwarmStage(seed, values);
  const downloaders = castSwarm(stage, values);
  stage.startAll(stage.role("seed"));
  const dice = stage.world.timeline.random.fork("arrival");
  for (const member of downloaders) {
    // Most come early: the news is newest then.
    const at = Math.min(dice.exponential(values.arrival / 3), values.arrival) * 1000;
    stage.world.at(at, () => member.start());
  }
  const bound = fluidBound(values) + values.arrival * 1000;
  runUntilComplete(stage, downloaders, 4 * bound + 300_000);
  const durations = downloaders
    .map((member) => (member.completedAt ?? NaN) - (member.startedAt ?? NaN))
    .toSorted((one, other) => one - other);
  return conclude(stage, {
    scenario: "flash-crowd",
    seed,
    finishers: downloaders,
    figures: {
      lastSeconds: lastCompletion(downloaders) / 1000,
      medianDownloadSeconds: (durations[durations.length >> 1] as number) / 1000,
      slowestDownloadSeconds: (durations.at(-1) as number) / 1000,
      copiesFromSeed: copiesSent(stage, stage.role("seed")),
      wastedShare: wastedShare(downloaders),
    },
  });
});

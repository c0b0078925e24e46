/**
 * One seed and N downloaders that begin together: how close to the least possible time does the last one finish?
 * @module
 */
import type { Millis } from "@bittern/protocol/base";
import type { Member } from "../actors/member.ts";
import { conclude, runUntilComplete, swarmFigures, wastedShare } from "./conclusion.ts";
import { type SwarmShape, swarmShape } from "./options.ts";
import { sampleSwarm } from "./sampler.ts";
import { type Outcome, type Scenario, type ScenarioValues, scenario } from "./scenario.ts";
import { fluidBound, SwarmStage } from "./swarm-stage.ts";

const OPTIONS = {
  ...swarmShape({ peers: 50 }),
  samples: { summary: "milliseconds between two looks at the swarm; 0: none", value: 0, min: 0, max: 86_400_000 },
};

export const swarm: Scenario = scenario("One seed and N downloaders that begin together", OPTIONS, (seed, values) => {
  return playSwarm(seed, values, values.samples);
});

/** The plain swarm as other scenarios run it, with links and sizes of their own. `sampleMillis`: see the option `samples`. */
export function playSwarm(seed: number | string, values: ScenarioValues<SwarmShape>, sampleMillis: Millis = 0): Outcome {
  const stage = new SwarmStage(seed, values);
  castSwarm(stage, values);
  stage.startAll();
  const samples = sampleMillis > 0 ? sampleSwarm(stage, sampleMillis) : [];
  const downloaders = stage.role("downloader");
  const bound = fluidBound(values);
  runUntilComplete(stage, downloaders, 4 * bound + 300_000);
  return conclude(stage, {
    scenario: "swarm",
    seed,
    finishers: downloaders,
    figures: { ...swarmFigures(stage, downloaders, bound), wastedShare: wastedShare(downloaders) },
    samples,
  });
}

/** One seed, and downloaders with the links of the shape. */
export function castSwarm(stage: SwarmStage, values: ScenarioValues<SwarmShape>): readonly Member[] {
  stage.cast({ name: "seed", role: "seed", up: values.seedUp, down: values.down, latency: values.latency, isSeed: true });
  return Array.from({ length: values.peers }, (_, at) =>
    stage.cast({ name: `downloader ${at + 1}`, role: "downloader", up: values.up, down: values.down, latency: values.latency }),
  );
}

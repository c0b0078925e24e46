/**
 * Everybody leaves the moment he has everything; what he had must be spread by then.
 * @module
 */
import { KIB, MIB } from "@bittern/protocol/base";
import { conclude, runUntilComplete, swarmFigures } from "./conclusion.ts";
import { type SwarmShape, swarmShape } from "./options.ts";
import { type Outcome, type Scenario, type ScenarioValues, scenario } from "./scenario.ts";
import { fluidBound, SwarmStage } from "./swarm-stage.ts";
import { sizesUpTo, sweep } from "./sweep.ts";

export const leavers: Scenario = scenario(
  "Swarms of 4, 8, … up to `peers` downloaders who leave the moment they are complete",
  swarmShape({ peers: 8, totalLength: 32 * MIB, pieceLength: 256 * KIB }),
  (seed, values) => sweep("leavers", play, sizesUpTo(values.peers, 4, 2), seed, values),
);

function play(seed: number | string, values: ScenarioValues<SwarmShape>): Outcome {
  const stage = new SwarmStage(seed, values);
  const links = { up: values.up, down: values.down, latency: values.latency };
  stage.cast({ name: "seed", role: "seed", ...links, up: values.seedUp, isSeed: true });
  for (let at = 1; at <= values.peers; at++) {
    stage.cast({
      name: `downloader ${at}`,
      role: "downloader",
      ...links,
      onEvent: (member, event) => {
        if (event.type === "done") member.leave();
      },
    });
  }
  stage.startAll();
  const downloaders = stage.role("downloader");
  const bound = fluidBound(values);
  runUntilComplete(stage, downloaders, 8 * bound + 300_000);
  return conclude(stage, {
    scenario: "leavers",
    seed,
    finishers: downloaders,
    figures: swarmFigures(stage, downloaders, bound),
  });
}

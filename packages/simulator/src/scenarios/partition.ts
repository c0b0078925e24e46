/**
 * The network falls in two for half of every minute. Nobody is told; both halves go on, and meet again.
 * @module
 */
import { conclude, lastCompletion, runUntilComplete, wastedShare } from "./conclusion.ts";
import { swarmShape } from "./options.ts";
import { type Scenario, scenario } from "./scenario.ts";
import { castSwarm } from "./swarm.ts";
import { fluidBound, SwarmStage } from "./swarm-stage.ts";

const OPTIONS = {
  ...swarmShape({ peers: 20, totalLength: 32 * 2 ** 20, pieceLength: 256 * 1024 }),
  every: { summary: "seconds from one cut to the next", value: 60, min: 1, max: 86_400 },
  lasts: { summary: "seconds a cut lasts", value: 30, min: 0, max: 86_400 },
};

export const partition: Scenario = scenario("The network is cut in two again and again", OPTIONS, (seed, values) => {
  const stage = new SwarmStage(seed, values, { network: { jitterMillis: 2 } });
  const downloaders = castSwarm(stage, values);
  stage.startAll();
  const { world } = stage;
  const dice = world.timeline.random.fork("cuts");
  let cuts = 0;
  const cut = (): void => {
    const half = stage.members.filter(() => dice.chance(0.5)).map((member) => member.host);
    const heal = world.cut(half);
    cuts++;
    world.at(world.now + values.lasts * 1000, heal);
    world.at(world.now + values.every * 1000, cut);
  };
  world.at(2000, cut);
  runUntilComplete(stage, downloaders, 8 * fluidBound(values) + 900_000);
  return conclude(stage, {
    scenario: "partition",
    seed,
    finishers: downloaders,
    figures: { cuts, lastSeconds: lastCompletion(downloaders) / 1000, wastedShare: wastedShare(downloaders) },
  });
});

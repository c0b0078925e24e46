/**
 * Downloaders die in the middle, by `kill -9` or with their power, and come back to what their disk still holds.
 *
 * What a resume record claims is held against what the power cut left: a piece announced that is not there breaks S6.
 * @module
 */
import type { Member } from "../actors/member.ts";
import { conclude, runUntilComplete, wastedShare } from "./conclusion.ts";
import { swarmShape } from "./options.ts";
import { type Scenario, type ScenarioValues, scenario } from "./scenario.ts";
import { castSwarm } from "./swarm.ts";
import { fluidBound, SwarmStage } from "./swarm-stage.ts";

const OPTIONS = {
  ...swarmShape({ peers: 20 }),
  lifetime: { summary: "seconds a downloader lives on average before it dies", value: 15, min: 0.1, max: 86_400 },
  absence: { summary: "seconds it is gone on average", value: 5, min: 0, max: 86_400 },
  powerShare: { summary: "share of deaths that take the power with them", value: 0.5, min: 0, max: 1 },
};

export const churn: Scenario = scenario("Downloaders die and come back, with and without their unsynced data", OPTIONS, (seed, values) => {
  const stage = new SwarmStage(seed, values);
  const downloaders = castSwarm(stage, values);
  stage.startAll();
  const deaths = { count: 0 };
  for (const member of downloaders) scheduleDeath(stage, member, values, deaths);
  // Every death costs a round of greetings and the data of a few seconds.
  const timeMax = 8 * fluidBound(values) + 900_000;
  runUntilComplete(stage, downloaders, timeMax);
  return conclude(stage, {
    scenario: "churn",
    seed,
    finishers: downloaders,
    figures: { deaths: deaths.count, wastedShare: wastedShare(downloaders) },
  });
});

function scheduleDeath(stage: SwarmStage, member: Member, values: ScenarioValues<typeof OPTIONS>, deaths: { count: number }): void {
  const { world } = stage;
  const dice = world.timeline.random.fork(`churn/${member.name}/${member.inputCount}`);
  world.at(world.now + dice.exponential(values.lifetime) * 1000, () => {
    if (member.completedAt !== undefined || !member.isRunning) return;
    deaths.count++;
    const withPower = dice.chance(values.powerShare);
    member.die(withPower);
    if (withPower) stage.forgetLost(member);
    world.at(world.now + dice.exponential(values.absence) * 1000, () => {
      member.start();
      scheduleDeath(stage, member, values, deaths);
    });
  });
}

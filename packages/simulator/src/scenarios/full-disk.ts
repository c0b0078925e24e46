/**
 * The disks of some downloaders fill up in the middle. They wait, and go on by themselves within a minute of there being room;
 * what was on its way to the full disk and has to come again is counted as wasted.
 * @module
 */
import { conclude, lastCompletion, runUntilComplete, wastedShare } from "./conclusion.ts";
import { swarmShape } from "./options.ts";
import { type Scenario, scenario } from "./scenario.ts";
import { castSwarm } from "./swarm.ts";
import { fluidBound, SwarmStage } from "./swarm-stage.ts";

const OPTIONS = {
  ...swarmShape({ peers: 8 }),
  full: { summary: "downloaders whose disk fills up", value: 4, min: 1, max: 100_000 },
  healAfter: { summary: "seconds from the beginning until there is room again", value: 60, min: 1, max: 86_400 },
};

/** A downloader whose disk has room again has everything that much later at most, beside the download itself. */
const RECOVERY_MILLIS_MAX = 60_000;

export const fullDisk: Scenario = scenario("Disks fill up in the middle of a download and get room again", OPTIONS, (seed, values) => {
  const stage = new SwarmStage(seed, values);
  const downloaders = castSwarm(stage, values);
  const victims = downloaders.slice(0, values.full);
  for (const member of victims) member.host.disk.capacity = values.totalLength / 2;
  stage.startAll();
  const healedAt = values.healAfter * 1000;
  stage.world.at(healedAt, () => {
    for (const member of victims) member.host.disk.capacity = Infinity;
  });
  const bound = fluidBound(values);
  runUntilComplete(stage, downloaders, healedAt + 4 * bound + 300_000);
  const recovery = lastCompletion(victims) - healedAt;
  const early = victims.filter((member) => (member.completedAt ?? Infinity) < healedAt);
  return conclude(stage, {
    scenario: "full-disk",
    seed,
    finishers: downloaders,
    complaints: [
      ...(recovery > RECOVERY_MILLIS_MAX + bound ? [`the last needed ${(recovery / 1000).toFixed(1)} s after there was room`] : []),
      ...early.map((member) => `${member.name} was complete without room for it`),
      ...downloaders
        .filter((member) => member.downloaded - member.wasted !== values.totalLength)
        .map((member) => `${member.name} took ${member.downloaded} bytes and calls ${member.wasted} of them wasted`),
    ],
    figures: { recoverySeconds: recovery / 1000, boundSeconds: bound / 1000, wastedShare: wastedShare(downloaders) },
  });
});

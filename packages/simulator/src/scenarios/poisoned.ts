/**
 * Some members send wrong blocks. Everybody honest finishes with the right data; the liars are found out, and only they.
 * @module
 */
import type { Member } from "../actors/member.ts";
import { conclude, lastCompletion, runUntilComplete, wastedShare } from "./conclusion.ts";
import { swarmShape } from "./options.ts";
import { type Scenario, scenario } from "./scenario.ts";
import { castSwarm } from "./swarm.ts";
import { fluidBound, SwarmStage } from "./swarm-stage.ts";

const OPTIONS = {
  ...swarmShape({ peers: 14 }),
  poisoners: { summary: "members that pretend to be seeds and lie", value: 6, min: 0, max: 1000 },
  lieShare: { summary: "share of the blocks that are wrong", value: 0.1, min: 0, max: 1 },
};

/** Peers whose ban was told more than once: each false piece convicts, and only the first conviction is news. */
function bansTwice({ name, banned }: Member): readonly string[] {
  const addresses = banned.map((ban) => ban.slice(0, ban.indexOf(":")));
  const again = new Set(addresses.filter((address, at) => addresses.indexOf(address) < at));
  return [...again].map((address) => `${name} was told more than once that ${address} is banned`);
}

export const poisoned: Scenario = scenario("Members that pretend to be seeds send wrong blocks", OPTIONS, (seed, values) => {
  const stage = new SwarmStage(seed, values);
  const honest = castSwarm(stage, values);
  for (let at = 1; at <= values.poisoners; at++) {
    const liar = stage.cast({
      name: `poisoner ${at}`,
      role: "poisoner",
      up: values.up,
      down: values.down,
      latency: values.latency,
      isSeed: true,
      isLiar: true,
    });
    const dice = stage.world.timeline.random.fork(`lies/${liar.name}`);
    liar.host.lie = () => dice.chance(values.lieShare);
  }
  stage.startAll();
  runUntilComplete(stage, honest, 4 * fluidBound(values) + 600_000);
  const liars = new Set(stage.role("poisoner").map((member) => member.host.address));
  const bans = honest.flatMap((member) => member.banned);
  const wronglyBanned = bans.filter((ban) => !liars.has(ban.slice(0, ban.indexOf(":"))));
  return conclude(stage, {
    scenario: "poisoned",
    seed,
    finishers: honest,
    complaints: [...wronglyBanned.map((ban) => `an honest peer was banned: ${ban}`), ...honest.flatMap(bansTwice)],
    figures: { lastSeconds: lastCompletion(honest) / 1000, bans: bans.length, wastedShare: wastedShare(honest) },
  });
});

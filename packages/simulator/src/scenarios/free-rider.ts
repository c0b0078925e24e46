/**
 * One downloader takes and never gives. It may finish, last; the others must hardly notice.
 *
 * The same swarm is run a second time with an honest member in its place: the difference is what it costs.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";
import type { Member } from "../actors/member.ts";
import { conclude, copiesSent, lastCompletion, runUntilComplete } from "./conclusion.ts";
import { type SwarmShape, swarmShape } from "./options.ts";
import { type Scenario, type ScenarioValues, scenario } from "./scenario.ts";
import { castSwarm } from "./swarm.ts";
import { fluidBound, SwarmStage } from "./swarm-stage.ts";

export const freeRider: Scenario = scenario(
  "One downloader among honest ones never uploads",
  {
    ...swarmShape({ peers: 7, totalLength: 32 * 2 ** 20, pieceLength: 256 * 1024 }),
    lead: { summary: "milliseconds that the free rider comes before the others", value: 0, min: 0, max: 1e9 },
  },
  (seed, values) => {
    const clean = play(seed, values, false);
    const spoiled = play(seed, values, true);
    const cost = lastCompletion(spoiled.honest) / lastCompletion(clean.honest);
    const riderAt = spoiled.rider.completedAt ?? Infinity;
    const complaints = [
      ...(cost > 1.1 ? [`the honest finish at ${cost.toFixed(3)} of their clean time`] : []),
      ...(riderAt < lastCompletion(spoiled.honest) ? ["the free rider finishes before the last honest downloader"] : []),
    ];
    return conclude(spoiled.stage, {
      scenario: "free-rider",
      seed,
      finishers: spoiled.honest,
      complaints,
      figures: {
        lastOverBound: lastCompletion(spoiled.honest) / leastMillis(values),
        copiesFromSeed: copiesSent(spoiled.stage, spoiled.stage.role("seed")),
        cleanSeconds: lastCompletion(clean.honest) / 1000,
        spoiledSeconds: lastCompletion(spoiled.honest) / 1000,
        costOfFreeRider: cost,
        freeRiderSeconds: riderAt / 1000,
      },
    });
  },
);

/** The least possible time for all of them, when one gives nothing. */
function leastMillis(values: ScenarioValues<SwarmShape>): Millis {
  const peers = values.peers + 1;
  return fluidBound({ ...values, peers, up: (values.up * values.peers) / peers });
}

interface Played {
  readonly stage: SwarmStage;
  readonly honest: readonly Member[];
  readonly rider: Member;
}

function play(seed: number | string, values: ScenarioValues<SwarmShape> & { readonly lead: number }, rides: boolean): Played {
  const stage = new SwarmStage(seed, values);
  const honest = castSwarm(stage, values);
  const rider = stage.cast({
    name: "rider",
    role: "free rider",
    up: values.up,
    down: values.down,
    latency: values.latency,
    // Requests and "have"s leave; of payload less than one block an hour does.
    settings: rides ? { upRateMax: 1 } : {},
  });
  const isFirst = (member: Member): boolean => member === rider || member.role === "seed";
  if (values.lead > 0) {
    stage.startAll(stage.members.filter(isFirst));
    stage.world.run({ untilMillis: values.lead });
    stage.startAll(stage.members.filter((member) => !isFirst(member)));
  } else stage.startAll();
  runUntilComplete(stage, honest, 4 * fluidBound({ ...values, peers: values.peers + 1 }) + 300_000);
  const honestAt = stage.world.now;
  runUntilComplete(stage, [rider], honestAt * 2);
  return { stage, honest, rider };
}

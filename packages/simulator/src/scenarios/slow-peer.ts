/**
 * One downloader has a slow uplink. It is not starved for it: tit-for-tat and optimistic unchoking still bring it home.
 * @module
 */
import { conclude, copiesSent, lastCompletion, runUntilComplete } from "./conclusion.ts";
import { swarmShape } from "./options.ts";
import { type Scenario, scenario } from "./scenario.ts";
import { castSwarm } from "./swarm.ts";
import { fluidBound, SwarmStage } from "./swarm-stage.ts";

const OPTIONS = {
  ...swarmShape({ peers: 7, totalLength: 32 * 2 ** 20, pieceLength: 256 * 1024 }),
  slowUp: { summary: "bytes per second the slow one can send", value: 125_000, min: 1, max: 1e12 },
};

export const slowPeer: Scenario = scenario("One downloader with a slow uplink among fast ones", OPTIONS, (seed, values) => {
  const stage = new SwarmStage(seed, values);
  const fast = castSwarm(stage, values);
  const slow = stage.cast({ name: "slow", role: "slow one", up: values.slowUp, down: values.down, latency: values.latency });
  stage.startAll();
  const bound = fluidBound(values);
  const peers = values.peers + 1;
  const leastMillis = fluidBound({ ...values, peers, up: (values.up * values.peers + values.slowUp) / peers });
  runUntilComplete(stage, [...fast, slow], 8 * bound + 300_000);
  const ratio = (slow.completedAt ?? Infinity) / lastCompletion(fast);
  return conclude(stage, {
    scenario: "slow-peer",
    seed,
    finishers: [...fast, slow],
    complaints: ratio > 3 ? [`the slow one needed ${ratio.toFixed(2)} times as long as the others`] : [],
    figures: {
      lastOverBound: lastCompletion(fast) / leastMillis,
      copiesFromSeed: copiesSent(stage, stage.role("seed")),
      fastSeconds: lastCompletion(fast) / 1000,
      slowSeconds: (slow.completedAt ?? NaN) / 1000,
      slowOverFast: ratio,
    },
  });
});

/**
 * A swarm that meets through the suite's own tracker, over HTTP and over UDP: machine, run loop and byte scanner included.
 * @module
 */
import { runTracker } from "@bittern/tracker";
import { conclude, lastCompletion, runUntilComplete } from "./conclusion.ts";
import { swarmShape } from "./options.ts";
import { type Scenario, scenario } from "./scenario.ts";
import { castSwarm } from "./swarm.ts";
import { fluidBound, SwarmStage } from "./swarm-stage.ts";

const NAME = "our-tracker.example";
const PORT = 7070;

const OPTIONS = {
  ...swarmShape({ peers: 16 }),
  udp: { summary: "1: announces go over UDP; 0: over HTTP", value: 0, min: 0, max: 1 },
};

export const tracked: Scenario = scenario("A swarm that meets through the suite's own tracker", OPTIONS, (seed, values) => {
  const scheme = values.udp === 1 ? "udp" : "http";
  const stage = new SwarmStage(seed, values, { announce: [`${scheme}://${NAME}:${PORT}/announce`] });
  const host = stage.world.addNode({ name: "our tracker", address: "44.0.0.2" });
  stage.world.names.set(NAME, [host.address]);
  const doors = { http: [{ port: PORT }], udp: [{ address: "0.0.0.0", port: PORT }] };
  const tracker = runTracker(host, doors, () => {});
  const downloaders = castSwarm(stage, values);
  stage.world.run({ untilMillis: 1 });
  stage.startAll();
  const bound = fluidBound(values);
  runUntilComplete(stage, downloaders, 4 * bound + 300_000);
  // What is told at completion has to arrive, too.
  stage.world.run({ untilMillis: stage.world.now + 5000 });
  const { seeds, downloaders: incomplete, completed, counts } = tracker.snapshot();
  tracker.close();
  const isCounted = seeds === values.peers + 1 && incomplete === 0 && completed === values.peers;
  return conclude(stage, {
    scenario: "tracked",
    seed,
    finishers: downloaders,
    complaints: isCounted ? [] : [`the tracker counts ${seeds} seeds, ${incomplete} downloaders and ${completed} completions`],
    figures: {
      lastSeconds: lastCompletion(downloaders) / 1000,
      announces: counts.announces.http + counts.announces.udp,
      malformed: counts.malformed,
    },
  });
});

/**
 * The claim of the founding articles as a curve: more downloaders do not slow a swarm down.
 *
 * The swarm is run with 1, 3, 10, 30, … downloaders; beside it stands what one HTTP server with the seed's uplink would need.
 * @module
 */
import { swarmShape } from "./options.ts";
import { type Scenario, scenario } from "./scenario.ts";
import { playSwarm } from "./swarm.ts";
import { sizesUpTo, sweep } from "./sweep.ts";

export const scaling: Scenario = scenario(
  "The time until all are complete over the number of downloaders, up to `peers`",
  swarmShape({ peers: 30, totalLength: 4 * 2 ** 20 }),
  (seed, values) => {
    // Two steps make about a tenfold.
    const sizes = [...sizesUpTo(values.peers, 1, 10), ...sizesUpTo(values.peers, 3, 10)].toSorted((one, other) => one - other);
    return {
      ...sweep("scaling", playSwarm, [...new Set(sizes)], seed, values),
      figures: {},
    };
  },
);

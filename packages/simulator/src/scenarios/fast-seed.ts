/**
 * A seed three times as fast as each downloader: its uplink is worth nothing if it sends what they could send each other.
 * @module
 */
import { KIB, MIB } from "@bittern/protocol/base";
import { swarmShape, UP_RATE } from "./options.ts";
import { type Scenario, scenario } from "./scenario.ts";
import { playSwarm } from "./swarm.ts";
import { sweep } from "./sweep.ts";

export const fastSeed: Scenario = scenario(
  "A seed three times as fast as each downloader",
  swarmShape({ peers: 8, totalLength: 32 * MIB, pieceLength: 256 * KIB, seedUp: 3 * UP_RATE }),
  (seed, values) => sweep("fast-seed", playSwarm, [values.peers], seed, values),
);

/**
 * Swarms that grow tenfold, with links as fast down as up: nobody can catch up on what the start cost, so this is the strictest
 * test of how well uplinks are used.
 * @module
 */
import { KIB, MIB } from "@bittern/protocol/base";
import { swarmShape, UP_RATE } from "./options.ts";
import { type Scenario, scenario } from "./scenario.ts";
import { playSwarm } from "./swarm.ts";
import { sizesUpTo, sweep } from "./sweep.ts";

export const equalLinks: Scenario = scenario(
  "Swarms of 10, 100, … up to `peers` downloaders whose links are as fast down as up",
  swarmShape({ peers: 30, totalLength: 32 * MIB, pieceLength: 256 * KIB, down: UP_RATE }),
  (seed, values) => sweep("equal-links", playSwarm, sizesUpTo(values.peers, 10, 10), seed, values),
);

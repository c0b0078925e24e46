/**
 * Small swarms of people at home: 20 Mbit/s up and 100 down, so that all that counts is what the uplinks are used for.
 * @module
 */
import { KIB, MIB } from "@bittern/protocol/base";
import { swarmShape } from "./options.ts";
import { type Scenario, scenario } from "./scenario.ts";
import { playSwarm } from "./swarm.ts";
import { sizesUpTo, sweep } from "./sweep.ts";

export const homeLinks: Scenario = scenario(
  "Swarms of 2, 4, … up to `peers` downloaders with links five times as fast down as up",
  swarmShape({ peers: 8, totalLength: 32 * MIB, pieceLength: 256 * KIB }),
  (seed, values) => sweep("home-links", playSwarm, sizesUpTo(values.peers, 2, 2), seed, values),
);

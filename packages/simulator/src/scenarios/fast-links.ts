/**
 * One seed and four downloaders in one house, a gigabit each: no uplink is scarce for long, and what is sent twice costs the machine.
 * @module
 */
import { MIB } from "@bittern/protocol/base";
import { swarmShape } from "./options.ts";
import { type Scenario, scenario } from "./scenario.ts";
import { playSwarm } from "./swarm.ts";
import { sweep } from "./sweep.ts";

/** Bytes per second of 1 Gbit/s. */
const GIGABIT = 125_000_000;

export const fastLinks: Scenario = scenario(
  "One seed and a few downloaders in one local network, a gigabit each",
  swarmShape({ peers: 4, totalLength: 256 * MIB, pieceLength: MIB, up: GIGABIT, down: GIGABIT, seedUp: GIGABIT, latency: 0.1 }),
  (seed, values) => sweep("fast-links", playSwarm, [values.peers], seed, values),
);

/**
 * All scenarios by name.
 * @module
 */
import { UsageError } from "@bittern/protocol/base";
import type { ScenarioReport } from "../report.ts";
import { chaos } from "./chaos.ts";
import { churn } from "./churn.ts";
import { equalLinks } from "./equal-links.ts";
import { fastLinks } from "./fast-links.ts";
import { fastSeed } from "./fast-seed.ts";
import { flashCrowd } from "./flash-crowd.ts";
import { freeRider } from "./free-rider.ts";
import { fullDisk } from "./full-disk.ts";
import { hiddenPeers } from "./hidden-peers.ts";
import { homeLinks } from "./home-links.ts";
import { leavers } from "./leavers.ts";
import { magnetOnly } from "./magnet-only.ts";
import { partition } from "./partition.ts";
import { poisoned } from "./poisoned.ts";
import { scaling } from "./scaling.ts";
import type { Scenario } from "./scenario.ts";
import { slowPeer } from "./slow-peer.ts";
import { swarm } from "./swarm.ts";
import { tracked } from "./tracked.ts";
import { wordOfMouth } from "./word-of-mouth.ts";

export const scenarios: Readonly<Record<string, Scenario>> = {
  swarm,
  scaling,
  "fast-links": fastLinks,
  "equal-links": equalLinks,
  "home-links": homeLinks,
  "fast-seed": fastSeed,
  leavers,
  "free-rider": freeRider,
  "slow-peer": slowPeer,
  "flash-crowd": flashCrowd,
  churn,
  poisoned,
  partition,
  "magnet-only": magnetOnly,
  "word-of-mouth": wordOfMouth,
  "hidden-peers": hiddenPeers,
  "full-disk": fullDisk,
  tracked,
  chaos,
};

/** Runs a scenario; the same name, seed and options give the same report, whenever and wherever. */
export function runScenario(
  name: string,
  options: { readonly seed?: number | string } & Readonly<Record<string, number | string | undefined>> = {},
): ScenarioReport {
  const chosen = Object.hasOwn(scenarios, name) ? scenarios[name] : undefined;
  if (chosen === undefined) {
    throw new UsageError("SCENARIO_UNKNOWN", `no scenario ${name}; there are ${Object.keys(scenarios).join(", ")}`);
  }
  const { seed = 1, ...rest } = options;
  return chosen.run(
    seed,
    Object.fromEntries(Object.entries(rest).map(([option, value]) => [option, value === undefined ? undefined : Number(value)])),
  );
}

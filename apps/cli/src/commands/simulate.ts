/**
 * `bittern simulate`: the page and the options.
 * @module
 */
import type { Command } from "commander";
import { describedCommand, withCommonOptions } from "../help.ts";
import { lazily } from "../invocation.ts";

export function simulateCommand(): Command {
  const command = describedCommand("simulate", {
    summary: "run a swarm in the deterministic simulator",
    description: `Runs SCENARIO in virtual time with the very engine that downloads: same seed, same run, byte for byte. Prints when everybody
was complete, the figures of the scenario, and the hash of the trace.

Without SCENARIO it lists all of them with their options; each option is a number, given as --peers 50 or --total-length 64MiB.`,
    examples: [
      ["what there is", "bittern simulate"],
      ["fifty peers", "bittern simulate swarm --peers 50 --seed 7"],
      ["is it the same run twice?", "bittern simulate swarm --seed 7 --json | jq -r .traceHash"],
    ],
    exit: [["1", "not everybody completed, or an invariant broke"]],
  })
    .argument("[scenario]", "name of the scenario")
    .option("--seed <seed>", "seed of all randomness, a number or a word (default: 1)")
    .option("--peers <n>", "how many peers (default: as the scenario says)")
    // The options of scenarios are known to the simulator, which is loaded only when it runs.
    .allowUnknownOption(true)
    .allowExcessArguments(true);
  return withCommonOptions(command).action(lazily(async () => (await import("../actions/simulate.ts")).simulate));
}

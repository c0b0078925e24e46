/**
 * `bittern simulate`: the page and the options.
 * @module
 */
import type { Command } from "commander";
import { describedCommand, withCommonOptions } from "../help.ts";
import { lazily } from "../invocation.ts";
import type { HelpWords } from "../messages/help/words.ts";

export function simulateCommand(help: HelpWords): Command {
  const { arguments: args, options } = help.commands.simulate;
  const command = describedCommand("simulate", help)
    .argument("[scenario]", args.scenario)
    .option("--seed <seed>", options.seed)
    .option("--peers <n>", options.peers)
    .option("--svg <file>", options.svg)
    // The options of scenarios are known to the simulator, which is loaded only when it runs.
    .allowUnknownOption(true)
    .allowExcessArguments(true);
  return withCommonOptions(command, help).action(lazily(async () => (await import("../actions/simulate.ts")).simulate));
}

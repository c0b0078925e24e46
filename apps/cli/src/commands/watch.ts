/**
 * `bittern watch`: the page and the options.
 * @module
 */
import type { Command } from "commander";
import { parsePorts, parseRate } from "../arguments.ts";
import { checked, describedCommand, withCommonOptions, withDiscoveryOptions, withStateOption } from "../help.ts";
import { lazily } from "../invocation.ts";
import type { HelpWords } from "../messages/help/words.ts";

export function watchCommand(help: HelpWords): Command {
  const { arguments: args, options } = help.commands.watch;
  const command = describedCommand("watch", help)
    .argument("<dir>", args.dir)
    .option("--save-to <dir>", options.saveTo)
    .option("--poll", options.poll)
    .option("--port <port>", options.port, checked(parsePorts))
    .option("--max-down <rate>", options.maxDown, checked(parseRate))
    .option("--max-up <rate>", options.maxUp, checked(parseRate));
  return withCommonOptions(withStateOption(withDiscoveryOptions(command, help), help), help).action(
    lazily(async () => (await import("../actions/watch.ts")).watch, { streaming: true }),
  );
}

/**
 * `bittern share`: the page and the options.
 * @module
 */
import type { Command } from "commander";
import { parsePort, parsePorts, parseRate } from "../arguments.ts";
import { checked, describedCommand, withCommonOptions, withDiscoveryOptions, withStateOption } from "../help.ts";
import { lazily } from "../invocation.ts";
import type { HelpWords } from "../messages/help/words.ts";

export function shareCommand(help: HelpWords): Command {
  const { arguments: args, options } = help.commands.share;
  const command = describedCommand("share", help)
    .argument("<path>", args.path)
    .option("--port <port>", options.port, checked(parsePorts))
    .option("--http <port>", options.http, checked(parsePort))
    .option("--public-host <name>", options.publicHost)
    .option("--once", options.once)
    .option("--comment <text>", options.comment)
    .option("--all", options.all)
    .option("--super-seed", options.superSeed)
    .option("--max-up <rate>", options.maxUp, checked(parseRate));
  return withCommonOptions(withStateOption(withDiscoveryOptions(command, help), help), help).action(
    lazily(async () => (await import("../actions/share.ts")).share, { streaming: true }),
  );
}

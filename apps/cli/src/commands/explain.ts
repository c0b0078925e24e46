/**
 * `bittern explain`: the page and the options.
 * @module
 */
import type { Command } from "commander";
import { parseInteger, parsePeer, parsePorts } from "../arguments.ts";
import { checked, describedCommand, gathered, withCommonOptions, withDiscoveryOptions, withStateOption } from "../help.ts";
import { lazily } from "../invocation.ts";
import type { HelpWords } from "../messages/help/words.ts";

export function explainCommand(help: HelpWords): Command {
  const { arguments: args, options } = help.commands.explain;
  const command = describedCommand("explain", help)
    .argument("[torrent]", args.torrent)
    .option("--for <seconds>", options.for, checked(parseInteger(1, 3600)))
    .option("-d, --dir <dir>", options.dir)
    .option("--port <port>", options.port, checked(parsePorts))
    .option("--peer <host:port>", options.peer, gathered(parsePeer));
  return withCommonOptions(withStateOption(withDiscoveryOptions(command, help), help), help).action(
    lazily(async () => (await import("../actions/explain.ts")).explain),
  );
}

/**
 * `bittern web-config`: the page and the options.
 * @module
 */
import { Argument, type Command } from "commander";
import { parsePeer, parsePort, parseServerName } from "../arguments.ts";
import { checked, describedCommand, withCommonOptions } from "../help.ts";
import { lazily } from "../invocation.ts";
import type { HelpWords } from "../messages/help/words.ts";

export function webConfigCommand(help: HelpWords): Command {
  const { arguments: args, options } = help.commands["web-config"];
  const command = describedCommand("web-config", help)
    .addArgument(new Argument("<kind>", args.kind).choices(["nginx", "apache", "page"]))
    .argument("[dir]", args.dir)
    .option("--server-name <name>", options.serverName, checked(parseServerName))
    .option("--listen <port>", options.listen, checked(parsePort))
    .option("--root <dir>", options.root)
    .option("--tracker <host:port>", options.tracker, checked(parsePeer))
    .option("--no-tracker", options.noTracker)
    .option("--title <text>", options.title)
    .option("-o, --output <file>", options.output)
    .option("-f, --force", options.force);
  return withCommonOptions(command, help).action(lazily(async () => (await import("../actions/web-config.ts")).webConfig));
}

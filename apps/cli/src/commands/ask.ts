/**
 * `bittern scrape` and `bittern announce`: the pages and the options.
 * @module
 */
import { type Command, Option } from "commander";
import { parseInteger, parsePort, parseSize, parseTrackerUrl } from "../arguments.ts";
import { checked, describedCommand, gathered, withCommonOptions } from "../help.ts";
import { lazily } from "../invocation.ts";
import type { HelpWords } from "../messages/help/words.ts";

export function scrapeCommand(help: HelpWords): Command {
  const { arguments: args, options } = help.commands.scrape;
  const command = describedCommand("scrape", help)
    .argument("<source>", args.source)
    .option("-t, --tracker <url>", options.tracker, gathered(parseTrackerUrl))
    .option("--timeout <seconds>", options.timeout, checked(parseInteger(1, 600)));
  return withCommonOptions(command, help).action(lazily(async () => (await import("../actions/ask.ts")).scrape));
}

export function announceCommand(help: HelpWords): Command {
  const { arguments: args, options } = help.commands.announce;
  const command = describedCommand("announce", help)
    .argument("<source>", args.source)
    .option("-t, --tracker <url>", options.tracker, gathered(parseTrackerUrl))
    .option("--port <port>", options.port, checked(parsePort))
    .option("--left <size>", options.left, checked(parseSize))
    .option("--numwant <n>", options.numwant, checked(parseInteger(0, 2000)))
    .addOption(new Option("--event <event>", options.event).choices(["started", "completed", "stopped"]))
    .option("--timeout <seconds>", options.timeout, checked(parseInteger(1, 600)));
  return withCommonOptions(command, help).action(lazily(async () => (await import("../actions/ask.ts")).announce));
}

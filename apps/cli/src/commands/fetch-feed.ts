/**
 * `bittern fetch-feed`: the page and the options.
 * @module
 */
import type { Command } from "commander";
import { parseFeedUrl, parseInteger } from "../arguments.ts";
import { checked, describedCommand, withCommonOptions, withStateOption } from "../help.ts";
import { lazily } from "../invocation.ts";
import type { HelpWords } from "../messages/help/words.ts";

export function fetchFeedCommand(help: HelpWords): Command {
  const { arguments: args, options } = help.commands["fetch-feed"];
  const command = describedCommand("fetch-feed", help)
    .argument("<url>", args.url, checked(parseFeedUrl))
    .argument("<dir>", args.dir)
    .option("--by-type", options.byType)
    .option("--no-magnet", options.noMagnet)
    .option("--max <n>", options.max, checked(parseInteger(1, 5000)));
  return withCommonOptions(withStateOption(command, help), help).action(
    lazily(async () => (await import("../actions/fetch-feed.ts")).fetchFeed),
  );
}

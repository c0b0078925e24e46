/**
 * `bittern edit`: the page and the options.
 * @module
 */
import type { Command } from "commander";
import { parseSwitch, parseTier, parseWebSeed } from "../arguments.ts";
import { checked, describedCommand, gathered, withCommonOptions } from "../help.ts";
import { lazily } from "../invocation.ts";
import type { HelpWords } from "../messages/help/words.ts";

/** An empty text takes the web seeds away. */
function parseWebSeedOrNone(text: string): string {
  return text === "" ? text : parseWebSeed(text);
}

export function editCommand(help: HelpWords): Command {
  const { arguments: args, options } = help.commands.edit;
  const command = describedCommand("edit", help)
    .argument("<torrent>", args.torrent)
    .option("-t, --tracker <url>", options.tracker, gathered(parseTier))
    .option("--comment <text>", options.comment)
    .option("--source <text>", options.source)
    .option("--web-seed <url>", options.webSeed, gathered(parseWebSeedOrNone))
    .option("--private <bool>", options.private, checked(parseSwitch))
    .option("-o, --output <file>", options.output)
    .option("-f, --force", options.force);
  return withCommonOptions(command, help).action(lazily(async () => (await import("../actions/edit.ts")).edit));
}

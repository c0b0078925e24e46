/**
 * `bittern create`: the page and the options.
 * @module
 */
import { type Command, Option } from "commander";
import { parseInteger, parseSize, parseTier, parseWebSeed } from "../arguments.ts";
import { checked, describedCommand, gathered, withCommonOptions } from "../help.ts";
import { lazily } from "../invocation.ts";
import type { HelpWords } from "../messages/help/words.ts";

export function createCommand(help: HelpWords): Command {
  const { arguments: args, options } = help.commands.create;
  const command = describedCommand("create", help)
    .argument("<path>", args.path)
    .option("-t, --tracker <url>", options.tracker, gathered(parseTier))
    .option("-o, --output <file>", options.output)
    .option("--piece-length <size>", options.pieceLength, checked(parseSize))
    .addOption(new Option("--v1", options.v1).conflicts(["v2", "hybrid"]))
    .addOption(new Option("--v2", options.v2).conflicts(["v1", "hybrid"]))
    .addOption(new Option("--hybrid", options.hybrid).conflicts(["v1", "v2"]))
    .option("--private", options.private)
    .option("--comment <text>", options.comment)
    .option("--source <text>", options.source)
    .option("--web-seed <url>", options.webSeed, gathered(parseWebSeed))
    .option("--no-date", options.noDate)
    .option("--name <name>", options.name)
    .option("--threads <n>", options.threads, checked(parseInteger(1, 256)))
    .option("--all", options.all)
    .option("-f, --force", options.force);
  return withCommonOptions(command, help).action(lazily(async () => (await import("../actions/create.ts")).create));
}

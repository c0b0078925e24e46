/**
 * `bittern show` and `bittern magnet`: the pages and the options.
 * @module
 */
import type { Command } from "commander";
import { describedCommand, withCommonOptions } from "../help.ts";
import { lazily } from "../invocation.ts";
import type { HelpWords } from "../messages/help/words.ts";

export function showCommand(help: HelpWords): Command {
  const { arguments: args } = help.commands.show;
  const command = describedCommand("show", help).argument("<source>", args.source);
  return withCommonOptions(command, help).action(lazily(async () => (await import("../actions/show.ts")).show));
}

export function magnetCommand(help: HelpWords): Command {
  const { arguments: args } = help.commands.magnet;
  const command = describedCommand("magnet", help).argument("<source>", args.source);
  return withCommonOptions(command, help).action(lazily(async () => (await import("../actions/show.ts")).magnet));
}

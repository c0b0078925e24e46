/**
 * `bittern verify`: the page and the options.
 * @module
 */
import type { Command } from "commander";
import { parseInteger } from "../arguments.ts";
import { checked, describedCommand, withCommonOptions } from "../help.ts";
import { lazily } from "../invocation.ts";
import type { HelpWords } from "../messages/help/words.ts";

export function verifyCommand(help: HelpWords): Command {
  const { arguments: args, options } = help.commands.verify;
  const command = describedCommand("verify", help)
    .argument("<torrent>", args.torrent)
    .argument("[path]", args.path)
    .option("--threads <n>", options.threads, checked(parseInteger(1, 256)));
  return withCommonOptions(command, help).action(lazily(async () => (await import("../actions/verify.ts")).verify));
}

/**
 * `bittern completion`: the page.
 * @module
 */
import { Argument, type Command } from "commander";
import { describedCommand, withCommonOptions } from "../help.ts";
import { lazily } from "../invocation.ts";
import type { HelpWords } from "../messages/help/words.ts";

export function completionCommand(help: HelpWords): Command {
  const { arguments: args } = help.commands.completion;
  const command = describedCommand("completion", help).addArgument(new Argument("<shell>", args.shell).choices(["bash", "zsh", "fish"]));
  return withCommonOptions(command, help).action(lazily(async () => (await import("../actions/completion.ts")).completion));
}

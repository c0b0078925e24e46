/**
 * `bittern demo`: the page and the options.
 * @module
 */
import type { Command } from "commander";
import { parseSize } from "../arguments.ts";
import { checked, describedCommand, withCommonOptions } from "../help.ts";
import { lazily } from "../invocation.ts";
import type { HelpWords } from "../messages/help/words.ts";

export function demoCommand(help: HelpWords): Command {
  const { options } = help.commands.demo;
  const command = describedCommand("demo", help).option("--size <size>", options.size, checked(parseSize)).option("--keep", options.keep);
  return withCommonOptions(command, help).action(lazily(async () => (await import("../actions/demo.ts")).demo));
}

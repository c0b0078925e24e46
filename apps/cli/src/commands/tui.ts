/**
 * `bittern tui`: the page and the options.
 * @module
 */
import type { Command } from "commander";
import { parsePorts, parseRate } from "../arguments.ts";
import { checked, describedCommand, withCommonOptions, withDiscoveryOptions, withStateOption } from "../help.ts";
import { lazily } from "../invocation.ts";
import type { HelpWords } from "../messages/help/words.ts";

export function tuiCommand(help: HelpWords): Command {
  const { arguments: args, options } = help.commands.tui;
  const command = describedCommand("tui", help)
    .argument("[source...]", args.source)
    .option("-d, --dir <dir>", options.dir)
    .option("--port <port>", options.port, checked(parsePorts))
    .option("--max-down <rate>", options.maxDown, checked(parseRate))
    .option("--max-up <rate>", options.maxUp, checked(parseRate))
    .option("--mouse", options.mouse);
  return withCommonOptions(withStateOption(withDiscoveryOptions(command, help), help), help).action(
    lazily(async () => (await import("../actions/tui.ts")).tui),
  );
}

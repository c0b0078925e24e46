/**
 * `bittern doctor`: the page and the options.
 * @module
 */
import type { Command } from "commander";
import { parsePorts, parseTrackerUrl } from "../arguments.ts";
import { checked, describedCommand, gathered, withCommonOptions, withStateOption } from "../help.ts";
import { lazily } from "../invocation.ts";
import type { HelpWords } from "../messages/help/words.ts";

export function doctorCommand(help: HelpWords): Command {
  const { options } = help.commands.doctor;
  const command = describedCommand("doctor", help)
    .option("-d, --dir <dir>", options.dir)
    .option("--port <port>", options.port, checked(parsePorts))
    .option("-t, --tracker <url>", options.tracker, gathered(parseTrackerUrl));
  return withCommonOptions(withStateOption(command, help), help).action(lazily(async () => (await import("../actions/doctor.ts")).doctor));
}

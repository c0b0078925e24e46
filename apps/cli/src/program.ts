/**
 * The command tree: everything that can be typed, and nothing that it does. What a command does lies in `actions/` and is
 * loaded when it is called, so that the start of one command does not pay for the others.
 * @module
 */
import { Command } from "commander";
import { announceCommand, scrapeCommand } from "./commands/ask.ts";
import { completionCommand } from "./commands/completion.ts";
import { createCommand } from "./commands/create.ts";
import { demoCommand } from "./commands/demo.ts";
import { dhtCommand } from "./commands/dht.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { editCommand } from "./commands/edit.ts";
import { explainCommand } from "./commands/explain.ts";
import { fetchFeedCommand } from "./commands/fetch-feed.ts";
import { getCommand, seedCommand } from "./commands/get.ts";
import { shareCommand } from "./commands/share.ts";
import { magnetCommand, showCommand } from "./commands/show.ts";
import { simulateCommand } from "./commands/simulate.ts";
import { trackCommand } from "./commands/track.ts";
import { tuiCommand } from "./commands/tui.ts";
import { verifyCommand } from "./commands/verify.ts";
import { watchCommand } from "./commands/watch.ts";
import { webConfigCommand } from "./commands/web-config.ts";
import { definitions, helpConfiguration } from "./help.ts";
import type { HelpWords } from "./messages/help/words.ts";
import { VERSION } from "./version.ts";

/**
 * A fresh tree. It writes nothing and ends nothing by itself: whoever parses gets a CommanderError. `only`: a word that may name the one
 * command that is wanted; to describe all of them takes a tenth of a start.
 */
export function bitternProgram(help: HelpWords, only?: string): Command {
  const { shared } = help;
  const program = new Command("bittern")
    .description(shared.description)
    .usage(shared.usage)
    .version(VERSION, "--version", shared.options.version)
    .helpOption("-h, --help", shared.options.help)
    .helpCommand("help [command]", shared.helpCommand)
    .configureHelp(helpConfiguration(shared))
    .showSuggestionAfterError(true)
    .addHelpText("after", `\n${shared.titles.exit}\n${definitions(shared.exit)}\n\n${shared.footer}`);
  const wanted = only === undefined ? undefined : COMMANDS.get(only);
  for (const make of wanted === undefined ? COMMANDS.values() : [wanted]) program.addCommand(make(help));
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput({ writeErr: () => undefined });
  return program;
}

const COMMANDS: ReadonlyMap<string, (help: HelpWords) => Command> = new Map([
  ["get", getCommand],
  ["seed", seedCommand],
  ["share", shareCommand],
  ["track", trackCommand],
  ["tui", tuiCommand],
  ["explain", explainCommand],
  ["watch", watchCommand],
  ["create", createCommand],
  ["show", showCommand],
  ["magnet", magnetCommand],
  ["edit", editCommand],
  ["verify", verifyCommand],
  ["scrape", scrapeCommand],
  ["announce", announceCommand],
  ["dht", dhtCommand],
  ["doctor", doctorCommand],
  ["simulate", simulateCommand],
  ["demo", demoCommand],
  ["fetch-feed", fetchFeedCommand],
  ["web-config", webConfigCommand],
  ["completion", completionCommand],
]);

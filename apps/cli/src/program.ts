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

/** A fresh tree. It writes nothing and ends nothing by itself: whoever parses gets a CommanderError. */
export function bitternProgram(help: HelpWords): Command {
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
  for (const make of COMMANDS) program.addCommand(make(help));
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput({ writeErr: () => undefined });
  return program;
}

const COMMANDS: readonly ((help: HelpWords) => Command)[] = [
  getCommand,
  seedCommand,
  shareCommand,
  trackCommand,
  tuiCommand,
  explainCommand,
  watchCommand,
  createCommand,
  showCommand,
  magnetCommand,
  editCommand,
  verifyCommand,
  scrapeCommand,
  announceCommand,
  dhtCommand,
  doctorCommand,
  simulateCommand,
  demoCommand,
  fetchFeedCommand,
  webConfigCommand,
  completionCommand,
];

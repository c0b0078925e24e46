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
import { VERSION } from "./version.ts";

const HELP = `
Exit status:
  0  done
  1  it failed: network, disk, or data that does not match
  2  the command line was wrong

Each command has a page of its own with examples: bittern help COMMAND`;

/** A fresh tree. It writes nothing and ends nothing by itself: whoever parses gets a CommanderError. */
export function bitternProgram(): Command {
  const program = new Command("bittern")
    .description("BitTorrent for the command line: make, publish, fetch, seed and track torrents (v1, v2 and hybrid).")
    .usage("COMMAND [OPTION]... [ARGUMENT]...")
    .version(VERSION, "--version", "print the version and end")
    .helpOption("-h, --help", "show this page")
    .helpCommand("help [command]", "show the page of a command")
    .showSuggestionAfterError(true)
    .addHelpText("after", HELP);
  for (const make of COMMANDS) program.addCommand(make());
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput({ writeErr: () => undefined });
  return program;
}

const COMMANDS: readonly (() => Command)[] = [
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
  doctorCommand,
  simulateCommand,
  demoCommand,
  fetchFeedCommand,
  webConfigCommand,
  completionCommand,
];

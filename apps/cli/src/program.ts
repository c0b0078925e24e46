/**
 * The command tree: everything that can be typed, and nothing that it does. What a command does lies in `actions/` and is
 * loaded when it is called, so that the start of one command does not pay for the others.
 * @module
 */
import type { Command } from "commander";
import { type Commands, commandTree } from "./command-tree.ts";
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
import type { HelpWords } from "./messages/help/words.ts";

/** `only`: see `commandTree`. */
export function bitternProgram(help: HelpWords, only?: string): Command {
  return commandTree(COMMANDS, help, only);
}

const COMMANDS: Commands = new Map([
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

/**
 * The command tree, made of the commands that are handed in.
 * @module
 */
import { Command } from "commander";
import { definitions, helpConfiguration } from "./help.ts";
import type { HelpWords } from "./messages/help/words.ts";
import { VERSION } from "./version.ts";

/** Name -> how the command is described. */
export type Commands = ReadonlyMap<string, (help: HelpWords) => Command>;

/**
 * A fresh tree. It writes nothing and ends nothing by itself: whoever parses gets a CommanderError. `only`: a word that may name the one
 * command that is wanted; to describe all of them takes a tenth of a start.
 */
export function commandTree(commands: Commands, help: HelpWords, only?: string): Command {
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
  const wanted = only === undefined ? undefined : commands.get(only);
  for (const make of wanted === undefined ? commands.values() : [wanted]) program.addCommand(make(help));
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput({ writeErr: () => undefined });
  return program;
}

/**
 * How a command is declared and described: the options all of them share, and the pages behind `--help`.
 * @module
 */
import { UsageError } from "@bittern/protocol/base";
import { type Argument, Command, Help, type HelpConfiguration, InvalidArgumentError, Option } from "commander";
import { parsePeer } from "./arguments.ts";
import { LOG_LEVELS } from "./log.ts";
import type { CommandHelp, HelpWords, Page, SharedHelp, Terms } from "./messages/help/words.ts";
import { LANGUAGES } from "./messages/language.ts";
import { VERSION } from "./version.ts";

/** What was said when a command was declared, for those who print it elsewhere: the manual. */
const PAGES = new WeakMap<Command, { readonly page: Page; readonly shared: SharedHelp }>();
/** Parsers of options that may be given several times. */
const GATHERERS = new WeakSet<object>();

/** The page of a command, with what all pages have in common; `undefined` for a command without one. */
export function pageOf(command: Command): Page | undefined {
  const known = PAGES.get(command);
  if (known === undefined) return undefined;
  const { page, shared } = known;
  const environment = [...(page.environment ?? []), ...shared.environment];
  // What a command says of a status is said in place of what all say of it.
  const own = new Map(page.exit);
  const exit = [...new Map([...shared.exit, ...own])];
  return { ...page, description: reflowed(page.description), exit, environment };
}

/** A command with its page and the options that all have. */
export function describedCommand(name: keyof CommandHelp, help: HelpWords): Command {
  const page: Page = help.commands[name];
  const { shared } = help;
  const command = new Command(name)
    .summary(page.summary)
    .description(reflowed(page.description))
    .version(VERSION, "--version", shared.options.version)
    .helpOption("-h, --help", shared.options.help)
    .helpCommand(false)
    .configureHelp(helpConfiguration(shared))
    .allowExcessArguments(false)
    .showSuggestionAfterError(true);
  PAGES.set(command, { page, shared });
  command.addHelpText("after", () => sections(pageOf(command) as Page, shared.titles));
  return command;
}

/** Adds the options that close every list, so that the command's own stand first. */
export function withCommonOptions(command: Command, { shared: { options } }: HelpWords): Command {
  return command
    .option("--json", options.json)
    .option("-q, --quiet", options.quiet)
    .addOption(new Option("--lang <code>", options.lang).choices([...LANGUAGES]))
    .addOption(new Option("--log-level <level>", options.logLevel).choices([...LOG_LEVELS]).default("warn"))
    .option("--log-file <file>", options.logFile);
}

export function withStateOption(command: Command, { shared: { options } }: HelpWords): Command {
  return command.option("--state <dir>", options.state);
}

/** How a session finds peers beside its trackers, and which way it goes to them. */
export function withDiscoveryOptions(command: Command, { shared: { options } }: HelpWords): Command {
  return command
    .option("--no-dht", options.noDht)
    .option("--dht-bootstrap <host:port>", options.dhtBootstrap, gathered(parsePeer))
    .option("--no-pex", options.noPex)
    .option("--no-utp", options.noUtp)
    .option("--interface <name>", options.interface);
}

/** What commander says by itself, in the language of the rest. */
export function helpConfiguration({ titles }: SharedHelp): HelpConfiguration {
  const own = new Map([
    ["Usage:", titles.usage],
    ["Arguments:", titles.arguments],
    ["Options:", titles.options],
    ["Commands:", titles.commands],
  ]);
  const base = new Help();
  const translated = (text: string): string => text.replace("[options]", titles.placeholder);
  return {
    commandUsage: (command) => translated(base.commandUsage(command)),
    subcommandTerm: (command) => translated(base.subcommandTerm(command)),
    styleTitle: (title) => own.get(title) ?? title,
    optionDescription: (option) =>
      withFacts(option.description, option.argChoices, option.required ? option.defaultValue : undefined, titles),
    argumentDescription: (argument: Argument) => withFacts(argument.description, argument.argChoices, undefined, titles),
  };
}

function withFacts(description: string, choices: readonly string[] | undefined, standard: unknown, titles: SharedHelp["titles"]): string {
  const facts = [
    ...(choices === undefined ? [] : [`${titles.choices}: ${choices.map((choice) => JSON.stringify(choice)).join(", ")}`]),
    ...(standard === undefined ? [] : [`${titles.default}: ${JSON.stringify(standard)}`]),
  ];
  return facts.length === 0 ? description : `${description} (${facts.join(", ")})`;
}

/** Makes commander's option parser from a function that throws `UsageError`. */
export function checked<Value>(parse: (text: string) => Value): (text: string) => Value {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      if (error instanceof UsageError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };
}

/** The same for an option that may be given several times. */
export function gathered<Value>(parse: (text: string) => Value): (text: string, before: readonly Value[] | undefined) => readonly Value[] {
  const one = checked(parse);
  const gather = (text: string, before: readonly Value[] | undefined): readonly Value[] => [...(before ?? []), one(text)];
  GATHERERS.add(gather);
  return gather;
}

/** Whether an option may be given several times. */
export function mayRepeat({ parseArg }: Option): boolean {
  return parseArg !== undefined && GATHERERS.has(parseArg);
}

/** Paragraphs are wrapped by the terminal's width, not by the width of our sources. */
function reflowed(text: string): string {
  return text.replace(/(?<!\n)\n(?!\n)/g, " ");
}

function sections(page: Page, titles: SharedHelp["titles"]): string {
  const examples = page.examples.map(([what, line]) => `  ${what}:\n    $ ${line}`).join("\n");
  const parts = [`${titles.examples}\n${examples}`];
  if (page.keys !== undefined) parts.push(`${titles.keys}\n${definitions(page.keys)}`);
  parts.push(`${titles.exit}\n${definitions(page.exit ?? [])}`, `${titles.environment}\n${definitions(page.environment ?? [])}`);
  return `\n${parts.join("\n\n")}\n`;
}

/** Terms under each other, what they mean beside them. */
export function definitions(list: Terms): string {
  const width = Math.max(...list.map(([term]) => term.length)) + 2;
  return list.map(([term, meaning]) => `  ${term.padEnd(width)}${meaning}`).join("\n");
}

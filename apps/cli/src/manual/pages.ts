/**
 * Every manual page there is: one for `bittern`, one for each of its commands.
 * @module
 */
import type { Argument, Command, Option } from "commander";
import { pageOf } from "../help.ts";
import type { HelpWords, ManualWords, SharedHelp, Terms } from "../messages/help/words.ts";
import { sentence } from "./mdoc.ts";
import type { ManualArgument, ManualOption, ManualPage } from "./page.ts";

/** The pages of a command tree; the program's own first, which also names `others`. */
export function manualPages(program: Command, { shared }: HelpWords, others: readonly string[] = []): readonly ManualPage[] {
  return [programPage(program, shared, others), ...program.commands.map((command) => commandPage(program, command, shared))];
}

function programPage(program: Command, shared: SharedHelp, others: readonly string[]): ManualPage {
  const { manual } = shared;
  const commands = program.commands.map((command) => [command.name(), `${command.summary()}.`] as const);
  const names = program.commands.map((command) => pageName(program, command));
  return {
    name: program.name(),
    command: program.name(),
    summary: manual.summary,
    description: `${program.description()}\n\n${manual.about}`,
    arguments: [
      { name: "command", description: "", isRequired: true, mayRepeat: false },
      { name: "argument", description: "", isRequired: false, mayRepeat: true },
    ],
    options: program.options.map((option) => optionOf(option, manual)),
    commands,
    environment: sentences([...stateFolderTerms(program), ...shared.environment, ["NO_COLOR", manual.noColour]]),
    files: sentences([["~/.local/state/bittern", manual.stateFiles]]),
    exit: sentences(shared.exit),
    seeAlso: [...names, ...others],
  };
}

/** The variable that names the state folder, in the words of a command that has one. */
function stateFolderTerms(program: Command): Terms {
  const pages = program.commands.map((command) => pageOf(command)?.environment ?? []);
  return pages.flat().filter(([name], at, all) => name === "BITTERN_STATE" && all.findIndex(([other]) => other === name) === at);
}

function commandPage(program: Command, command: Command, { options, manual }: SharedHelp): ManualPage {
  const page = pageOf(command);
  const help: ManualOption = { names: ["-h", "--help"], value: undefined, description: options.help };
  return {
    name: pageName(program, command),
    command: `${program.name()} ${command.name()}`,
    summary: command.summary(),
    description: page?.description ?? command.description(),
    arguments: command.registeredArguments.map(argumentOf),
    options: [...command.options.map((option) => optionOf(option, manual)), help].map((option) => ({
      ...option,
      description: sentence(option.description),
    })),
    keys: sentences(page?.keys),
    environment: sentences(page?.environment),
    exit: sentences(page?.exit),
    examples: page?.examples ?? [],
    seeAlso: [program.name()],
  };
}

function pageName(program: Command, command: Command): string {
  return `${program.name()}-${command.name()}`;
}

function argumentOf(argument: Argument): ManualArgument {
  const choices = argument.argChoices === undefined ? "" : ` (${argument.argChoices.join(", ")})`;
  return {
    name: argument.name(),
    description: sentence(`${argument.description}${choices}`),
    isRequired: argument.required,
    mayRepeat: argument.variadic,
  };
}

function optionOf(option: Option, { defaultIs }: ManualWords): ManualOption {
  const names = [option.short, option.long].filter((name): name is string => typeof name === "string");
  const choices = option.argChoices === undefined ? "" : ` (${option.argChoices.join(", ")})`;
  const given: unknown = option.defaultValue;
  const standard = typeof given === "string" && given !== "" ? defaultIs(given) : "";
  const value = /[<[]([^>\]]+)[>\]]/.exec(option.flags)?.[1];
  return { names, value, description: `${option.description}${choices}${standard}` };
}

function sentences(terms: Terms | undefined): Terms {
  return (terms ?? []).map(([term, meaning]) => [term, sentence(meaning)]);
}

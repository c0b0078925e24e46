/**
 * Every manual page there is: one for `bittern`, one for each of its commands.
 * @module
 */
import type { Argument, Command, Option } from "commander";
import { pageOf } from "../help.ts";
import type { ManualArgument, ManualOption, ManualPage } from "./page.ts";

/** The pages of a command tree; the program's own first, which also names `others`. */
export function manualPages(program: Command, others: readonly string[] = []): readonly ManualPage[] {
  return [programPage(program, others), ...program.commands.map((command) => commandPage(program, command))];
}

function programPage(program: Command, others: readonly string[]): ManualPage {
  const commands = program.commands.map((command) => [command.name(), `${command.summary()}.`] as const);
  const names = program.commands.map((command) => pageName(program, command));
  return {
    name: program.name(),
    command: program.name(),
    summary: "BitTorrent for the command line",
    description: `${program.description()}

Results go to standard output, everything else to standard error. With --json standard output is JSON: one object for a command
that ends, one object a line for a command that goes on. Sizes and rates are given as an integer with an optional kB, MB, KiB,
MiB or GiB; 0 is unlimited.

Ctrl-C or SIGTERM once stops cleanly: state is saved and trackers are told. Twice stops now.`,
    arguments: [
      { name: "command", description: "", isRequired: true, mayRepeat: false },
      { name: "argument", description: "", isRequired: false, mayRepeat: true },
    ],
    options: program.options.map(optionOf),
    commands,
    environment: [
      ["BITTERN_STATE", "The state folder, unless --state names one."],
      ["BITTERN_DEBUG", "1 adds a stack trace to an error."],
      ["NO_COLOR", "Not empty: no colours."],
    ],
    files: [["~/.local/state/bittern", "Resume records and locks, where neither --state nor a variable names another folder."]],
    exit: [
      ["0", "Done."],
      ["1", "It failed: network, disk, or data that does not match."],
      ["2", "The command line was wrong."],
    ],
    seeAlso: [...names, ...others],
  };
}

function commandPage(program: Command, command: Command): ManualPage {
  const page = pageOf(command);
  const help: ManualOption = { names: ["-h", "--help"], value: undefined, description: "show this page" };
  return {
    name: pageName(program, command),
    command: `${program.name()} ${command.name()}`,
    summary: command.summary(),
    description: page?.description ?? command.description(),
    arguments: command.registeredArguments.map(argumentOf),
    options: [...command.options.map(optionOf), help].map((option) => ({ ...option, description: sentence(option.description) })),
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

function optionOf(option: Option): ManualOption {
  const names = [option.short, option.long].filter((name): name is string => typeof name === "string");
  const choices = option.argChoices === undefined ? "" : ` (${option.argChoices.join(", ")})`;
  const given: unknown = option.defaultValue;
  const standard = typeof given === "string" && given !== "" ? `; the default is ${given}` : "";
  const value = /[<[]([^>\]]+)[>\]]/.exec(option.flags)?.[1];
  return { names, value, description: `${option.description}${choices}${standard}` };
}

function sentences(terms: readonly (readonly [string, string])[] | undefined): readonly (readonly [string, string])[] {
  return (terms ?? []).map(([term, meaning]) => [term, sentence(meaning)]);
}

/** A line of `--help` as a sentence. */
function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase();
  return `${first}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}

/**
 * What the shells need to know of the command tree.
 * @module
 */
import type { Command, Option } from "commander";
import { mayRepeat } from "../help.ts";
import type { HelpWords, SharedHelp } from "../messages/help/words.ts";

/** What may stand in a place: one of these words, a path, or anything. */
export type Value = { readonly type: "words"; readonly words: readonly string[] } | { readonly type: "file" | "folder" | "text" };

export interface CompletionOption {
  /** With dashes: `-d`, `--dir`. */
  readonly names: readonly string[];
  readonly description: string;
  /** `undefined` for a switch. */
  readonly value: Value | undefined;
  readonly mayRepeat: boolean;
}

export interface CompletionCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletionOption[];
  readonly arguments: readonly Value[];
}

export interface CompletionTree {
  readonly name: string;
  readonly options: readonly CompletionOption[];
  readonly commands: readonly CompletionCommand[];
}

/** Reads the tree of the program. */
export function completionTree(program: Command, { shared }: HelpWords): CompletionTree {
  const commands = program.commands.map((command) => commandOf(command, shared));
  const names = commands.map((command) => command.name);
  const help: CompletionCommand = {
    name: "help",
    summary: shared.helpCommand,
    options: [],
    arguments: [{ type: "words", words: names }],
  };
  return { name: program.name(), options: optionsOf(program, shared), commands: [...commands, help] };
}

function commandOf(command: Command, shared: SharedHelp): CompletionCommand {
  const values = command.registeredArguments.map((argument) => valueOf(argument.name(), argument.argChoices));
  return { name: command.name(), summary: command.summary(), options: optionsOf(command, shared), arguments: values };
}

function optionsOf(command: Command, { options }: SharedHelp): readonly CompletionOption[] {
  const help = { names: ["-h", "--help"], description: options.help, value: undefined, mayRepeat: false };
  return [...command.options.map(optionOf), help];
}

function optionOf(option: Option): CompletionOption {
  const names = [option.short, option.long].filter((name): name is string => typeof name === "string");
  const placeholder = /<([^>]+)>/.exec(option.flags)?.[1];
  return {
    names,
    description: option.description,
    value: placeholder === undefined ? undefined : valueOf(placeholder, option.argChoices),
    mayRepeat: mayRepeat(option),
  };
}

/** Names of the places where a path stands. */
const FILES: ReadonlySet<string> = new Set(["file", "path", "source", "torrent"]);

function valueOf(placeholder: string, choices: readonly string[] | undefined): Value {
  if (choices !== undefined) return { type: "words", words: choices };
  if (placeholder === "dir") return { type: "folder" };
  if (placeholder === "bool") return { type: "words", words: ["true", "false"] };
  return { type: FILES.has(placeholder) ? "file" : "text" };
}

/**
 * The completion script for fish.
 * @module
 */
import type { ClassicCompletion } from "./classic.ts";
import type { CompletionCommand, CompletionOption, CompletionTree, Value } from "./tree.ts";

export function fishCompletion(tree: CompletionTree, classics: readonly ClassicCompletion[]): string {
  const { name } = tree;
  const lines = [`# fish completion for ${name}`, `complete -c ${name} -f`];
  for (const option of tree.options) lines.push(`complete -c ${name} -n __fish_use_subcommand ${optionWords(option)}`);
  for (const command of tree.commands) {
    lines.push(`complete -c ${name} -n __fish_use_subcommand -a ${command.name} -d ${quoted(command.summary)}`);
    lines.push(...commandLines(name, command));
  }
  for (const program of classics) lines.push(...classicLines(program));
  return `${lines.join("\n")}\n`;
}

function classicLines({ names, options, argument }: ClassicCompletion): readonly string[] {
  const start = names.map((name) => `-c ${name}`).join(" ");
  // -f is no files, which fish refuses together with -F, files.
  const words = argument.type === "file" ? valueWords(argument) : `-f ${valueWords(argument)}`.trimEnd();
  return [`complete ${start} ${words}`, ...options.map((option) => `complete ${start} ${optionWords(option)}`)];
}

function commandLines(name: string, command: CompletionCommand): readonly string[] {
  const start = `complete -c ${name} -n '__fish_seen_subcommand_from ${command.name}'`;
  const lines = command.options.map((option) => `${start} ${optionWords(option)}`);
  for (const value of command.arguments) if (value.type !== "text") lines.push(`${start} ${valueWords(value)}`);
  return lines;
}

function optionWords(option: CompletionOption): string {
  const names = option.names.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  // -x is -r without the files that fish would add to any value.
  const value = option.value === undefined ? [] : [option.value.type === "file" ? "-r" : "-x", valueWords(option.value)];
  return [...names, ...value, `-d ${quoted(option.description)}`].filter((word) => word !== "").join(" ");
}

function valueWords(value: Value): string {
  switch (value.type) {
    case "words":
      return `-a ${quoted(value.words.join(" "))}`;
    case "file":
      return "-F";
    case "folder":
      return "-a '(__fish_complete_directories)'";
    case "text":
      return "";
  }
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}

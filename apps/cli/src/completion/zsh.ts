/**
 * The completion script for zsh.
 * @module
 */
import type { ClassicCompletion } from "./classic.ts";
import type { CompletionCommand, CompletionOption, CompletionTree, Value } from "./tree.ts";

export function zshCompletion(tree: CompletionTree, classics: readonly ClassicCompletion[]): string {
  const names = [tree.name, ...classics.flatMap((program) => program.names)].join(" ");
  return `#compdef ${names}
# zsh completion for ${tree.name}
_${tree.name}() {
  case "$service" in
${classics.map(classicCase).join("\n")}
  esac
  local context state line
  local -a commands
  commands=(
${tree.commands.map((command) => `    ${quoted(`${command.name}:${command.summary}`)}`).join("\n")}
  )
  _arguments -C \\
${tree.options.map((option) => `    ${optionSpec(option)} \\`).join("\n")}
    '1:command:->command' \\
    '*::argument:->argument'
  case "$state" in
    command) _describe command commands ;;
    argument)
      case "$line[1]" in
${tree.commands.map(commandCase).join("\n")}
      esac
      ;;
  esac
}
if [[ "\${funcstack[1]}" = _${tree.name} ]]; then _${tree.name} "$@"; else compdef _${tree.name} ${names}; fi
`;
}

function classicCase({ names, options, argument }: ClassicCompletion): string {
  const specs = [...options.map(optionSpec), quoted(`*:argument:${action(argument)}`)];
  return `    ${names.join("|")}) _arguments ${specs.join(" ")}; return ;;`;
}

function commandCase(command: CompletionCommand): string {
  const specs = [
    ...command.options.map(optionSpec),
    ...command.arguments.map((value, at) => quoted(`${at + 1}:argument:${action(value)}`)),
  ];
  return `        ${command.name}) _arguments ${specs.join(" ")} ;;`;
}

function optionSpec(option: CompletionOption): string {
  const description = `[${option.description.replace(/[[\]:\\]/g, "\\$&")}]`;
  const value = option.value === undefined ? "" : `:value:${action(option.value)}`;
  const star = option.mayRepeat ? "*" : "";
  if (option.names.length === 1) return quoted(`${star}${option.names[0]}${description}${value}`);
  const exclusive = option.mayRepeat ? "" : quoted(`(${option.names.join(" ")})`);
  return `${exclusive}${star === "" ? "" : "'*'"}{${option.names.join(",")}}${quoted(description + value)}`;
}

function action(value: Value): string {
  switch (value.type) {
    case "words":
      return `(${value.words.join(" ")})`;
    case "file":
      return "_files";
    case "folder":
      return "_files -/";
    case "text":
      return " ";
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

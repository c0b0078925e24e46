/**
 * The completion script for bash.
 * @module
 */
import type { CompletionCommand, CompletionOption, CompletionTree, Value } from "./tree.ts";

export function bashCompletion(tree: CompletionTree): string {
  const names = tree.commands.map((command) => command.name);
  return `# bash completion for ${tree.name}
_${tree.name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="" at
  for ((at = 1; at < COMP_CWORD; at++)); do
    if [[ "\${COMP_WORDS[at]}" != -* ]]; then command="\${COMP_WORDS[at]}"; break; fi
  done
  COMPREPLY=()
  if [[ -z "$command" ]]; then
    COMPREPLY=($(compgen -W "${[...names, ...flags(tree.options)].join(" ")}" -- "$current"))
    return
  fi
  case "$command" in
${tree.commands.map(commandCase).join("\n")}
  esac
}
complete -F _${tree.name} ${tree.name}
`;
}

function commandCase(command: CompletionCommand): string {
  const withValue = command.options.filter((option) => option.value !== undefined);
  const words = command.arguments.flatMap((value) => (value.type === "words" ? value.words : []));
  return `    ${command.name})
      case "$previous" in
${withValue.map((option) => `        ${option.names.join("|")}) ${reply(option.value as Value)}; return ;;`).join("\n")}
      esac
      if [[ "$current" == -* ]]; then
        COMPREPLY=($(compgen -W "${flags(command.options).join(" ")}" -- "$current"))
      else
        ${command.arguments.some((value) => value.type === "file") ? reply({ type: "file" }) : reply({ type: "words", words })}
      fi
      ;;`;
}

function flags(options: readonly CompletionOption[]): readonly string[] {
  return options.flatMap((option) => option.names);
}

function reply(value: Value): string {
  switch (value.type) {
    case "words":
      return `COMPREPLY=($(compgen -W "${value.words.join(" ")}" -- "$current"))`;
    case "file":
      return 'compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current")';
    case "folder":
      return 'compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$current")';
    case "text":
      return "COMPREPLY=()";
  }
}

/**
 * The completion script for bash. A list of several candidates shows what each one means; bash itself knows no
 * descriptions, so they stand behind the words while they are only listed.
 * @module
 */
import type { ClassicCompletion } from "./classic.ts";
import type { CompletionCommand, CompletionOption, CompletionTree, Value } from "./tree.ts";

export function bashCompletion(tree: CompletionTree, classics: readonly ClassicCompletion[]): string {
  return `# bash completion for ${tree.name}
_${tree.name}_offer() { # lines of WORD<tab>DESCRIPTION
  local current="\${COMP_WORDS[COMP_CWORD]}" line width=0 at
  local -a words=() meanings=()
  while IFS= read -r line; do
    [[ "\${line%%$'\\t'*}" == "$current"* ]] || continue
    words+=("\${line%%$'\\t'*}")
    [[ "$line" == *$'\\t'* ]] && meanings+=("\${line#*$'\\t'}") || meanings+=("")
    ((\${#words[-1]} > width)) && width=\${#words[-1]}
  done
  # 37 and 42 put a candidate into the line as it is.
  if ((\${#words[@]} < 2)) || [[ "\${COMP_TYPE:-9}" == 37 || "\${COMP_TYPE:-9}" == 42 ]]; then COMPREPLY=("\${words[@]}"); return; fi
  COMPREPLY=()
  for at in "\${!words[@]}"; do
    if [[ -z "\${meanings[at]}" ]]; then COMPREPLY+=("\${words[at]}"); continue; fi
    printf -v line '%-*s  (%s)' "$width" "\${words[at]}" "\${meanings[at]}"
    # A line longer than the screen would break the list.
    ((\${#line} > \${COLUMNS:-80} - 1)) && line="\${line:0:\${COLUMNS:-80}-5}...)"
    COMPREPLY+=("$line")
  done
}
_${tree.name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="" at
  for ((at = 1; at < COMP_CWORD; at++)); do
    if [[ "\${COMP_WORDS[at]}" != -* ]]; then command="\${COMP_WORDS[at]}"; break; fi
  done
  COMPREPLY=()
  if [[ -z "$command" ]]; then
    ${offer([...tree.commands.map((command) => [command.name, command.summary] as const), ...optionLines(tree.options)])}
    return
  fi
  case "$command" in
${tree.commands.map(commandCase).join("\n")}
  esac
}
complete -o nosort -F _${tree.name} ${tree.name}
${classics.map(classicFunction).join("")}`;

  /** A classic option always has a value, and nothing else begins with two dashes. */
  function classicFunction({ names, options, argument }: ClassicCompletion): string {
    const name = `_${tree.name}_${names[0]}`;
    const told = options.filter(({ value }) => value?.type !== "text");
    const silent = options.filter(({ value }) => value?.type === "text").flatMap((option) => option.names);
    const cases = [
      ...told.map((option) => `    ${option.names.join("|")}) ${reply(option.value as Value)}; return ;;`),
      ...(silent.length === 0 ? [] : [`    ${silent.join("|")}) COMPREPLY=(); return ;;`]),
    ];
    return `${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
${cases.length === 0 ? "" : `  case "$previous" in\n${cases.join("\n")}\n  esac\n`}  if [[ "$current" == -* ]]; then
    ${options.length === 0 ? "COMPREPLY=()" : offer(optionLines(options))}
  else
    ${reply(argument)}
  fi
}
complete -o nosort -F ${name} ${names.join(" ")}
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
        ${offer(optionLines(command.options))}
      else
        ${command.arguments.some((value) => value.type === "file") ? reply({ type: "file" }) : reply({ type: "words", words })}
      fi
      ;;`;
  }

  function offer(lines: readonly (readonly [word: string, meaning: string])[]): string {
    const text = lines.map(([word, meaning]) => quoted(meaning === "" ? word : `${word}\t${meaning}`)).join(" ");
    return `_${tree.name}_offer < <(printf '%s\\n' ${text})`;
  }

  function reply(value: Value): string {
    switch (value.type) {
      case "words":
        return value.words.length === 0 ? "COMPREPLY=()" : offer(value.words.map((word) => [word, ""]));
      case "file":
        return 'compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current")';
      case "folder":
        return 'compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$current")';
      case "text":
        return "COMPREPLY=()";
    }
  }
}

function optionLines(options: readonly CompletionOption[]): readonly (readonly [string, string])[] {
  return options.flatMap((option) => option.names.map((name) => [name, option.description] as const));
}

/** A single word of bash; control characters are written out. */
function quoted(text: string): string {
  return `$'${text.replace(/[\\']/g, "\\$&").replaceAll("\t", "\\t").replaceAll("\n", " ")}'`;
}

/**
 * Options that stand before the command go behind it: `bittern --log-level debug get X` means `bittern get --log-level debug X`.
 * Each command then knows its own options alone, and what it does not know it refuses as always.
 * @module
 */
import type { Command, Option } from "commander";

/** The words with the command in front; unchanged where there is none, or where the page or the version is asked for. */
export function commandFirst(words: readonly string[], program: Command): readonly string[] {
  let at = 0;
  while (at < words.length && words[at]?.startsWith("-")) {
    const word = words[at] as string;
    if (program.options.some((option) => isNamed(option, word)) || word === "-h" || word === "--help") return words;
    at += takesValue(word, program) ? 2 : 1;
  }
  const command = words[at];
  if (at === 0 || command === undefined) return words;
  return [command, ...words.slice(0, at), ...words.slice(at + 1)];
}

/** Whether the next word belongs to this one; commands that share an option's name agree about that. */
function takesValue(word: string, program: Command): boolean {
  if (word.includes("=")) return false;
  return program.commands.some((command) => command.options.some((option) => isNamed(option, word) && option.required));
}

function isNamed({ long, short }: Option, word: string): boolean {
  return word === long || word === short;
}

/**
 * `bittern completion`: scripts for shells, made from the command tree.
 * @module
 */
import { bashCompletion } from "../completion/bash.ts";
import { classicCompletions } from "../completion/classic.ts";
import { fishCompletion } from "../completion/fish.ts";
import { completionTree } from "../completion/tree.ts";
import { zshCompletion } from "../completion/zsh.ts";
import type { Action } from "../invocation.ts";

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

export const completion: Action<object> = async ({ output, program }, [shell]) => {
  const name = shell as keyof typeof SCRIPTS;
  const script = SCRIPTS[name](completionTree(program, output.messages.help), classicCompletions(output.messages.classic));
  output.result({ shell: name, script }, script.trimEnd());
  return 0;
};

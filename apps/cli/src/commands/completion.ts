/**
 * `bittern completion`: the page.
 * @module
 */
import { Argument, type Command } from "commander";
import { describedCommand, withCommonOptions } from "../help.ts";
import { lazily } from "../invocation.ts";

export function completionCommand(): Command {
  const command = describedCommand("completion", {
    summary: "print the completion script for a shell",
    description: "Prints a script that completes commands, options and file names, made from the same tree as these pages.",
    examples: [
      ["bash, for every session", "bittern completion bash > ~/.local/share/bash-completion/completions/bittern"],
      ["zsh", "bittern completion zsh > ~/.zfunc/_bittern   # a folder named in $fpath"],
      ["fish", "bittern completion fish > ~/.config/fish/completions/bittern.fish"],
    ],
  }).addArgument(new Argument("<shell>", "which shell").choices(["bash", "zsh", "fish"]));
  return withCommonOptions(command).action(lazily(async () => (await import("../actions/completion.ts")).completion));
}

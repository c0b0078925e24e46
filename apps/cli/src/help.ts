/**
 * How a command is declared and described: the options all of them share, and the pages behind `--help`.
 * @module
 */
import { UsageError } from "@bittern/protocol/base";
import { Command, InvalidArgumentError, Option } from "commander";
import { LOG_LEVELS } from "./log.ts";
import { LANGUAGES } from "./messages/language.ts";
import { VERSION } from "./version.ts";

/** What `--help` says beside the options. */
export interface Page {
  /** One line, for the list of commands. */
  readonly summary: string;
  /** Some paragraphs: what it does and what to know. */
  readonly description: string;
  readonly examples: readonly (readonly [what: string, line: string])[];
  /** Beyond the ones every command has. */
  readonly exit?: readonly (readonly [status: string, meaning: string])[];
  readonly environment?: readonly (readonly [name: string, meaning: string])[];
  readonly keys?: readonly (readonly [key: string, meaning: string])[];
}

export const STATE_ENVIRONMENT: readonly (readonly [string, string])[] = [
  ["BITTERN_STATE", "the state folder, unless --state names one"],
  ["XDG_STATE_HOME", "the state folder is `bittern` in there; default ~/.local/state"],
];

const COMMON_ENVIRONMENT: readonly (readonly [string, string])[] = [["BITTERN_DEBUG", "1 adds a stack trace to an error"]];

/** The exit statuses that every command has. */
const COMMON_EXIT: readonly (readonly [string, string])[] = [
  ["0", "done"],
  ["1", "it failed: network, disk, or data that does not match"],
  ["2", "the command line was wrong"],
];

/** What was said when a command was declared, for those who print it elsewhere: the manual. */
const PAGES = new WeakMap<Command, Page>();

/** The page of a command, with what all pages have in common; `undefined` for a command without one. */
export function pageOf(command: Command): Page | undefined {
  const page = PAGES.get(command);
  if (page === undefined) return undefined;
  const environment = [...(page.environment ?? []), ...COMMON_ENVIRONMENT];
  return { ...page, description: reflowed(page.description), exit: [...COMMON_EXIT, ...(page.exit ?? [])], environment };
}

/** A command with its page and the options that all have. */
export function describedCommand(name: string, page: Page): Command {
  const command = new Command(name)
    .summary(page.summary)
    .description(reflowed(page.description))
    .version(VERSION, "--version", "print the version and end")
    .helpOption("-h, --help", "show this page")
    .helpCommand(false)
    .allowExcessArguments(false)
    .showSuggestionAfterError(true);
  PAGES.set(command, page);
  command.addHelpText("after", () => sections(pageOf(command) as Page));
  return command;
}

/** Adds the options that close every list, so that the command's own stand first. */
export function withCommonOptions(command: Command): Command {
  return command
    .option("--json", "print JSON on standard output: one object, or one a line for what goes on")
    .option("-q, --quiet", "no progress and no remarks")
    .addOption(
      new Option("--lang <code>", "language of what is said (default: that of LC_ALL, LC_MESSAGES or LANG)").choices([...LANGUAGES]),
    )
    .addOption(new Option("--log-level <level>", "how much to log").choices([...LOG_LEVELS]).default("warn"))
    .option("--log-file <file>", "append the log to a file (default: standard error)");
}

export function withStateOption(command: Command): Command {
  return command.option("--state <dir>", "folder for resume records and locks (default: see Environment)");
}

/** Makes commander's option parser from a function that throws `UsageError`. */
export function checked<Value>(parse: (text: string) => Value): (text: string) => Value {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      if (error instanceof UsageError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };
}

/** The same for an option that may be given several times. */
export function gathered<Value>(parse: (text: string) => Value): (text: string, before: readonly Value[] | undefined) => readonly Value[] {
  const one = checked(parse);
  return (text, before) => [...(before ?? []), one(text)];
}

/** Paragraphs are wrapped by the terminal's width, not by the width of our sources. */
function reflowed(text: string): string {
  return text.replace(/(?<!\n)\n(?!\n)/g, " ");
}

function sections(page: Page): string {
  const examples = page.examples.map(([what, line]) => `  ${what}:\n    $ ${line}`).join("\n");
  const parts = [`Examples:\n${examples}`];
  if (page.keys !== undefined) parts.push(`Keys on a terminal:\n${definitions(page.keys)}`);
  parts.push(`Exit status:\n${definitions(page.exit ?? [])}`, `Environment:\n${definitions(page.environment ?? [])}`);
  return `\n${parts.join("\n\n")}\n`;
}

function definitions(list: readonly (readonly [string, string])[]): string {
  const width = Math.max(...list.map(([term]) => term.length)) + 2;
  return list.map(([term, meaning]) => `  ${term.padEnd(width)}${meaning}`).join("\n");
}
